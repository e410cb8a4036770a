package io.tallyman.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Repeats the project's measurements. Exit codes: 0 fine, 1 failed or fell short, 2 usage. */
@Command(
    name = "tallyman bench",
    description = "Repeat the project's measurements on this machine.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "[NAME]",
    commandListHeading = "%nMeasurements:%n",
    footer = {"", "Without a NAME all run, one after the other, at their usual length."},
    subcommands = {
      EventsBenchmark.class,
      FleetBenchmark.class,
      QueryBenchmark.class,
      SampleCost.class,
      SinksBenchmark.class,
      StartUp.class,
      StreamBenchmark.class
    })
public final class Bench implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--save", paramLabel = "DIR", description = "Save the results of all there.")
  private @Nullable Path directory;

  private Bench() {}

  /** Runs the measurement that is named and ends the process with its exit code. */
  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  private static CommandLine commandLine() {
    CommandLine commandLine = new CommandLine(new Bench());
    commandLine.setUsageHelpAutoWidth(true);
    commandLine.setExecutionExceptionHandler((failure, line, parsed) -> {
      if (failure instanceof BenchException) {
        line.getErr().println("tallyman bench: " + failure.getMessage());
      } else {
        failure.printStackTrace(line.getErr());
      }
      return CommandLine.ExitCode.SOFTWARE;
    });
    return commandLine;
  }

  /** Goes on after one that failed, and fails in the end. */
  @Override
  public Integer call() {
    int worst = CommandLine.ExitCode.OK;
    for (String name : spec.subcommands().keySet()) {
      List<String> words = new ArrayList<>(List.of(name));
      if (directory != null) {
        words.addAll(List.of("--save", directory.toString()));
      }
      System.out.println("# " + String.join(" ", words));
      worst = Math.max(worst, commandLine().execute(words.toArray(String[]::new)));
    }
    return worst;
  }
}
