package io.tallyman.sink;

import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * How long to wait before the next attempt: any time up to a ceiling that doubles with each attempt
 * (full jitter), so that many workers do not come back to a store at one moment.
 *
 * @param first ceiling of the first wait
 * @param max ceiling that is never passed
 */
public record Backoff(Duration first, Duration max, RandomGenerator random) {

  /** A store may ask for no longer rest than this. */
  public static final Duration MAX_RETRY_AFTER = Duration.ofMinutes(5);

  /** What the sinks use: half a second at first, 30 seconds at most. */
  public static Backoff standard(RandomGenerator random) {
    return new Backoff(Duration.ofMillis(500), Duration.ofSeconds(30), random);
  }

  /**
   * How long to wait now.
   *
   * @param attempts that have failed, 1 or more
   * @param retryAfter what the store asked for; the wait is never shorter, and not shorter than
   *     without it: a store that asks for nothing, again and again, is left alone for longer, too
   */
  public Duration delay(int attempts, Optional<Duration> retryAfter) {
    int doublings = Math.clamp(attempts - 1L, 0, 30);
    long ceilingMillis = Math.min(max.toMillis(), first.toMillis() << doublings);
    var own = Duration.ofMillis(random.nextLong(ceilingMillis + 1));
    if (retryAfter.isEmpty()) {
      return own;
    }
    var limited =
        retryAfter.get().compareTo(MAX_RETRY_AFTER) < 0 ? retryAfter.get() : MAX_RETRY_AFTER;
    var asked = limited.plusMillis(random.nextLong(first.toMillis() + 1));
    return asked.compareTo(own) > 0 ? asked : own;
  }
}
