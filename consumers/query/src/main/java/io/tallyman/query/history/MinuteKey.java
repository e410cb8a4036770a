package io.tallyman.query.history;

/** Key of a minute in its store: host, container, minute since 1970 in ten digits. */
public final class MinuteKey {

  /** The last minute that a key can hold. */
  public static final long MAX = 9_999_999_999L;

  private static final int DIGITS = 10;
  private static final char SEPARATOR = '|';

  private MinuteKey() {}

  /** The minute of a time in milliseconds since 1970. */
  public static long minuteOf(long timeMillis) {
    return Math.floorDiv(timeMillis, Minute.MILLIS);
  }

  /**
   * {@code containerKey} is host and container, as in the store of newest samples; a minute beyond
   * the first or the last is taken for that.
   */
  public static String of(String containerKey, long minute) {
    String digits = Long.toString(Math.clamp(minute, 0, MAX));
    return containerKey + SEPARATOR + "0".repeat(DIGITS - digits.length()) + digits;
  }

  /** The minute in a key. */
  public static long minute(String key) {
    return Long.parseLong(key, key.length() - DIGITS, key.length(), 10);
  }

  /** Host and container in a key. */
  public static String containerKey(String key) {
    return key.substring(0, key.length() - DIGITS - 1);
  }
}
