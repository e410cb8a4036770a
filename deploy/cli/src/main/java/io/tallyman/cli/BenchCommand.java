package io.tallyman.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Stands in the help; the launcher compiles and runs the measurements itself. */
@Command(
    name = "bench",
    description = "Repeat the project's measurements (in a clone of the repository).",
    footer = {
      "",
      "Examples:",
      "  ./tallyman bench",
      "  ./tallyman bench fleet --minutes 10",
      "  ./tallyman bench --help"
    })
final class BenchCommand implements Callable<Integer> {

  @Parameters(
      paramLabel = "NAME",
      arity = "0..*",
      description =
          "events, fleet, query, sample-cost, sinks, start-up or stream, and its options;"
              + " default: all.")
  List<String> words = new ArrayList<>();

  @Override
  public Integer call() {
    throw new CommandException("run it with the launcher of the repository: ./tallyman bench");
  }
}
