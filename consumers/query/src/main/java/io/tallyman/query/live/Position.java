package io.tallyman.query.live;

import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * How far a client has heard: the next offset of every partition of events, gaps and alerts, such
 * as {@code a0-3.e0-12.g0-0}. Offsets are Kafka's, so a position means the same to every instance.
 *
 * @param next by {@link #partition(LiveKind, int)}
 */
record Position(SortedMap<String, Long> next) {

  static final int MAX_LENGTH = 8192;

  private static final Pattern PART = Pattern.compile("([a-z]\\d{1,5})-(\\d{1,18})(\\.|$)");

  /** The name of a partition in here. */
  static String partition(LiveKind kind, int number) {
    return kind.letter() + Integer.toString(number);
  }

  /** Empty when the text is no position. */
  static Optional<Position> parse(String text) {
    if (text.isEmpty() || text.length() > MAX_LENGTH || text.endsWith(".")) {
      return Optional.empty();
    }
    SortedMap<String, Long> next = new TreeMap<>();
    Matcher parts = PART.matcher(text);
    int end = 0;
    while (end < text.length() && parts.find(end) && parts.start() == end) {
      next.put(parts.group(1), Long.parseLong(parts.group(2)));
      end = parts.end();
    }
    return end == text.length() ? Optional.of(new Position(next)) : Optional.empty();
  }

  @Override
  public String toString() {
    return next.entrySet().stream()
        .map((Map.Entry<String, Long> entry) -> entry.getKey() + "-" + entry.getValue())
        .collect(Collectors.joining("."));
  }
}
