package io.tallyman.bench;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How fast sinks and their worker are, each beside what does the same without them. */
@Command(
    name = "sinks",
    mixinStandardHelpOptions = true,
    description =
        "The InfluxDB sink beside curl, the MongoDB sink beside its driver, the worker beside a bare"
            + " consumer, in turns. Exits with 1 when one has less than 0.6, 0.8 and 0.8 of the"
            + " other's speed.")
final class SinksBenchmark implements Callable<Integer> {

  /** What is compared. */
  enum Part {
    influxdb,
    mongodb,
    worker
  }

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "PART",
      description = "Of ${COMPLETION-CANDIDATES}; default: all.")
  private Set<Part> parts = EnumSet.allOf(Part.class);

  @Option(names = "--rounds", defaultValue = "10", description = "Default 10.")
  private int rounds;

  @Option(
      names = "--samples",
      defaultValue = "20000",
      description =
          "In a round of the InfluxDB sink, which makes five points of each; half of it in one of the"
              + " MongoDB sink, ten times of it in one of the worker; default 20000.")
  private int samples;

  @Mixin private Results results = new Results();

  @Override
  public Integer call() {
    Report report = new Report("sinks");
    for (Part part : parts) {
      Path directory = Directories.make();
      try {
        switch (part) {
          case influxdb -> InfluxComparison.measure(report, directory, rounds, samples);
          case mongodb -> MongoComparison.measure(report, directory, rounds, samples / 2);
          case worker -> WorkerComparison.measure(report, directory, rounds, samples * 10);
        }
      } finally {
        Directories.delete(directory);
      }
    }
    return results.deliver(report);
  }
}
