package io.tallyman.agent.stats;

import java.time.Duration;
import java.util.Arrays;

/**
 * Finds out whether one-shot readings are slow on this engine: up to Docker 20.10 each waits for
 * the next round of the engine's own collector, which goes round once a second.
 *
 * <p>The calls must be made one right after the other: calls at the same time wait for the same
 * round and so for the same, by chance perhaps short, time. One thread probes at a time.
 */
final class SpeedProbe {

  private static final int CALLS = 3;
  private static final Duration SLOW = Duration.ofMillis(300);

  /** How far the probe has come. */
  enum Verdict {
    UNDECIDED,
    FAST,
    SLOW
  }

  private final long[] nanos = new long[CALLS];
  private int count;
  private boolean claimed;
  private boolean decided;

  /** True for the one thread that is to make the first calls. */
  synchronized boolean claim() {
    return !decided && claimAgain();
  }

  /** True for a thread that is to make calls for another verdict. */
  synchronized boolean claimAgain() {
    if (claimed) {
      return false;
    }
    claimed = true;
    return true;
  }

  /** Lets another thread try anew: this one's container is gone. */
  synchronized void giveUp() {
    count = 0;
    claimed = false;
  }

  /** Takes the duration of a call that was answered, or cut. */
  synchronized Verdict record(long callNanos) {
    nanos[count++] = callNanos;
    if (count < CALLS) {
      return Verdict.UNDECIDED;
    }
    long[] sorted = nanos.clone();
    Arrays.sort(sorted);
    giveUp();
    decided = true;
    return sorted[CALLS / 2] > SLOW.toNanos() ? Verdict.SLOW : Verdict.FAST;
  }
}
