package io.tallyman.cli;

import io.tallyman.cli.settings.Catalogue;
import io.tallyman.cli.settings.SettingsException;
import io.tallyman.cli.settings.SinkPath;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
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

  /** The commands that run sinks; a broken jar on the sink path stops no other. */
  private static final Set<String> TAKE_SINKS = Set.of("sink", "up");

  private Tallyman() {}

  /** Runs the command line and ends the process with its exit code. */
  public static void main(String[] args) {
    String home = System.getenv("HOME");
    if (home != null && !home.isEmpty()) {
      // The JDK reads the password file; a user's ~ is what the shell says.
      System.setProperty("user.home", home);
    }
    StopSignal stop = StopSignal.ofProcess();
    int exitCode = ExitCode.SOFTWARE;
    try {
      exitCode = run(System.getenv(), stop, writer(System.out), writer(System.err), args);
    } finally {
      // Whoever asked to stop waits for this, also when an error came of it.
      stop.finished(exitCode);
    }
    System.exit(exitCode);
  }

  /** Runs the command line with the sinks that are installed and those on the sink path. */
  static int run(
      Map<String, String> environment,
      StopSignal stop,
      PrintWriter out,
      PrintWriter err,
      String... args) {
    Catalogue catalogue = Catalogue.builtIn();
    if (args.length > 0 && TAKE_SINKS.contains(args[0])) {
      try {
        catalogue = SinkPath.catalogue(List.of(args), environment);
      } catch (SettingsException e) {
        err.println("tallyman " + args[0] + ": " + Errors.explain(e));
        return ExitCode.USAGE;
      }
    }
    CommandLine commandLine = commandLine(new Surroundings(environment, stop, catalogue));
    commandLine.setOut(out);
    commandLine.setErr(err);
    try {
      return commandLine.execute(args);
    } catch (ExceptionInInitializerError e) {
      if (stop.isRequested() && StopSignal.isCauseOf(e)) {
        return ExitCode.OK;
      }
      throw e;
    }
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
    KeyFlags.addTo(commandLine, surroundings.catalogue());
    commandLine.setUsageHelpAutoWidth(true);
    commandLine.setExpandAtFiles(false);
    commandLine.setParameterExceptionHandler(Errors::usage);
    StopSignal stop = surroundings.stop();
    commandLine.setExecutionExceptionHandler((e, command, parsed) ->
        stop.isRequested() && StopSignal.isCauseOf(e)
            ? ExitCode.OK
            : Errors.failed(e, command, parsed));
    return commandLine;
  }

  /** What a command has around it. */
  record Surroundings(Map<String, String> environment, StopSignal stop, Catalogue catalogue) {}

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
