package io.tallyman.bench;

import io.tallyman.broker.BrokerConfig;
import io.tallyman.broker.EmbeddedBroker;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * One agent and many simulated containers: no tick may be missed, no sample lost, and the heap must
 * stay bounded.
 */
@Command(
    name = "fleet",
    mixinStandardHelpOptions = true,
    description =
        "One agent on a simulated engine with 1 000 containers: ticks, samples, sweep time, heap,"
            + " CPU, bytes. Exits with 1 when a tick or a sample is missing or a record is not"
            + " accounted for.")
final class FleetBenchmark implements Callable<Integer> {

  private static final Duration SETTLE = Duration.ofMinutes(2);
  private static final Duration DRAIN = Duration.ofSeconds(10);

  @Option(names = "--containers", defaultValue = "1000", description = "Default 1000.")
  private int containers;

  @Option(names = "--interval", defaultValue = "5", description = "Seconds; default 5.")
  private int intervalSeconds;

  @Option(names = "--minutes", defaultValue = "3", description = "How long; default 3.")
  private double minutes;

  @Option(names = "--agent-heap", defaultValue = "128m", description = "-Xmx; default 128m.")
  private String agentHeap = "";

  @Option(
      names = "--agent-jvm-option",
      description = "Another option for the agent's JVM; repeatable.")
  private List<String> agentOptions = List.of();

  @Mixin private Results results = new Results();

  /** The window that is measured: whole ticks. */
  private record Window(Instant first, Duration interval, int ticks) {

    static Window after(Instant now, Duration interval, double minutes) {
      long step = interval.toMillis();
      long first = (now.toEpochMilli() / step + 2) * step;
      int ticks = (int) Math.max(2, Math.round(minutes * 60_000 / step));
      return new Window(Instant.ofEpochMilli(first), interval, ticks);
    }

    Instant tick(int index) {
      return first.plus(interval.multipliedBy(index));
    }

    Instant last() {
      return tick(ticks - 1);
    }

    /** Shortly before a tick, when the sweep of the one before is long over. */
    Instant quietBefore(int index) {
      return tick(index).minus(interval.dividedBy(10));
    }
  }

  /** What was seen of the agent from one end of the window to the other. */
  private record Observation(
      AgentMetrics before,
      AgentMetrics after,
      boolean identityHeld,
      List<Double> liveMib,
      double highestUsedMib,
      double agentCpuSeconds,
      double simulatorCpuSeconds,
      long collections,
      long collectionMillis) {

    long delta(String metric) {
      return after.get(metric) - before.get(metric);
    }

    long lane(String kind) {
      return after.lane("stats", kind) - before.lane("stats", kind);
    }
  }

  @Override
  public Integer call() {
    Path directory = Directories.make();
    Duration interval = Duration.ofSeconds(intervalSeconds);
    try (EmbeddedBroker broker =
            EmbeddedBroker.start(new BrokerConfig(directory.resolve("kafka"), 0));
        JavaProcess simulator = startSimulator(directory)) {
      String dockerHost = simulator.announced();
      long begun = System.nanoTime();
      Window window;
      Observation seen;
      double settledSeconds;
      try (AgentProcess agent =
          AgentProcess.start(
              jvmOptions(), dockerHost, broker.bootstrapServers(), interval, directory)) {
        settle(agent);
        settledSeconds = (System.nanoTime() - begun) / 1e9;
        window = Window.after(Instant.now(), interval, minutes);
        seen = observe(agent, simulator, window);
      }
      StatsLog topic = StatsLog.read(broker.bootstrapServers());
      return results.deliver(report(window, seen, topic, settledSeconds));
    } finally {
      Directories.delete(directory);
    }
  }

  private List<String> jvmOptions() {
    List<String> options = new ArrayList<>(agentOptions);
    options.add("-Xmx" + agentHeap);
    return options;
  }

  private JavaProcess startSimulator(Path directory) {
    return JavaProcess.start(
        List.of("-Xmx512m"),
        SimulatorProcess.class.getName(),
        List.of(directory.resolve("engine.sock").toString(), Integer.toString(containers)),
        SimulatorProcess.ANNOUNCEMENT,
        directory.resolve("simulator.log"));
  }

  /** Waits until every container is known and was read. */
  private void settle(AgentProcess agent) {
    Instant deadline = Instant.now().plus(SETTLE);
    while (true) {
      AgentMetrics now = agent.metrics();
      if (now.get("containers_collected") == containers
          && now.get("stats_readings_total") >= containers
          && now.lane("events", "queued") == 0) {
        return;
      }
      if (Instant.now().isAfter(deadline)) {
        throw new BenchException(
            "after %d s the agent collects %d of %d containers"
                .formatted(SETTLE.toSeconds(), now.get("containers_collected"), containers));
      }
      Pause.millis(200);
    }
  }

