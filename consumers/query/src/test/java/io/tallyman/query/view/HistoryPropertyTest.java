package io.tallyman.query.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tallyman.query.FleetRecords;
import io.tallyman.query.ManualClock;
import io.tallyman.query.history.Counter;
import io.tallyman.query.history.Gauge;
import io.tallyman.query.history.MinuteCodec;
import io.tallyman.query.history.Rollup;
import io.tallyman.query.state.StoreEntry;
import io.tallyman.query.state.Usage;
import io.tallyman.query.topology.QueryTopology;
import io.tallyman.query.topology.Retention;
import io.tallyman.query.topology.TopologyHarness;
import io.tallyman.query.view.Series.Point;
import io.tallyman.v1.ContainerStats;
import io.tallyman.v1.Cpu;
import io.tallyman.v1.Network;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Histories against a model that knows every reading: whatever order they come in, however often,
 * and replayed afterwards.
 */
class HistoryPropertyTest {

  private static final Instant T = Instant.parse("2026-03-01T12:00:30Z");
  private static final int MINUTES = 100;
  private static final int MAX_LATE_SECONDS = 20 * 60;
  private static final Instant END =
      T.plus(Duration.ofMinutes(MINUTES)).plusSeconds(MAX_LATE_SECONDS);
  private static final List<String> CONTAINERS =
      List.of(FleetRecords.id("c1"), FleetRecords.id("c2"));
  private static final String HOST = "h";

  @TempDir Path directory;

