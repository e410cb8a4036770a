package io.tallyman.cli;

import io.tallyman.cli.Tallyman.Surroundings;
import io.tallyman.sink.SinkOption;
import io.tallyman.sink.SinkProvider;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Groups the sinks, a command for each kind that is installed. */
@Command(
    name = "sink",
    description = "Run a sink: it reads the topics and writes them somewhere.",
    synopsisSubcommandLabel = "NAME",
    commandListHeading = "%nSinks:%n",
    footer = {"", "Examples:", "  tallyman sink stdout --kafka broker:9092"})
final class SinkCommand implements Runnable {

  @Spec @Nullable CommandSpec spec;

  /** Adds the kinds that are installed. */
  static void addKinds(CommandLine sink, Surroundings surroundings) {
    for (SinkProvider provider : surroundings.catalogue().sinks().all()) {
      SinkRunCommand command = new SinkRunCommand(provider);
      command.surroundings = surroundings;
      CommandSpec spec = CommandSpec.forAnnotatedObject(command);
      String example =
          "  tallyman sink " + provider.name() + " --kafka broker:9092" + mandatory(provider);
      spec.usageMessage()
          .description(provider.description().replace("%", "%%"))
          .footer(
              "",
              "It runs until SIGTERM or Ctrl-C (exit code 0), or until it fails (1).",
              "",
              "Examples:",
              example,
              example + " --name second");
      sink.addSubcommand(provider.name(), spec);
    }
  }

  private static String mandatory(SinkProvider provider) {
    return provider.options().stream()
        .filter(SinkOption::mandatory)
        .map(option -> " --" + option.name() + " " + option.name().toUpperCase(Locale.ROOT))
        .collect(Collectors.joining());
  }

  @Override
  public void run() {
    throw new ParameterException(
        Objects.requireNonNull(spec).commandLine(), "Missing the name of a sink");
  }
}
