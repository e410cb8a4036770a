package io.tallyman.simulator;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/** Times and spans in the engine's own words. */
final class Times {

  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private Times() {}

  static String rfc3339(long nanos) {
    return Instant.ofEpochSecond(
            Math.floorDiv(nanos, NANOS_PER_SECOND), Math.floorMod(nanos, NANOS_PER_SECOND))
        .toString();
  }

  /** A rough span such as "About a minute" or "3 days". */
  static String span(long nanos) {
    Duration span = Duration.ofNanos(Math.max(0, nanos));
    long seconds = span.toSeconds();
    long minutes = span.toMinutes();
    long hours = Math.round(seconds / 3_600.0);
    if (seconds < 1) {
      return "Less than a second";
    } else if (seconds < 60) {
      return count(seconds, "second");
    } else if (minutes == 1) {
      return "About a minute";
    } else if (minutes < 60) {
      return count(minutes, "minute");
    } else if (hours == 1) {
      return "About an hour";
    } else if (hours < 48) {
      return count(hours, "hour");
    }
    return count(hours / 24, "day");
  }

  private static String count(long number, String unit) {
    return String.format(Locale.ROOT, "%d %s%s", number, unit, number == 1 ? "" : "s");
  }

  /**
   * Reads what the events API takes: whole seconds, or seconds, a point and a fraction.
   *
   * @throws NumberFormatException when it is neither
   */
  static long parseSeconds(String text) {
    int point = text.indexOf('.');
    if (point < 0) {
      return Math.multiplyExact(Long.parseLong(text), NANOS_PER_SECOND);
    }
    String fraction = (text.substring(point + 1) + "000000000").substring(0, 9);
    return Math.multiplyExact(Long.parseLong(text.substring(0, point)), NANOS_PER_SECOND)
        + Long.parseLong(fraction);
  }
}
