package io.tallyman.query.history;

import io.tallyman.v1.BlockIo;
import io.tallyman.v1.ContainerStats;
import io.tallyman.v1.Cpu;
import io.tallyman.v1.Memory;
import io.tallyman.v1.Network;
import io.tallyman.v1.Pressure;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * A charted figure that only grows until the container restarts; of networks and devices the sum of
 * all. The order is that of the stored form: append only.
 */
public enum Counter {
  CPU_USAGE("cpu", "usageNanos", cpu(Cpu::getUsageNanos)),
  CPU_USER("cpu", "userNanos", cpu(Cpu::getUserNanos)),
  CPU_SYSTEM("cpu", "systemNanos", cpu(Cpu::getSystemNanos)),
  CPU_PERIODS("cpu", "periods", cpu(Cpu::getPeriods)),
  CPU_THROTTLED_PERIODS("cpu", "throttledPeriods", cpu(Cpu::getThrottledPeriods)),
  CPU_THROTTLED("cpu", "throttledNanos", cpu(Cpu::getThrottledNanos)),
  MAJOR_PAGE_FAULTS("memory", "majorPageFaults", memory(Memory::getMajorPageFaults)),
  OOM_KILLS("memory", "oomKills", memory(Memory::getOomKills)),
  RX_BYTES("network", "rxBytes", networks(Network::getRxBytes)),
  TX_BYTES("network", "txBytes", networks(Network::getTxBytes)),
  RX_ERRORS("network", "rxErrors", networks(Network::getRxErrors)),
  TX_ERRORS("network", "txErrors", networks(Network::getTxErrors)),
  RX_DROPPED("network", "rxDropped", networks(Network::getRxDropped)),
  TX_DROPPED("network", "txDropped", networks(Network::getTxDropped)),
  READ_BYTES("blockIo", "readBytes", devices(BlockIo::getReadBytes)),
  WRITE_BYTES("blockIo", "writeBytes", devices(BlockIo::getWriteBytes)),
  READ_OPS("blockIo", "readOps", devices(BlockIo::getReadOps)),
  WRITE_OPS("blockIo", "writeOps", devices(BlockIo::getWriteOps)),
  CPU_SOME("pressure", "cpuSomeMicros", pressure(Pressure::getCpuSomeMicros)),
  CPU_FULL("pressure", "cpuFullMicros", pressure(Pressure::getCpuFullMicros)),
  MEMORY_SOME("pressure", "memorySomeMicros", pressure(Pressure::getMemorySomeMicros)),
  MEMORY_FULL("pressure", "memoryFullMicros", pressure(Pressure::getMemoryFullMicros)),
  IO_SOME("pressure", "ioSomeMicros", pressure(Pressure::getIoSomeMicros)),
  IO_FULL("pressure", "ioFullMicros", pressure(Pressure::getIoFullMicros));

  /** Stands where a figure is not known; figures themselves are never negative. */
  public static final long UNKNOWN = -1;

  /** How many there are. */
  public static final int COUNT = values().length;

  private final String group;
  private final String field;

  @SuppressWarnings("ImmutableEnumChecker") // holds a method reference
  private final ToLongFunction<ContainerStats> reader;

  Counter(String group, String field, ToLongFunction<ContainerStats> reader) {
    this.group = group;
    this.field = field;
    this.reader = reader;
  }

  /** Name of the record's part that has it. */
  public String group() {
    return group;
  }

  /** Name of the field in that part. */
  public String field() {
    return field;
  }

  /** Its place among the others, in memory and as stored. */
  @SuppressWarnings("EnumOrdinal") // what the order is for
  public int index() {
    return ordinal();
  }

  long of(ContainerStats stats) {
    return reader.applyAsLong(stats);
  }

  private static ToLongFunction<ContainerStats> cpu(Function<Cpu, @Nullable Long> field) {
    return stats -> stats.getCpu() == null ? UNKNOWN : known(field.apply(stats.getCpu()));
  }

  private static ToLongFunction<ContainerStats> memory(Function<Memory, @Nullable Long> field) {
    return stats -> stats.getMemory() == null ? UNKNOWN : known(field.apply(stats.getMemory()));
  }

  private static ToLongFunction<ContainerStats> pressure(Function<Pressure, @Nullable Long> field) {
    return stats -> stats.getPressure() == null ? UNKNOWN : known(field.apply(stats.getPressure()));
  }

  private static ToLongFunction<ContainerStats> networks(Function<Network, @Nullable Long> field) {
    return stats -> sum(stats.getNetworks(), field);
  }

  private static ToLongFunction<ContainerStats> devices(Function<BlockIo, @Nullable Long> field) {
    return stats -> sum(stats.getBlockIo(), field);
  }

  private static <T> long sum(List<T> items, Function<T, @Nullable Long> field) {
    long sum = UNKNOWN;
    for (T item : items) {
      long value = known(field.apply(item));
      if (value != UNKNOWN) {
        sum = Math.max(sum, 0) + value;
      }
    }
    return sum;
  }

  private static long known(@Nullable Long value) {
    return value == null || value < 0 ? UNKNOWN : value;
  }
}
