package io.tallyman.sink;

import java.time.Duration;
import java.time.Instant;

/** Waits that a clock which is set back cannot prolong. */
final class Waits {

  private Waits() {}

  static boolean over(Instant since, Duration delay, Instant now) {
    return now.isBefore(since) || !now.isBefore(since.plus(delay));
  }

  /** What is left, zero when it is over. */
  static Duration left(Instant since, Duration delay, Instant now) {
    return over(since, delay, now) ? Duration.ZERO : Duration.between(now, since.plus(delay));
  }
}
