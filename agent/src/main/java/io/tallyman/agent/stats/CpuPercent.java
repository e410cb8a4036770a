package io.tallyman.agent.stats;

import io.tallyman.agent.engine.StatsReading.CpuCounters;
import org.jspecify.annotations.Nullable;

/**
 * The share of the processors that was used between two readings, as {@code docker stats} has it.
 */
final class CpuPercent {

  private static final double PERCENT = 100.0;

  private CpuPercent() {}

  /**
   * Δ usage / Δ host × processors × 100.
   *
   * @return never negative; null when a counter is missing or went back, or the host's stood still
   */
  static @Nullable Double between(@Nullable CpuCounters before, @Nullable CpuCounters now) {
    if (before == null
        || now == null
        || before.totalNanos() == null
        || now.totalNanos() == null
        || before.systemNanos() == null
        || now.systemNanos() == null
        || now.onlineCpus() == null) {
      return null;
    }
    long usage = now.totalNanos() - before.totalNanos();
    long host = now.systemNanos() - before.systemNanos();
    if (usage < 0 || host <= 0) {
      return null;
    }
    return (double) usage / host * now.onlineCpus() * PERCENT;
  }
}
