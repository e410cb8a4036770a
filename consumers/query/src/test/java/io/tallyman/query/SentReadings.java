package io.tallyman.query;

import static io.tallyman.query.FleetRecords.counted;

import com.fasterxml.jackson.databind.JsonNode;
import io.tallyman.v1.ContainerStats;
import io.tallyman.v1.Cpu;
import io.tallyman.v1.Memory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Hours of a container's readings, and what they come to by the plainest sums there are: a
 * reference that shares nothing with the service. Counters begin anew twice.
 */
final class SentReadings {

  static final int MINUTES = 180;

  /** A power of two, so that a mean of whole numbers is exact. */
  static final int A_MINUTE = 4;

  private static final Duration STEP = Duration.ofMinutes(1).dividedBy(A_MINUTE);

  /** One of them while readings are kept, the other long before. */
  private static final List<Integer> RESTARTS = List.of(201, 650);

  private final List<One> readings = new ArrayList<>();

  private record One(Instant time, long cpuNanos, long bytes, double cpuPercent, long usedBytes) {}

  /** What a minute comes to. */
  record Minute(
      Instant time,
      int samples,
      boolean reset,
      long usageNanos,
      long rxBytes,
      double cpuMean,
      double cpuMin,
      double cpuMax,
      double cpuLast,
      long usedMean,
      long usedMin,
      long usedMax) {

    static Minute of(JsonNode item) {
      return new Minute(
          Instant.parse(item.at("/time").asText()),
          item.at("/samples").asInt(),
          item.at("/reset").asBoolean(),
          item.at("/cpu/usageNanos").asLong(),
          item.at("/network/rxBytes").asLong(),
          item.at("/cpu/percent").asDouble(),
          item.at("/cpu/percentMin").asDouble(),
          item.at("/cpu/percentMax").asDouble(),
          item.at("/cpu/percentLast").asDouble(),
          item.at("/memory/usedBytes").asLong(),
          item.at("/memory/usedBytesMin").asLong(),
          item.at("/memory/usedBytesMax").asLong());
    }
  }

  /** {@link #MINUTES} of them before {@code end}, which is a whole minute. */
  SentReadings(Instant end, long seed) {
    Random random = new Random(seed);
    long cpuNanos = 0;
    long bytes = 0;
    for (int i = 0; i < MINUTES * A_MINUTE; i++) {
      if (RESTARTS.contains(i)) {
        cpuNanos = 0;
        bytes = 0;
      }
      cpuNanos += random.nextLong(1_000_000_000);
      bytes += random.nextLong(1_000_000);
      readings.add(
          new One(
              end.minus(Duration.ofMinutes(MINUTES)).plus(STEP.multipliedBy(i)),
              cpuNanos,
              bytes,
              random.nextInt(400),
              random.nextLong(1 << 20) * A_MINUTE));
    }
  }

  /** As records, from old to new. */
  List<ContainerStats> records(String host, String containerId, String name) {
    return readings.stream()
        .map(one -> {
          ContainerStats stats =
              counted(host, containerId, name, one.cpuNanos, one.bytes, one.time);
          return ContainerStats.newBuilder(stats)
              .setCpu(Cpu.newBuilder(stats.getCpu()).setPercent(one.cpuPercent).build())
              .setMemory(Memory.newBuilder().setUsedBytes(one.usedBytes).build())
              .build();
        })
        .toList();
  }

  Instant newest() {
    return readings.getLast().time;
  }

  List<Minute> minutes() {
    return IntStream.range(0, MINUTES).mapToObj(this::minute).toList();
  }

  private Minute minute(int number) {
    int from = number * A_MINUTE;
    List<One> those = readings.subList(from, from + A_MINUTE);
    return new Minute(
        those.getFirst().time,
        those.size(),
        RESTARTS.stream().anyMatch(i -> i / A_MINUTE == number),
        usageNanos(number, number + 1),
        rxBytes(number, number + 1),
        those.stream().mapToDouble(One::cpuPercent).average().orElseThrow(),
        those.stream().mapToDouble(One::cpuPercent).min().orElseThrow(),
        those.stream().mapToDouble(One::cpuPercent).max().orElseThrow(),
        those.getLast().cpuPercent,
        those.stream().mapToLong(One::usedBytes).sum() / A_MINUTE,
        those.stream().mapToLong(One::usedBytes).min().orElseThrow(),
        those.stream().mapToLong(One::usedBytes).max().orElseThrow());
  }

  /** CPU time used between two minutes, by their numbers. */
  long usageNanos(int from, int to) {
    return increase(readings.stream().mapToLong(One::cpuNanos).toArray(), from, to);
  }

  /** Bytes received between two minutes, by their numbers. */
  long rxBytes(int from, int to) {
    return increase(readings.stream().mapToLong(One::bytes).toArray(), from, to);
  }

  /** The very first reading has nothing to be compared with. */
  private static long increase(long[] counter, int from, int to) {
    return IntStream.range(Math.max(1, from * A_MINUTE), to * A_MINUTE)
        .mapToLong(i -> RESTARTS.contains(i) ? counter[i] : counter[i] - counter[i - 1])
        .sum();
  }
}
