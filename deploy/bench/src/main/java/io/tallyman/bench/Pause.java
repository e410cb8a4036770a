package io.tallyman.bench;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.LockSupport;

/** Waits. */
final class Pause {

  private Pause() {}

  static void until(Instant time) {
    Duration left = Duration.between(Instant.now(), time);
    if (left.isPositive()) {
      millis(left.toMillis() + 1);
    }
  }

  /** Until that value of {@link System#nanoTime}. */
  static void untilNanos(long nanos) {
    for (long left = nanos - System.nanoTime(); left > 0; left = nanos - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  static void millis(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new BenchException("interrupted", e);
    }
  }
}
