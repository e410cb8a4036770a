package io.tallyman.query.history;

import io.tallyman.v1.ContainerStats;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;

/** The charted figures of one sample. Immutable. */
public final class Reading {

  static final Comparator<Reading> ORDER =
      Comparator.comparingLong(Reading::timeMillis).thenComparingLong(Reading::sampledMicros);

  private final long sampledMicros;
  private final long timeMillis;
  private final long intervalMillis;
  private final boolean reset;
  private final long[] counters;
  private final double[] gauges;

  /** Keeps the arrays, which nobody may change any more. */
  Reading(
      long sampledMicros,
      long timeMillis,
      long intervalMillis,
      boolean reset,
      long[] counters,
      double[] gauges) {
    this.sampledMicros = sampledMicros;
    this.timeMillis = timeMillis;
    this.intervalMillis = intervalMillis;
    this.reset = reset;
    this.counters = counters;
    this.gauges = gauges;
  }

  /** {@code timeMillis} is the earlier of the sample's own time and that of its append. */
  public static Reading of(ContainerStats stats, long timeMillis) {
    long[] counters = new long[Counter.COUNT];
    for (Counter counter : Counter.values()) {
      counters[counter.index()] = counter.of(stats);
    }
    double[] gauges = new double[Gauge.COUNT];
    for (Gauge gauge : Gauge.values()) {
      gauges[gauge.index()] = gauge.of(stats);
    }
    return new Reading(
        micros(stats.getSampledAt()),
        timeMillis,
        stats.getIntervalMillis(),
        stats.getReset(),
        counters,
        gauges);
  }

  /** What the sample states, microseconds since 1970: tells it from the container's others. */
  public long sampledMicros() {
    return sampledMicros;
  }

  /** Milliseconds since 1970: its place in the history. */
  public long timeMillis() {
    return timeMillis;
  }

  /** When the container's next reading was to be expected. */
  public long intervalMillis() {
    return intervalMillis;
  }

  /** Whether the container was restarted since the reading before. */
  public boolean reset() {
    return reset;
  }

  /** {@link Counter#UNKNOWN} where it is not known. */
  public long counter(Counter counter) {
    return counters[counter.index()];
  }

  /** {@code NaN} where it is not known. */
  public double gauge(Gauge gauge) {
    return gauges[gauge.index()];
  }

  long[] counters() {
    return counters;
  }

  double[] gauges() {
    return gauges;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Reading that
        && sampledMicros == that.sampledMicros
        && timeMillis == that.timeMillis
        && intervalMillis == that.intervalMillis
        && reset == that.reset
        && Arrays.equals(counters, that.counters)
        && Arrays.equals(gauges, that.gauges);
  }

  @Override
  public int hashCode() {
    return Long.hashCode(sampledMicros);
  }

  @Override
  public String toString() {
    return "Reading[%d, %d, %s, %s]"
        .formatted(sampledMicros, timeMillis, Arrays.toString(counters), Arrays.toString(gauges));
  }

  private static long micros(Instant time) {
    return Math.addExact(
        Math.multiplyExact(time.getEpochSecond(), 1_000_000L), time.getNano() / 1000);
  }
}
