package io.tallyman.agent.stats;

import io.tallyman.agent.engine.StatsReading;
import io.tallyman.agent.engine.StatsReading.BlockIoEntry;
import io.tallyman.agent.engine.StatsReading.CpuCounters;
import io.tallyman.agent.engine.StatsReading.NetworkCounters;
import io.tallyman.agent.inventory.KnownContainer;
import io.tallyman.v1.BlockIo;
import io.tallyman.v1.ContainerStats;
import io.tallyman.v1.Cpu;
import io.tallyman.v1.Network;
import io.tallyman.v1.Pids;
import io.tallyman.v1.StatsSource;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Turns readings into records: a pure function, with the formulas of the Docker CLI.
 *
 * <p>What the reading lacks is null in the record, never 0. Fields that belong to the agent ({@code
 * hostId}, {@code hostName}, {@code agentId}, {@code incarnation}, {@code sequence}) are left for
 * whoever publishes the record.
 */
public final class StatsMapper {

  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private StatsMapper() {}

  /**
   * What a record tells beside the reading.
   *
   * @param container as the agent knew it when it asked
   * @param tick null for a reading between ticks
   * @param intervalMillis when to expect the next
   * @param engineVersion null when not known
   * @param cgroupVersion null when not known
   * @param detail whether to keep every key of the memory part
   */
  public record Setting(
      KnownContainer container,
      @Nullable Instant tick,
      long intervalMillis,
      StatsSource source,
      @Nullable String engineVersion,
      @Nullable Integer cgroupVersion,
      boolean detail) {}

  /**
   * Maps a reading.
   *
   * @param now a reading with a time: of a container that ran
   * @param before the reading before; null when this is the first
   */
  public static ContainerStats.Builder map(
      StatsReading now, @Nullable StatsReading before, Setting setting) {
    Instant readAt = now.readAt();
    if (readAt == null) {
      throw new IllegalArgumentException("a reading without a time is none");
    }
    KnownContainer container = setting.container();
    boolean reset = before != null && isReset(before, now, readAt, container.startedAt());
    StatsReading base = reset ? null : before;
    return ContainerStats.newBuilder()
        .setContainerId(container.id())
        .setContainerName(container.name())
        .setImage(container.image())
        .setProject(container.project())
        .setService(container.service())
        .setLabels(container.labels())
        .setEngineVersion(setting.engineVersion())
        .setState(container.isRunning() ? container.state() : null)
        .setTick(setting.tick())
        .setSampledAt(readAt.truncatedTo(ChronoUnit.MICROS))
        .setIntervalMillis(setting.intervalMillis())
        .setSource(setting.source())
        .setCgroupVersion(setting.cgroupVersion())
        .setCpu(now.cpu() == null ? null : cpu(now.cpu(), base, container.cpuLimit()))
        .setMemory(now.memory() == null ? null : MemoryFigures.of(now.memory(), setting.detail()))
        .setNetworkMode(container.networkMode())
        .setNetworks(networks(now.networks()))
        .setBlockIo(blockIo(now.blockIo()))
        .setPids(pids(now))
        .setIntervalNanos(before == null ? null : nanosBetween(before.readAt(), readAt))
        .setReset(reset);
  }

  /**
   * A restart begins with new counters, which may already be higher than the old ones were. A start
   * that is known by now, but came after the reading, is the next reading's.
   */
  private static boolean isReset(
      StatsReading before, StatsReading now, Instant readAt, @Nullable Instant startedAt) {
    Instant readBefore = before.readAt();
    boolean restarted =
        startedAt != null
            && readBefore != null
            && startedAt.isAfter(readBefore)
            && !startedAt.isAfter(readAt);
    return restarted || Counters.wentBack(before, now);
  }

  private static Cpu cpu(
      CpuCounters counters, @Nullable StatsReading before, @Nullable Double limitCpus) {
    Double percent = before == null ? null : CpuPercent.between(before.cpu(), counters);
    return Cpu.newBuilder()
        .setUsageNanos(counters.totalNanos())
        .setUserNanos(counters.userNanos())
        .setSystemNanos(counters.kernelNanos())
        .setPerCpuNanos(counters.perCpuNanos())
        .setHostNanos(counters.systemNanos())
        .setOnlineCpus(counters.onlineCpus())
        .setLimitCpus(limitCpus)
        .setPeriods(counters.periods())
        .setThrottledPeriods(counters.throttledPeriods())
        .setThrottledNanos(counters.throttledNanos())
        .setPercent(percent)
        .setPercentOfLimit(
            percent == null || limitCpus == null ? null : (Double) (percent / limitCpus))
        .build();
  }

  private static List<Network> networks(Map<String, NetworkCounters> networks) {
    return networks.entrySet().stream()
        .map(entry -> {
          NetworkCounters counters = entry.getValue();
          return Network.newBuilder()
              .setName(entry.getKey())
              .setRxBytes(counters.rxBytes())
              .setRxPackets(counters.rxPackets())
              .setRxErrors(counters.rxErrors())
              .setRxDropped(counters.rxDropped())
              .setTxBytes(counters.txBytes())
              .setTxPackets(counters.txPackets())
              .setTxErrors(counters.txErrors())
              .setTxDropped(counters.txDropped())
              .build();
        })
        .toList();
  }

  private static List<BlockIo> blockIo(List<BlockIoEntry> entries) {
    Map<Device, BlockIo> devices = new TreeMap<>();
    for (BlockIoEntry entry : entries) {
      BlockIo device =
          devices.computeIfAbsent(
              new Device(entry.major(), entry.minor()),
              key -> new BlockIo(key.major(), key.minor(), null, null, null, null, null));
      devices.put(new Device(entry.major(), entry.minor()), with(device, entry));
    }
    return List.copyOf(devices.values());
  }

  /** Adds an entry; {@code op} counts by its first letter in any case, as in the Docker CLI. */
  private static BlockIo with(BlockIo device, BlockIoEntry entry) {
    char op = entry.op().isEmpty() ? ' ' : Character.toLowerCase(entry.op().charAt(0));
    BlockIo.Builder sum = BlockIo.newBuilder(device);
    boolean bytes = entry.kind() == BlockIoEntry.Kind.BYTES;
    if (op == 'r' && bytes) {
      sum.setReadBytes(plus(device.getReadBytes(), entry.value()));
    } else if (op == 'w' && bytes) {
      sum.setWriteBytes(plus(device.getWriteBytes(), entry.value()));
    } else if (op == 'r') {
      sum.setReadOps(plus(device.getReadOps(), entry.value()));
    } else if (op == 'w') {
      sum.setWriteOps(plus(device.getWriteOps(), entry.value()));
    }
    return sum.build();
  }

  private static long plus(@Nullable Long sum, long value) {
    return sum == null ? value : sum + value;
  }

  private static @Nullable Pids pids(StatsReading reading) {
    return reading.pidsCurrent() == null && reading.pidsLimit() == null
        ? null
        : new Pids(reading.pidsCurrent(), reading.pidsLimit());
  }

  /** Null when the engine's clock was set back in between. */
  private static @Nullable Long nanosBetween(@Nullable Instant before, Instant now) {
    if (before == null || now.isBefore(before)) {
      return null;
    }
    long seconds = now.getEpochSecond() - before.getEpochSecond();
    return seconds * NANOS_PER_SECOND + now.getNano() - before.getNano();
  }

  private record Device(long major, long minor) implements Comparable<Device> {
    @Override
    public int compareTo(Device other) {
      int byMajor = Long.compare(major, other.major);
      return byMajor != 0 ? byMajor : Long.compare(minor, other.minor);
    }
  }
}