  static IntStream seeds() {
    return new Random().ints(3);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void historiesAreThoseOfTheModel(int seed) {
    Random random = new Random(seed);
    Map<String, NavigableMap<Instant, ContainerStats>> model = new HashMap<>();
    List<Sent> sent = sent(model, random);
    try (TopologyHarness topology = new TopologyHarness(directory, END)) {
      sent.forEach(next -> next.to(topology));
      check(topology, model, random, "seed " + seed);
      int begin = random.nextInt(sent.size() - 300);
      sent.subList(begin, begin + 300)
          .forEach(next -> topology.stats(next.reading, HOST, END.plusSeconds(1)));
      check(topology, model, random, "seed " + seed + " after a replay");
      topology.advance(Duration.ofHours(3));
      check(topology, model, random, "seed " + seed + " after hours of silence");
    }
  }

  /** As after a crash: each store is what its own changelog had of it. */
  @ParameterizedTest(name = "from {0} to {1} minutes")
  @CsvSource({"360, 60", "30, 360"})
  void historiesGoOnWhenReadingsAreKeptForAnotherTime(int minutesBefore, int minutesAfter) {
    int seed = new Random().nextInt();
    Random random = new Random(seed);
    Map<String, NavigableMap<Instant, ContainerStats>> model = new HashMap<>();
    List<Sent> sent = sent(model, random);
    int restart = random.nextInt(sent.size());
    int crash = restart + random.nextInt(sent.size() - restart);
    try (TopologyHarness before =
            new TopologyHarness(directory.resolve("before"), END, raw(minutesBefore));
        TopologyHarness after =
            new TopologyHarness(directory.resolve("after"), END, raw(minutesAfter))) {
      sent.subList(0, restart).forEach(next -> next.to(before));
      copy(before.plain(QueryTopology.HISTORY, 0), after.plain(QueryTopology.HISTORY, 0));
      sent.subList(restart, crash).forEach(next -> next.to(before));
      copy(before.store(QueryTopology.LATEST_STATS), after.store(QueryTopology.LATEST_STATS));
      sent.subList(restart, sent.size()).forEach(next -> next.to(after));
      check(after, model, random, "seed " + seed);
    }
  }

  private static Retention raw(int minutes) {
    Retention usual = Retention.DEFAULT;
    return new Retention(Duration.ofMinutes(minutes), usual.rollup(), usual.events());
  }

  private static <V> void copy(KeyValueStore<String, V> from, KeyValueStore<String, V> to) {
    try (KeyValueIterator<String, V> all = from.all()) {
      all.forEachRemaining(next -> to.put(next.key, next.value));
    }
  }

  private static List<Sent> sent(
      Map<String, NavigableMap<Instant, ContainerStats>> model, Random random) {
    List<Sent> sent = new ArrayList<>();
    for (String container : CONTAINERS) {
      NavigableMap<Instant, ContainerStats> readings = readings(container, random);
      model.put(container, readings);
      for (ContainerStats reading : readings.values()) {
        for (int copies = random.nextInt(10) == 0 ? 2 : 1; copies > 0; copies--) {
          sent.add(new Sent(reading, random.nextInt(MAX_LATE_SECONDS)));
        }
      }
    }
    sent.sort(Comparator.comparing(Sent::appended));
    return sent;
  }

  private record Sent(ContainerStats reading, int lateSeconds) {
    Instant appended() {
      return reading.getSampledAt().plusSeconds(lateSeconds);
    }

    void to(TopologyHarness topology) {
      topology.stats(reading, HOST, appended());
    }
  }

  private void check(
      TopologyHarness topology,
      Map<String, NavigableMap<Instant, ContainerStats>> model,
      Random random,
      String what) {
    FleetReader reader =
        new FleetReader(
            topology,
            topology.decoder,
            "",
            topology.intake.newest(),
            new ManualClock(END),
            Duration.ZERO);
    Histories histories = new Histories(reader, new Containers(reader), Retention.DEFAULT);
    for (String container : CONTAINERS) {
      for (int stepMinutes : List.of(1, 5)) {
        Duration step = Duration.ofMinutes(stepMinutes);
        Series series =
            histories.series(new SeriesQuery(container, null, T.minusSeconds(60), END, step));
        checkSteps(series, Objects.requireNonNull(model.get(container)), step, what + ", " + step);
      }
      checkUsage(topology, container, Objects.requireNonNull(model.get(container)), random, what);
    }
  }

  private static void checkSteps(
      Series series, NavigableMap<Instant, ContainerStats> readings, Duration step, String what) {
    TreeMap<Long, List<ContainerStats>> expected = new TreeMap<>();
    for (ContainerStats reading : readings.values()) {
      long millis = reading.getSampledAt().toEpochMilli();
      expected
          .computeIfAbsent(millis - millis % step.toMillis(), begin -> new ArrayList<>())
          .add(reading);
    }
    assertThat(series.points())
        .as(what)
        .extracting(Point::timeMillis)
        .containsExactlyElementsOf(expected.keySet());
    for (Point point : series.points()) {
      List<ContainerStats> inside = Objects.requireNonNull(expected.get(point.timeMillis()));
      Rollup figures = point.figures();
      String where = what + " at " + Instant.ofEpochMilli(point.timeMillis());
      double[] percents = inside.stream().mapToDouble(next -> next.getCpu().getPercent()).toArray();
      assertThat(figures.samples()).as(where).isEqualTo(inside.size());
      assertThat(figures.min(Gauge.CPU_PERCENT))
          .as(where)
          .isEqualTo(java.util.Arrays.stream(percents).min().orElseThrow());
      assertThat(figures.max(Gauge.CPU_PERCENT))
          .as(where)
          .isEqualTo(java.util.Arrays.stream(percents).max().orElseThrow());
      assertThat(figures.mean(Gauge.CPU_PERCENT))
          .as(where)
          .isCloseTo(java.util.Arrays.stream(percents).average().orElseThrow(), within(1e-9));
      assertThat(figures.last(Gauge.CPU_PERCENT))
          .as(where)
          .isEqualTo(percents[percents.length - 1]);
      assertThat(Math.max(0, figures.increase(Counter.CPU_USAGE)))
          .as(where)
          .isEqualTo(cpuOf(inside, readings));
      assertThat(Math.max(0, figures.increase(Counter.RX_BYTES)))
          .as(where)
          .isEqualTo(rxOf(inside, readings));
    }
  }

  private static void checkUsage(
      TopologyHarness topology,
      String container,
      NavigableMap<Instant, ContainerStats> readings,
      Random random,
      String what) {
    String key = QueryTopology.statsKey(HOST, container);
    long first = T.getEpochSecond() / 60;
    for (int i = 0; i < 20; i++) {
      long from = first - 2 + random.nextInt(MINUTES);
      long to = from + 1 + random.nextInt(MINUTES);
      List<ContainerStats> inside =
          readings.values().stream()
              .filter(next -> next.getSampledAt().getEpochSecond() / 60 >= from)
              .filter(next -> next.getSampledAt().getEpochSecond() / 60 < to)
              .toList();
      List<Usage> found =
          topology.ask(QueryTopology.LATEST_STATS, null, s -> s.usage(from, to)).parts().getFirst();
      long used =
          found.stream()
              .filter(next -> next.containerKey().equals(key))
              .mapToLong(next -> next.of(Counter.CPU_USAGE))
              .sum();
      assertThat(used).as(what + " from " + from + " to " + to).isEqualTo(cpuOf(inside, readings));
    }
    List<StoreEntry> minutes =
        topology
            .ask(QueryTopology.LATEST_STATS, null, s -> s.history(key, first, first + MINUTES))
            .parts()
            .getFirst();
    for (StoreEntry minute : minutes) {
      assertThat(MinuteCodec.encode(MinuteCodec.decode(minute.value()))).isEqualTo(minute.value());
    }
  }

  private static long cpuOf(
      List<ContainerStats> inside, NavigableMap<Instant, ContainerStats> all) {
    return inside.stream()
        .mapToLong(next -> increase(next, all, s -> s.getCpu().getUsageNanos()))
        .sum();
  }

  private static long rxOf(List<ContainerStats> inside, NavigableMap<Instant, ContainerStats> all) {
    return inside.stream()
        .mapToLong(next ->
            increase(
                next,
                all,
                s -> s.getNetworks().isEmpty() ? null : s.getNetworks().getFirst().getRxBytes()))
        .sum();
  }

  private interface Field {
    @Nullable Long of(ContainerStats stats);
  }

  /** What a reading adds to those before it. */
  private static long increase(
      ContainerStats reading, NavigableMap<Instant, ContainerStats> all, Field field) {
    Map.Entry<Instant, ContainerStats> before = all.lowerEntry(reading.getSampledAt());
    Long value = field.of(reading);
    if (before == null || value == null) {
      return 0;
    }
    if (reading.getReset()) {
      return value;
    }
    Long past = field.of(before.getValue());
    return past == null ? 0 : value - past;
  }

  private static NavigableMap<Instant, ContainerStats> readings(String container, Random random) {
    NavigableMap<Instant, ContainerStats> readings = new TreeMap<>();
    long cpu = random.nextInt(1_000_000);
    long rx = random.nextInt(1000);
    Instant time = T;
    while (time.isBefore(T.plus(Duration.ofMinutes(MINUTES)))) {
      boolean reset = !readings.isEmpty() && random.nextInt(100) == 0;
      cpu = (reset ? 0 : cpu) + random.nextLong(5_000_000_000L);
      rx = (reset ? 0 : rx) + random.nextInt(100_000);
      ContainerStats reading =
          ContainerStats.newBuilder(
                  FleetRecords.sample(HOST, container, "app", random.nextDouble() * 400, time))
              .setCpu(
                  Cpu.newBuilder()
                      .setPercent(random.nextDouble() * 400)
                      .setUsageNanos(cpu)
                      .setPerCpuNanos(List.of())
                      .build())
              .setNetworks(
                  random.nextInt(20) == 0
                      ? List.of()
                      : List.of(Network.newBuilder().setName("eth0").setRxBytes(rx).build()))
              .setReset(reset)
              .build();
      readings.put(time, reading);
      boolean hole = random.nextInt(200) == 0;
      time = time.plusMillis(hole ? random.nextInt(600_000) + 1 : 4_000 + random.nextInt(2_000));
    }
    return readings;
  }
}
