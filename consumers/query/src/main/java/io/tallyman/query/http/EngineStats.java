package io.tallyman.query.http;

import io.tallyman.query.history.Counter;
import io.tallyman.query.history.Reading;
import io.tallyman.v1.ContainerStats;
import io.tallyman.v1.Cpu;
import io.tallyman.v1.Memory;
import java.util.List;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** The figures of a sample as clients want them that know no null: 0 is also what is not known. */
record EngineStats(
    double cpuPercent,
    long memoryUsage,
    long memoryLimit,
    double memoryPercent,
    long rxBytes,
    long txBytes,
    long readBytes,
    long writeBytes) {

  static EngineStats of(ContainerStats stats) {
    Cpu cpu = stats.getCpu();
    Memory memory = stats.getMemory();
    Reading reading = Reading.of(stats, stats.getSampledAt().toEpochMilli());
    return new EngineStats(
        cpu == null ? 0 : known(cpu.getPercent()),
        memory == null ? 0 : known(memory.getUsedBytes()),
        memory == null ? 0 : known(memory.getLimitBytes()),
        memory == null ? 0 : known(memory.getPercent()),
        Math.max(0, reading.counter(Counter.RX_BYTES)),
        Math.max(0, reading.counter(Counter.TX_BYTES)),
        Math.max(0, reading.counter(Counter.READ_BYTES)),
        Math.max(0, reading.counter(Counter.WRITE_BYTES)));
  }

  static long sum(List<EngineStats> all, ToLongFunction<EngineStats> figure) {
    return all.stream().mapToLong(figure).sum();
  }

  private static double known(@Nullable Double value) {
    return value == null || !Double.isFinite(value) ? 0 : value;
  }

  private static long known(@Nullable Long value) {
    return value == null ? 0 : value;
  }
}
