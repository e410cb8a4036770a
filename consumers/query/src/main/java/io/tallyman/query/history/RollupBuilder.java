package io.tallyman.query.history;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Melts readings and roll-ups, given from old to new, into one {@link Rollup}. Not safe for
 * threads.
 */
public final class RollupBuilder {

  private static final long MICROS = 1000;

  private int samples;
  private long firstMicros;
  private long firstTimeMillis;
  private long lastMicros;
  private long lastTimeMillis;
  private long firstIntervalMillis;
  private long intervalMillis;
  private boolean firstReset;
  private boolean reset;
  private boolean hasPredecessor;
  private long coveredMicros;
  private final long[] first = new long[Counter.COUNT];
  private long[] last = new long[Counter.COUNT];
  private final long[] increase = new long[Counter.COUNT];
  private final double[] min = new double[Gauge.COUNT];
  private final double[] max = new double[Gauge.COUNT];
  private final double[] latest = new double[Gauge.COUNT];
  private final double[] sum = new double[Gauge.COUNT];
  private final int[] counts = new int[Gauge.COUNT];

  /** With nothing before: the first reading is what the next is compared with. */
  public RollupBuilder() {
    Arrays.fill(increase, Counter.UNKNOWN);
    Arrays.fill(min, Double.NaN);
    Arrays.fill(max, Double.NaN);
    Arrays.fill(latest, Double.NaN);
  }

  /** The first reading is compared with this one, if there is one. */
  public RollupBuilder after(@Nullable Reading before) {
    if (before != null) {
      hasPredecessor = true;
      lastMicros = before.sampledMicros();
      last = before.counters();
    }
    return this;
  }

  /** The first reading is compared with the last of these, if there are any. */
  public RollupBuilder after(@Nullable Rollup before) {
    if (before != null) {
      hasPredecessor = true;
      lastMicros = before.lastMicros;
      last = before.last;
    }
    return this;
  }

  /** Whether nothing has been added. */
  public boolean isEmpty() {
    return samples == 0;
  }

  /** Adds one that is newer than all before. */
  public RollupBuilder add(Reading next) {
    step(next.sampledMicros(), next.intervalMillis(), next.reset(), next.counters());
    begin(next.sampledMicros(), next.timeMillis(), next.intervalMillis(), next.reset());
    if (samples == 0) {
      System.arraycopy(next.counters(), 0, first, 0, Counter.COUNT);
    }
    for (int i = 0; i < Gauge.COUNT; i++) {
      double value = next.gauges()[i];
      addGauge(i, value, value, value, value, Double.isNaN(value) ? 0 : 1);
    }
    samples++;
    end(next.sampledMicros(), next.timeMillis(), next.intervalMillis(), next.counters());
    return this;
  }

  /** Adds some that are newer than all before. */
  public RollupBuilder add(Rollup next) {
    step(next.firstMicros, next.firstIntervalMillis, next.firstReset, next.first);
    begin(next.firstMicros, next.firstTimeMillis, next.firstIntervalMillis, next.firstReset);
    if (samples == 0) {
      System.arraycopy(next.first, 0, first, 0, Counter.COUNT);
    }
    for (int i = 0; i < Counter.COUNT; i++) {
      grow(i, next.increase[i]);
    }
    coveredMicros += next.coveredMicros;
    for (int i = 0; i < Gauge.COUNT; i++) {
      addGauge(i, next.min[i], next.max[i], next.latest[i], next.sum[i], next.counts[i]);
    }
    reset |= next.reset;
    samples += next.samples;
    end(next.lastMicros, next.lastTimeMillis, next.intervalMillis, next.last);
    return this;
  }

  /** What was added; at least one reading must have been. */
  public Rollup build() {
    if (samples == 0) {
      throw new IllegalStateException("nothing was added");
    }
    return new Rollup(
        samples,
        firstMicros,
        firstTimeMillis,
        lastMicros,
        lastTimeMillis,
        firstIntervalMillis,
        intervalMillis,
        firstReset,
        reset,
        coveredMicros,
        first,
        last,
        increase,
        min,
        max,
        latest,
        sum,
        counts);
  }

  private void begin(long micros, long timeMillis, long interval, boolean isReset) {
    if (samples == 0) {
      firstMicros = micros;
      firstTimeMillis = timeMillis;
      firstIntervalMillis = interval;
      firstReset = isReset;
    }
  }

  private void end(long micros, long timeMillis, long interval, long[] counters) {
    hasPredecessor = true;
    lastMicros = micros;
    lastTimeMillis = timeMillis;
    intervalMillis = interval;
    last = counters;
  }

  /** From the reading before to the next one. */
  private void step(long micros, long interval, boolean isReset, long[] next) {
    int usage = Counter.CPU_USAGE.index();
    boolean restarted =
        isReset || (hasPredecessor && next[usage] >= 0 && next[usage] < last[usage]);
    reset |= restarted;
    if (!hasPredecessor) {
      return;
    }
    long elapsed = Math.max(0, micros - lastMicros);
    coveredMicros += restarted ? Math.min(elapsed, interval * MICROS) : elapsed;
    for (int i = 0; i < Counter.COUNT; i++) {
      if (next[i] == Counter.UNKNOWN) {
        continue;
      }
      if (restarted) {
        grow(i, next[i]);
      } else if (last[i] != Counter.UNKNOWN) {
        grow(i, Math.max(0, next[i] - last[i]));
      }
    }
  }

  private void grow(int counter, long by) {
    if (by != Counter.UNKNOWN) {
      increase[counter] = Math.max(increase[counter], 0) + by;
    }
  }

  private void addGauge(int i, double low, double high, double newest, double total, int count) {
    if (count == 0) {
      return;
    }
    min[i] = counts[i] == 0 ? low : Math.min(min[i], low);
    max[i] = counts[i] == 0 ? high : Math.max(max[i], high);
    latest[i] = newest;
    sum[i] += total;
    counts[i] += count;
  }
}
