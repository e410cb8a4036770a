package io.tallyman.agent.stats;

import java.time.Duration;
import java.util.Arrays;

/**
 * Tells from the first calls whether one-shot readings are slow on this engine: up to Docker 20.10
 * each waits for the engine's own collector. Safe from any thread.
 */
final class SpeedProbe {

  private static final int CALLS = 3;
  private static final Duration SLOW = Duration.ofMillis(300);

  private final long[] nanos = new long[CALLS];
  private int count;

  /**
   * Takes the duration of a call, answered or cut.
   *
   * @return true when this call decides that the engine is slow; at most once
   */
  synchronized boolean decidesSlow(long callNanos) {
    if (count == CALLS) {
      return false;
    }
    nanos[count++] = callNanos;
    if (count < CALLS) {
      return false;
    }
    Arrays.sort(nanos);
    return nanos[CALLS / 2] > SLOW.toNanos();
  }
}
