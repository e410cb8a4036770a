package io.tallyman.query.history;

import java.util.Arrays;

/**
 * What a stretch of a container's readings comes to. Immutable; made by {@link RollupBuilder}.
 *
 * <p>Increases are those between readings of the stretch, and from a reading before it if the
 * builder was told of one. A counter that starts again at a restart has increased by what it shows
 * since; one that goes back without a restart (an interface was taken away) adds nothing.
 */
public final class Rollup {

  final int samples;
  final long firstMicros;
  final long firstTimeMillis;
  final long lastMicros;
  final long lastTimeMillis;
  final long firstIntervalMillis;
  final long intervalMillis;
  final boolean firstReset;
  final boolean reset;
  final long coveredMicros;
  final long[] first;
  final long[] last;
  final long[] increase;
  final double[] min;
  final double[] max;
  final double[] latest;
  final double[] sum;
  final int[] counts;

  @SuppressWarnings("TooManyParameters")
  Rollup(
      int samples,
      long firstMicros,
      long firstTimeMillis,
      long lastMicros,
      long lastTimeMillis,
      long firstIntervalMillis,
      long intervalMillis,
      boolean firstReset,
      boolean reset,
      long coveredMicros,
      long[] first,
      long[] last,
      long[] increase,
      double[] min,
      double[] max,
      double[] latest,
      double[] sum,
      int[] counts) {
    this.samples = samples;
    this.firstMicros = firstMicros;
    this.firstTimeMillis = firstTimeMillis;
    this.lastMicros = lastMicros;
    this.lastTimeMillis = lastTimeMillis;
    this.firstIntervalMillis = firstIntervalMillis;
    this.intervalMillis = intervalMillis;
    this.firstReset = firstReset;
    this.reset = reset;
    this.coveredMicros = coveredMicros;
    this.first = first;
    this.last = last;
    this.increase = increase;
    this.min = min;
    this.max = max;
    this.latest = latest;
    this.sum = sum;
    this.counts = counts;
  }

  /** How many readings. */
  public int samples() {
    return samples;
  }

  /** Time of the first reading, milliseconds since 1970. */
  public long firstTimeMillis() {
    return firstTimeMillis;
  }

  /** Time of the last reading, milliseconds since 1970. */
  public long lastTimeMillis() {
    return lastTimeMillis;
  }

  /** Of the last reading. */
  public long intervalMillis() {
    return intervalMillis;
  }

  /** Whether the container was restarted. */
  public boolean reset() {
    return reset;
  }

  /** The time that the increases were made in; 0 when there was nothing to compare with. */
  public long coveredMicros() {
    return coveredMicros;
  }

  /** {@link Counter#UNKNOWN} when there were no two readings that have it. */
  public long increase(Counter counter) {
    return increase[counter.index()];
  }

  /** {@code NaN} when no reading has it, as in the others. */
  public double min(Gauge gauge) {
    return min[gauge.index()];
  }

  public double max(Gauge gauge) {
    return max[gauge.index()];
  }

  /** Of the last reading that has it. */
  public double last(Gauge gauge) {
    return latest[gauge.index()];
  }

  public double mean(Gauge gauge) {
    int count = counts[gauge.index()];
    return count == 0 ? Double.NaN : sum[gauge.index()] / count;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Rollup that
        && samples == that.samples
        && firstMicros == that.firstMicros
        && firstTimeMillis == that.firstTimeMillis
        && lastMicros == that.lastMicros
        && lastTimeMillis == that.lastTimeMillis
        && firstIntervalMillis == that.firstIntervalMillis
        && intervalMillis == that.intervalMillis
        && firstReset == that.firstReset
        && reset == that.reset
        && coveredMicros == that.coveredMicros
        && Arrays.equals(first, that.first)
        && Arrays.equals(last, that.last)
        && Arrays.equals(increase, that.increase)
        && Arrays.equals(min, that.min)
        && Arrays.equals(max, that.max)
        && Arrays.equals(latest, that.latest)
        && Arrays.equals(sum, that.sum)
        && Arrays.equals(counts, that.counts);
  }

  @Override
  public int hashCode() {
    return Long.hashCode(firstMicros);
  }

  @Override
  public String toString() {
    return "Rollup[samples=%d, first=%d, last=%d, increase=%s, min=%s, max=%s, sum=%s]"
        .formatted(
            samples,
            firstMicros,
            lastMicros,
            Arrays.toString(increase),
            Arrays.toString(min),
            Arrays.toString(max),
            Arrays.toString(sum));
  }
}
