package io.tallyman.bench;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Repeats the project's measurements. Exit codes: 0 fine, 1 failed or fell short, 2 usage. */
@Command(
    name = "tallyman bench",
    description = "Repeat the project's measurements on this machine.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "[NAME]",
    commandListHeading = "%nMeasurements:%n",
    footer = {"", "Without a NAME all run, one after the other, at their usual length."},
    subcommands = {FleetBenchmark.class, SampleCost.class, StartUp.class})
public final class Bench implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();

  private Bench() {}

  /** Runs the measurement that is named and ends the process with its exit code. */
  public static void main(String[] args) {
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
    System.exit(commandLine.execute(args));
  }

  @Override
  public Integer call() {
    int worst = 0;
    for (String name : spec.subcommands().keySet()) {
      worst = Math.max(worst, new CommandLine(new Bench()).execute(name));
    }
    return worst;
  }
}
