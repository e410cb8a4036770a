package io.tallyman.query.topology;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/**
 * Key of a record that is kept by time: time in 19 digits of nanoseconds, host, id. Keys sort by
 * time, and a record that is delivered or published again has the key it had. In an index a term
 * stands before it.
 */
public final class TimelineKey {

  /**
   * A host whose clock is further ahead than this gets the time of the append instead of its own,
   * so that its records neither stay on top of the list nor outlive the retention.
   */
  static final Duration MAX_AHEAD = Duration.ofHours(1);

  private static final char SEPARATOR = '|';
  private static final char END_OF_TERM = '\u0000';
  private static final int DIGITS = 19;
  private static final Instant LAST = Instant.ofEpochSecond(0, Long.MAX_VALUE);

  private TimelineKey() {}

  /** {@code statedNanos} is the record's own time, {@code timeMillis} as of {@link RecordTimes}. */
  static String of(long statedNanos, long timeMillis, String hostId, String id) {
    long ahead = TimeUnit.NANOSECONDS.toMillis(statedNanos) - timeMillis;
    long nanos =
        ahead > MAX_AHEAD.toMillis() ? TimeUnit.MILLISECONDS.toNanos(timeMillis) : statedNanos;
    return digits(nanos) + SEPARATOR + hostId + SEPARATOR + id;
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

  /** The key, or the bound, among those of that term. */
  public static String indexed(String term, String key) {
    return term + END_OF_TERM + key;
  }

  /** The key without its term. */
  public static String ofIndexed(String indexed) {
    return indexed.substring(indexed.lastIndexOf(END_OF_TERM) + 1);
  }

  /** Whether a text can be one of these keys. */
  public static boolean isKey(String text) {
    return text.length() > DIGITS + 1
        && text.charAt(DIGITS) == SEPARATOR
        && text.chars().limit(DIGITS).allMatch(c -> c >= '0' && c <= '9');
  }

  private static String digits(long nanos) {
    String digits = Long.toString(Math.max(0, nanos));
    return "0".repeat(DIGITS - digits.length()) + digits;
  }
}
