package io.tallyman.cli;

import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** The {@code tallyman} command. Exit codes: 0 fine, 1 failed, 2 usage. */
@Command(
    name = "tallyman",
    description = "Writes down what happens to the containers of Docker hosts, on Kafka.",
    mixinStandardHelpOptions = true,
    versionProvider = Tallyman.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    commandListHeading = "%nCommands:%n",
    footer = {
      "",
      "Exit codes: 0 fine, 1 failed, 2 usage.",
      "'tallyman COMMAND --help' tells more and gives examples; start with 'tallyman up'."
    },
    subcommands = {
      UpCommand.class,
      AgentCommand.class,
      QueryCommand.class,
      SinkCommand.class,
      TopicsCommand.class,
      TestCommand.class,
      BenchCommand.class
    })
public final class Tallyman {

  private Tallyman() {}

  /** Runs the command line and ends the process with its exit code. */
  public static void main(String[] args) {
    StopSignal stop = StopSignal.ofProcess();
    CommandLine commandLine = commandLine(new Surroundings(System.getenv(), stop));
    commandLine.setOut(writer(System.out));
    commandLine.setErr(writer(System.err));
    int exitCode = commandLine.execute(args);
    stop.finished(exitCode);
    System.exit(exitCode);
  }

  /** In a locale without a character set, UTF-8 is what terminals show all the same. */
  private static PrintWriter writer(PrintStream stream) {
    Charset charset = stream.charset();
    boolean ascii = charset.equals(StandardCharsets.US_ASCII);
    return new PrintWriter(
        new OutputStreamWriter(stream, ascii ? StandardCharsets.UTF_8 : charset), true);
  }

  /** The command line as it is in the given surroundings. */
  static CommandLine commandLine(Surroundings surroundings) {
    CommandLine commandLine = new CommandLine(new Tallyman(), new Commands(surroundings));
    SinkCommand.addKinds(
        Objects.requireNonNull(commandLine.getSubcommands().get("sink")), surroundings);
    KeyFlags.addTo(commandLine);
    commandLine.setUsageHelpAutoWidth(true);
    commandLine.setExpandAtFiles(false);
    commandLine.setParameterExceptionHandler(Errors::usage);
    commandLine.setExecutionExceptionHandler(Errors::failed);
    return commandLine;
  }

  /** What a command has around it. */
  record Surroundings(Map<String, String> environment, StopSignal stop) {}

  /** Makes the commands, giving those that want them their surroundings. */
  private record Commands(Surroundings surroundings) implements CommandLine.IFactory {
    @Override
    public <K> K create(Class<K> type) throws Exception {
      K made = CommandLine.defaultFactory().create(type);
      if (made instanceof SettingsCommand command) {
        command.surroundings = surroundings;
      }
      return made;
    }
  }

  /** The version in the manifest of the jar that runs. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"tallyman " + text()};
    }

    static String text() {
      String version = Tallyman.class.getPackage().getImplementationVersion();
      return version == null ? "(not packaged)" : version;
    }
  }
}
