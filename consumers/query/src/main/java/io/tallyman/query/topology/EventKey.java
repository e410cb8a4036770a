package io.tallyman.query.topology;

import io.tallyman.v1.ContainerEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/**
 * Key of an event in its store: time in 19 digits of nanoseconds, host, event id. Keys sort by
 * time, and a redelivered or republished event has the key it had.
 */
public final class EventKey {

  /**
   * A host whose clock is further ahead than this gets the time of the append instead of its own,
   * so that its events neither stay on top of the list nor outlive the retention.
   */
  static final Duration MAX_AHEAD = Duration.ofHours(1);

  private static final char SEPARATOR = '|';
  private static final int DIGITS = 19;
  private static final Instant LAST = Instant.ofEpochSecond(0, Long.MAX_VALUE);

  private EventKey() {}

  /** {@code timeMillis} as of {@link RecordTimes}. */
  static String of(ContainerEvent event, long timeMillis) {
    long statedMillis = TimeUnit.NANOSECONDS.toMillis(event.getTimeNanos());
    long nanos =
        statedMillis - timeMillis > MAX_AHEAD.toMillis()
            ? TimeUnit.MILLISECONDS.toNanos(timeMillis)
            : event.getTimeNanos();
    return digits(nanos) + SEPARATOR + event.getHostId() + SEPARATOR + event.getEventId();
  }

  /** Sorts before every key of that time and after every earlier one. */
  public static String bound(Instant time) {
    if (time.isBefore(Instant.EPOCH)) {
      return digits(0);
    }
    return digits(
        time.isAfter(LAST)
            ? Long.MAX_VALUE
            : TimeUnit.SECONDS.toNanos(time.getEpochSecond()) + time.getNano());
  }

  /** Whether a text can be one of these keys. */
  public static boolean isKey(String text) {
    return text.length() > DIGITS + 1
        && text.charAt(DIGITS) == SEPARATOR
        && text.chars().limit(DIGITS).allMatch(c -> c >= '0' && c <= '9');
  }

  /** The host in a key. */
  public static String hostId(String key) {
    return key.substring(DIGITS + 1, key.lastIndexOf(SEPARATOR));
  }

  private static String digits(long nanos) {
    return String.format("%019d", Math.max(0, nanos));
  }
}
