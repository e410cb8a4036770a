package io.tallyman.agent.stats;

import io.tallyman.agent.engine.StatsReading.MemoryCounters;
import io.tallyman.v1.Memory;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Turns the memory part of a reading into its record; knows the keys of both cgroup versions. */
final class MemoryFigures {

  private static final double PERCENT = 100.0;

  private MemoryFigures() {}

  static Memory of(MemoryCounters counters, boolean detail) {
    Map<String, Long> stats = counters.stats();
    Long used = used(counters);
    return Memory.newBuilder()
        .setUsageBytes(counters.usageBytes())
        .setUsedBytes(used)
        .setWorkingSetBytes(workingSet(counters))
        .setLimitBytes(counters.limitBytes())
        .setPeakBytes(counters.maxUsageBytes())
        .setAnonBytes(first(stats, "total_rss", "anon"))
        .setFileBytes(first(stats, "total_cache", "file"))
        .setInactiveFileBytes(first(stats, "total_inactive_file", "inactive_file"))
        .setActiveFileBytes(first(stats, "total_active_file", "active_file"))
        .setShmemBytes(first(stats, "total_shmem", "shmem"))
        .setSlabBytes(stats.get("slab"))
        .setSockBytes(stats.get("sock"))
        .setKernelStackBytes(stats.get("kernel_stack"))
        .setSwapBytes(stats.get("total_swap"))
        .setPageFaults(first(stats, "total_pgfault", "pgfault"))
        .setMajorPageFaults(first(stats, "total_pgmajfault", "pgmajfault"))
        .setFailCount(counters.failCount())
        .setPercent(percent(used, counters.limitBytes()))
        .setDetail(detail ? stats : null)
        .build();
  }

  /** What {@code docker stats} shows: a cache that is as large as the usage is not taken off. */
  private static @Nullable Long used(MemoryCounters counters) {
    Long usage = counters.usageBytes();
    if (usage == null) {
      return null;
    }
    Long v1 = counters.stats().get("total_inactive_file");
    if (v1 != null && v1 < usage) {
      return usage - v1;
    }
    Long v2 = counters.stats().get("inactive_file");
    return v2 != null && v2 < usage ? (Long) (usage - v2) : usage;
  }

  /** What cAdvisor shows: never below 0. */
  private static @Nullable Long workingSet(MemoryCounters counters) {
    Long usage = counters.usageBytes();
    if (usage == null) {
      return null;
    }
    Long inactive = first(counters.stats(), "total_inactive_file", "inactive_file");
    return inactive == null ? usage : (Long) Math.max(0, usage - inactive);
  }

  private static @Nullable Double percent(@Nullable Long used, @Nullable Long limit) {
    return used == null || limit == null || limit == 0
        ? null
        : (Double) ((double) used / limit * PERCENT);
  }

  private static @Nullable Long first(Map<String, Long> stats, String v1, String v2) {
    Long value = stats.get(v1);
    return value == null ? stats.get(v2) : value;
  }
}
