package io.tallyman.query.view;

import static io.tallyman.query.view.Figure.CPU_PERCENT;
import static io.tallyman.query.view.Figure.CPU_USAGE;
import static io.tallyman.query.view.Figure.MEMORY_USED;
import static io.tallyman.query.view.Figure.MEMORY_WORKING_SET;
import static io.tallyman.query.view.Figure.PIDS;
import static io.tallyman.query.view.Figure.READ;
import static io.tallyman.query.view.Figure.READ_RATE;
import static io.tallyman.query.view.Figure.RX;
import static io.tallyman.query.view.Figure.RX_RATE;
import static io.tallyman.query.view.Figure.TX;
import static io.tallyman.query.view.Figure.TX_RATE;
import static io.tallyman.query.view.Figure.WRITE;
import static io.tallyman.query.view.Figure.WRITE_RATE;

import io.tallyman.query.history.Counter;
import io.tallyman.query.state.Usage;
import io.tallyman.v1.ContainerStats;
import io.tallyman.v1.Cpu;
import io.tallyman.v1.Memory;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One value for each {@link Figure}; {@code NaN} where it is not known. Not safe for threads. */
public final class Figures {

  private static final double NANOS = 1e9;
  private static final double PERCENT = 100;

  private final double[] values = new double[Figure.values().length];

  /** Nothing known. */
  Figures() {
    Arrays.fill(values, Double.NaN);
  }

  /** What a container uses now. */
  static Figures now(Sampled sampled) {
    ContainerStats stats = sampled.sample().value();
    Cpu cpu = stats.getCpu();
    Memory memory = stats.getMemory();
    Figures figures = new Figures();
    figures.set(CPU_PERCENT, cpu == null ? null : cpu.getPercent());
    figures.set(MEMORY_USED, memory == null ? null : memory.getUsedBytes());
    figures.set(MEMORY_WORKING_SET, memory == null ? null : memory.getWorkingSetBytes());
    figures.set(PIDS, stats.getPids() == null ? null : stats.getPids().getCurrent());
    figures.set(RX_RATE, sampled.rates().rx());
    figures.set(TX_RATE, sampled.rates().tx());
    figures.set(READ_RATE, sampled.rates().read());
    figures.set(WRITE_RATE, sampled.rates().write());
    return figures;
  }

  /** What a container used in that time. */
  static Figures used(Usage usage, Duration time) {
    double seconds = Math.max(1, time.toMillis()) / 1000.0;
    Figures figures = new Figures();
    double cpuNanos = usage.of(Counter.CPU_USAGE);
    figures.set(CPU_USAGE, cpuNanos);
    figures.set(CPU_PERCENT, cpuNanos / NANOS / seconds * PERCENT);
    figures.used(usage, Counter.RX_BYTES, RX, RX_RATE, seconds);
    figures.used(usage, Counter.TX_BYTES, TX, TX_RATE, seconds);
    figures.used(usage, Counter.READ_BYTES, READ, READ_RATE, seconds);
    figures.used(usage, Counter.WRITE_BYTES, WRITE, WRITE_RATE, seconds);
    return figures;
  }

  /** {@code NaN} where not known. */
  public double get(Figure figure) {
    return values[figure.index()];
  }

  /** The sum of what is known of both; {@code NaN} when nothing is. */
  double sum(Figure one, Figure other) {
    return plus(get(one), get(other));
  }

  /** Adds what is known of the other. */
  void add(Figures other) {
    for (int i = 0; i < values.length; i++) {
      values[i] = plus(values[i], other.values[i]);
    }
  }

  void forget(List<Figure> figures) {
    figures.forEach(figure -> values[figure.index()] = Double.NaN);
  }

  private void used(Usage usage, Counter counter, Figure total, Figure rate, double seconds) {
    double bytes = usage.of(counter);
    set(total, bytes);
    set(rate, bytes / seconds);
  }

  private void set(Figure figure, @Nullable Number value) {
    values[figure.index()] = value == null ? Double.NaN : value.doubleValue();
  }

  private static double plus(double one, double other) {
    return Double.isNaN(one) ? other : Double.isNaN(other) ? one : one + other;
  }
}
