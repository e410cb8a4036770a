package io.tallyman.agent.engine;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One stats body as the engine sent it, before any formula. What the engine left out is null; a
 * limit that does not fit a long is null too.
 *
 * @param readAt {@code read}; null when the container did not run (the engine then sends the year 1
 *     and zeros)
 * @param cpu null when the engine left it out
 * @param memory null when the engine left it out
 * @param networks by interface; empty when the engine left them out
 * @param blockIo the entries of io_service_bytes_recursive and io_serviced_recursive
 */
public record StatsReading(
    @Nullable Instant readAt,
    @Nullable CpuCounters cpu,
    @Nullable MemoryCounters memory,
    Map<String, NetworkCounters> networks,
    List<BlockIoEntry> blockIo,
    @Nullable Long pidsCurrent,
    @Nullable Long pidsLimit) {

  /** {@code cpu_stats}; times in nanoseconds. */
  public record CpuCounters(
      @Nullable Long totalNanos,
      @Nullable Long userNanos,
      @Nullable Long kernelNanos,
      List<Long> perCpuNanos,
      @Nullable Long systemNanos,
      @Nullable Integer onlineCpus,
      @Nullable Long periods,
      @Nullable Long throttledPeriods,
      @Nullable Long throttledNanos) {}

  /** {@code memory_stats}; bytes. {@code stats} has every key that the engine sent. */
  public record MemoryCounters(
      @Nullable Long usageBytes,
      @Nullable Long maxUsageBytes,
      @Nullable Long limitBytes,
      @Nullable Long failCount,
      Map<String, Long> stats) {}

  /** {@code networks.<interface>}. */
  public record NetworkCounters(
      @Nullable Long rxBytes,
      @Nullable Long rxPackets,
      @Nullable Long rxErrors,
      @Nullable Long rxDropped,
      @Nullable Long txBytes,
      @Nullable Long txPackets,
      @Nullable Long txErrors,
      @Nullable Long txDropped) {}

  /**
   * One entry of {@code blkio_stats}.
   *
   * @param kind which list it stood in
   * @param op as sent: {@code Read} on cgroup v1, {@code read} on v2
   */
  public record BlockIoEntry(Kind kind, long major, long minor, String op, long value) {
    /** The lists that are kept. */
    public enum Kind {
      BYTES,
      OPERATIONS
    }
  }
}
