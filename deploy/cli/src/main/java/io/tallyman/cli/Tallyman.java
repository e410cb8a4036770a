package io.tallyman.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** The {@code tallyman} command. Exit codes: 0 fine, 1 failed, 2 usage. */
@Command(
    name = "tallyman",
    description = "Writes down what happens to the containers of a Docker host, on Kafka.",
    mixinStandardHelpOptions = true,
    versionProvider = Tallyman.Version.class,
    synopsisSubcommandLabel = "COMMAND")
public final class Tallyman {

  private Tallyman() {}

  /** Runs the command line and ends the process with its exit code. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new Tallyman()).execute(args));
  }

  /** The version in the manifest of the jar that runs. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Tallyman.class.getPackage().getImplementationVersion();
      return new String[] {"tallyman " + (version == null ? "(not packaged)" : version)};
    }
  }
}