  private static Observation observe(AgentProcess agent, JavaProcess simulator, Window window) {
    JvmProbe probe = agent.probe();
    Pause.until(window.quietBefore(0));
    List<Double> live = new ArrayList<>();
    live.add(probe.liveMib());
    AgentMetrics before = agent.metrics();
    double agentCpu = probe.cpuSeconds();
    double simulatorCpu = simulator.cpuSeconds();
    long collections = probe.collections();
    long collectionMillis = probe.collectionMillis();
    boolean identityHeld = before.isIdentityHeld();
    double highest = 0;
    for (int tick = 1; tick <= window.ticks(); tick++) {
      Pause.until(window.quietBefore(tick));
      identityHeld &= agent.metrics().isIdentityHeld();
      highest = Math.max(highest, probe.usedMib());
      if (tick == window.ticks() / 2) {
        live.add(probe.liveMib());
      }
    }
    agentCpu = probe.cpuSeconds() - agentCpu;
    simulatorCpu = simulator.cpuSeconds() - simulatorCpu;
    collections = probe.collections() - collections - 1;
    collectionMillis = probe.collectionMillis() - collectionMillis;
    AgentMetrics after = drained(agent);
    live.add(probe.liveMib());
    return new Observation(
        before,
        after,
        identityHeld && after.isIdentityHeld(),
        live,
        highest,
        agentCpu,
        simulatorCpu,
        collections,
        collectionMillis);
  }

  /** The figures once nothing is queued, or as they are when that does not come about. */
  private static AgentMetrics drained(AgentProcess agent) {
    Instant deadline = Instant.now().plus(DRAIN);
    AgentMetrics now = agent.metrics();
    while (now.lane("stats", "queued") > 0 && Instant.now().isBefore(deadline)) {
      Pause.millis(20);
      now = agent.metrics();
    }
    return now;
  }

  private Report report(Window window, Observation seen, StatsLog topic, double settledSeconds) {
    var ticks = topic.ticks(window.first(), window.last());
    long expected = (long) window.ticks() * containers;
    long inKafka = ticks.values().stream().mapToLong(StatsLog.TickRow::records).sum();
    long complete = ticks.values().stream().filter(t -> t.containers() == containers).count();
    Quantiles sweeps =
        Quantiles.of(
            ticks.entrySet().stream()
                .mapToDouble(tick -> tick.getValue().millisToLastReading(tick.getKey()))
                .toArray());
    Quantiles appends =
        Quantiles.of(
            ticks.entrySet().stream()
                .mapToDouble(tick -> tick.getValue().millisToLastAppend(tick.getKey()))
                .toArray());
    long missed = seen.delta("stats_ticks_missed_total");
    Report report =
        new Report("fleet")
            .add("containers", containers)
            .add("interval (s)", intervalSeconds)
            .add("from exec of the agent to a reading of every container (s)", settledSeconds, 1)
            .add("ticks due", window.ticks())
            .add("ticks swept", seen.delta("stats_ticks_total"))
            .add("ticks missed", missed)
            .add("ticks with a sample of every container in Kafka", complete)
            .add("samples expected", expected)
            .add("samples acknowledged", seen.lane("acknowledged"))
            .add("samples of these ticks in Kafka", inKafka)
            .add("readings that failed", seen.delta("stats_failed_total"))
            .add("records dropped", seen.lane("dropped"))
            .add(
                "from tick to last reading (ms): min / median / p99 / max",
                sweeps.minMedianP99Max())
            .add(
                "from tick to last record in Kafka (ms): min / median / p99 / max",
                appends.minMedianP99Max())
            .add("agent -Xmx", agentHeap)
            .add("agent heap after full GC (MiB): start / middle / end", mib(seen.liveMib()))
            .add("agent heap, highest seen before a tick (MiB)", seen.highestUsedMib(), 1)
            .add(
                "agent collections, and their time (ms)",
                seen.collections() + ", " + seen.collectionMillis())
            .add("agent CPU (s)", seen.agentCpuSeconds(), 2)
            .add(
                "agent CPU per 1 000 samples (s)",
                seen.agentCpuSeconds() * 1_000 / seen.lane("acknowledged"),
                3)
            .add(
                "simulator CPU per 1 000 samples (s)",
                seen.simulatorCpuSeconds() * 1_000 / seen.lane("acknowledged"),
                3)
            .add("bytes per sample, Avro with frame", topic.valueBytesPerRecord(), 0)
            .add("bytes per sample on the broker's disk", topic.fileBytesPerRecord(), 1);
    return report
        .require(missed == 0, missed + " ticks were missed")
        .require(seen.identityHeld(), "the lanes' figures did not add up")
        .require(complete == window.ticks(), "not every tick has a sample of every container")
        .require(seen.lane("acknowledged") >= expected, "not every sample was acknowledged")
        .require(seen.lane("dropped") == 0, "samples were dropped");
  }

  private static String mib(List<Double> values) {
    return values.stream()
        .map(value -> String.format(Locale.ROOT, "%.1f", value))
        .collect(Collectors.joining(" / "));
  }
}
