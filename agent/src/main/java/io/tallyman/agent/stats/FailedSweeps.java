package io.tallyman.agent.stats;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Tells when the engine gave no reading at all for whole sweeps: one hole once readings come again,
 * in parts while it goes on. Safe from any thread.
 */
final class FailedSweeps {

  /** A hole that goes on is told of at this distance, for the agent may be killed meanwhile. */
  static final Duration LONGEST_UNTOLD = Duration.ofMinutes(1);

  private final StatsOutput output;
  private @Nullable Instant last;
  private @Nullable Instant from;
  private @Nullable Instant to;
  private long due;
  private long lost;
  private long reportedBefore;
  private long failedBefore;
  private boolean failed;

  FailedSweeps(StatsOutput output) {
    this.output = output;
  }

  /**
   * The sweep before this tick is judged.
   *
   * @param dueNow readings that are due at this tick
   * @param reported readings since the start
   * @param failures likewise, of those that failed
   */
  synchronized void tick(Instant tick, int dueNow, long reported, long failures) {
    Instant swept = last;
    if (swept != null && due > 0) {
      if (reported > reportedBefore) {
        tell();
      } else {
        from = from == null ? swept : from;
        to = tick;
        lost += due;
        failed |= failures > failedBefore;
      }
      Instant begin = from;
      if (begin != null && Duration.between(begin, tick).compareTo(LONGEST_UNTOLD) >= 0) {
        tell();
      }
    }
    last = tick;
    due = dueNow;
    reportedBefore = reported;
    failedBefore = failures;
  }

  /** Tells of the hole that is open, if the engine failed in it. */
  synchronized void tell() {
    Instant begin = from;
    Instant end = to;
    if (failed && begin != null && end != null) {
      output.sweepsFailed(begin, end, lost);
    }
    from = null;
    to = null;
    lost = 0;
    failed = false;
  }
}
