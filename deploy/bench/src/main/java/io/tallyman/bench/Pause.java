package io.tallyman.bench;

import java.time.Duration;
import java.time.Instant;

/** Waits. */
final class Pause {

  private Pause() {}

  static void until(Instant time) {
    Duration left = Duration.between(Instant.now(), time);
    if (left.isPositive()) {
      millis(left.toMillis() + 1);
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
