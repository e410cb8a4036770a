package io.tallyman.agent.stats;

import io.tallyman.agent.inventory.KnownContainer;
import java.time.Duration;
import java.time.Instant;

/**
 * How readings are taken.
 *
 * @param interval time between two ticks; containers with a wish of their own are read at the next
 *     larger multiple of it
 * @param detail {@code tallyman.stats.detail}
 */
public record SamplerSettings(Duration interval, boolean detail) {

  private static final Duration MAX_CALL_TIMEOUT = Duration.ofSeconds(2);
  private static final int CALLS_PER_INTERVAL = 2;

  public SamplerSettings {
    if (interval.toMillis() <= 0) {
      throw new IllegalArgumentException(
          "tallyman.stats.interval must be at least 1 ms, not " + interval);
    }
  }

  /** How long one call may take; shorter than the interval, so that it is over at the next tick. */
  Duration callTimeout() {
    Duration share = interval.dividedBy(CALLS_PER_INTERVAL);
    return share.compareTo(MAX_CALL_TIMEOUT) < 0 ? share : MAX_CALL_TIMEOUT;
  }

  /** Time between two readings of a container, milliseconds. */
  long intervalMillis(KnownContainer container) {
    return multiple(container) * interval.toMillis();
  }

  boolean isDue(KnownContainer container, Instant tick) {
    return tick.toEpochMilli() / interval.toMillis() % multiple(container) == 0;
  }

  private long multiple(KnownContainer container) {
    Duration wish = container.interval();
    return wish == null ? 1 : Math.max(1, Math.ceilDiv(wish.toMillis(), interval.toMillis()));
  }
}
