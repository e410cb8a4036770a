package io.tallyman.bench;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * What a sample costs on a real engine, by several ways to take it, in turns within one run.
 *
 * <p>Each way sweeps all containers once per interval for a few intervals, and takes its turn again
 * after all others have had theirs. The engine's processor time is that of a whole turn; what it
 * takes when it is asked nothing is measured in turns as well.
 */
@Command(
    name = "sample-cost",
    mixinStandardHelpOptions = true,
    description =
        "Wall time and engine CPU per sample on the Docker Engine of this machine: the agent's"
            + " sampler, one-shot calls, and stream=false calls, side by side. Needs the docker"
            + " command and the right to use it.")
final class SampleCost implements Callable<Integer> {

  private static final String IDLE = "idle";
  private static final String AGENT = "agent's sampler";
  private static final String ONE_SHOT = "one-shot=true, 8 at a time";
  private static final String ONE_SHOTS = "one-shot=true, all at once";
  private static final String PAIRS = "stream=false, all at once";
  private static final String LOOP = "stream=false, one after the other";

  /** Milliseconds a second by which an engine that nobody else uses may differ when idle. */
  private static final double MOST_SPREAD = 5;

  private static final int AGENT_CONCURRENCY = 8;

  /** So many containers does the slow loop read, once; it takes seconds for each. */
  private static final int LOOP_CONTAINERS = 10;

  @Option(
      names = "--containers",
      split = ",",
      defaultValue = "20,50",
      description = "Fleets to measure, growing; default 20,50.")
  private List<Integer> fleets = List.of();

  @Option(names = "--interval", defaultValue = "5", description = "Seconds; default 5.")
  private int intervalSeconds;

  @Option(names = "--sweeps", defaultValue = "4", description = "In each turn; default 4.")
  private int sweeps;

  @Option(names = "--turns", defaultValue = "2", description = "Of each way; default 2.")
  private int turns;

  @Option(names = "--image", description = "Has /bin/busybox; default: one that is made here.")
  private @Nullable String image;

  @Mixin private Results results = new Results();

  private final URI dockerHost = URI.create("unix:///var/run/docker.sock");
  private final EngineCpu engine = new EngineCpu();

  /** All turns of one way. */
  private static final class Tally {
    private final List<Double> sweepMillis = new ArrayList<>();
    private final List<Double> cpuRates = new ArrayList<>();
    private double cpuSeconds;
    private double wallSeconds;
    private long samples;
    private String note = "";

    double millisPerSweep() {
      return Quantiles.of(sweepMillis.stream().mapToDouble(each -> each).toArray()).median();
    }

    /** The engine's time for a sample, without what it takes anyway. */
    double cpuMillisPerSample(Tally idle) {
      double idleShare = idle.cpuSeconds / idle.wallSeconds;
      return (cpuSeconds - idleShare * wallSeconds) * 1_000 / samples;
    }
  }

  @Override
  public Integer call() {
    Report report =
        new Report("sample-cost")
            .add("interval (s)", intervalSeconds)
            .add("turns of each way, sweeps per turn", turns + ", " + sweeps);
    try (Containers containers = new Containers(image)) {
      for (int fleet : fleets) {
        measure(containers.grow(fleet), report);
      }
    }
    return results.deliver(report);
  }

  private void measure(List<String> ids, Report report) {
    Duration interval = Duration.ofSeconds(intervalSeconds);
    Map<String, Supplier<Sweep>> ways = new LinkedHashMap<>();
    ways.put(IDLE, Sweep::idle);
    ways.put(AGENT, () -> new Sweep.Agents(dockerHost, ids, interval));
    ways.put(
        ONE_SHOT,
        () -> new Sweep.Calls(dockerHost, "stream=false&one-shot=true", AGENT_CONCURRENCY));
    ways.put(
        ONE_SHOTS,
        () -> new Sweep.Calls(dockerHost, "stream=false&one-shot=true", Integer.MAX_VALUE));
    ways.put(PAIRS, () -> new Sweep.Calls(dockerHost, "stream=false", Integer.MAX_VALUE));
    Map<String, Tally> tallies = new LinkedHashMap<>();
    for (int turn = 0; turn < turns; turn++) {
      ways.forEach((name, way) -> {
        Tally tally = tallies.computeIfAbsent(name, each -> new Tally());
        try (Sweep sweep = way.get()) {
          // What comes first connects, and finds out how fast the engine is.
          turn(sweep, ids, 2, new Tally());
          turn(sweep, ids, sweeps, tally);
        }
      });
    }
    Tally loop = tallies.computeIfAbsent(LOOP, each -> new Tally());
    try (Sweep sweep = new Sweep.Calls(dockerHost, "stream=false", 1)) {
      turn(sweep, ids.subList(0, Math.min(ids.size(), LOOP_CONTAINERS)), 1, loop);
    }
    turn(Sweep.idle(), ids, sweeps, tallies.computeIfAbsent(IDLE, each -> new Tally()));
    tell(ids.size(), tallies, report);
  }

  private void turn(Sweep sweep, List<String> ids, int count, Tally tally) {
    double cpu = engine.seconds();
    long begun = System.nanoTime();
    for (int i = 0; i < count; i++) {
      Instant next = Instant.now().plusSeconds(intervalSeconds);
      long sweepBegun = System.nanoTime();
      tally.samples += sweep.readAll(ids);
      tally.sweepMillis.add((System.nanoTime() - sweepBegun) / 1e6);
      Pause.until(next);
    }
    double cpuSeconds = engine.seconds() - cpu;
    double wallSeconds = (System.nanoTime() - begun) / 1e9;
    tally.cpuRates.add(cpuSeconds * 1_000 / wallSeconds);
    tally.cpuSeconds += cpuSeconds;
    tally.wallSeconds += wallSeconds;
    tally.note = sweep.note();
  }

  private static void tell(int fleet, Map<String, Tally> tallies, Report report) {
    Tally idle = tallies.getOrDefault(IDLE, new Tally());
    Tally peers = tallies.getOrDefault(PAIRS, new Tally());
    Quantiles idleRates = Quantiles.of(idle.cpuRates.stream().mapToDouble(each -> each).toArray());
    double spread = idleRates.at(1) - idleRates.at(0);
    report
        .add(
            fleet + " containers, engine CPU when idle (ms per s): min / median / max",
            idleRates.minMedianMax())
        .require(
            spread <= MOST_SPREAD,
            fleet + " containers: others kept the engine busy, so its CPU does not compare");
    tallies.forEach((name, tally) -> {
      if (!name.equals(IDLE)) {
        report.add(fleet + " containers, " + name, text(tally, idle, peers));
      }
    });
  }

  private static String text(Tally tally, Tally idle, Tally peers) {
    double cpu = tally.cpuMillisPerSample(idle);
    return String.format(
            Locale.ROOT,
            "sweep %.0f ms, engine CPU %.2f ms per sample; to stream=false all at once: wall %.3f,"
                + " CPU %.2f",
            tally.millisPerSweep(),
            cpu,
            tally.millisPerSweep() / peers.millisPerSweep(),
            cpu / peers.cpuMillisPerSample(idle))
        + (tally.note.isEmpty() ? "" : " (by " + tally.note + ")");
  }
}
