package io.tallyman.cli.settings;

import io.tallyman.sink.SinkNames;
import java.net.URI;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What values a key takes.
 *
 * @param label one word for tables and help
 * @param allowed completes the sentence "give …"
 * @param parser throws IllegalArgumentException when the value is not one of them
 */
public record ValueType<T>(String label, String allowed, Function<RawValue, T> parser) {

  private static final Pattern DURATION_PART = Pattern.compile("(\\d{1,12})(ms|s|m|h|d)");
  private static final Pattern SIZE = Pattern.compile("(\\d{1,12}) ?(B|KiB|MiB|GiB)?");
  private static final Pattern ADDRESS =
      Pattern.compile("([A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.%]+]):(\\d{1,5})");

  /** Any text. */
  public static final ValueType<String> TEXT = scalar("text", "a text", text -> text);

  /** A name that goes into topics and group ids. */
  public static final ValueType<String> NAME =
      scalar(
          "name",
          "letters, digits, '.', '_' and '-', 200 at most",
          text -> check(text, text.matches("[A-Za-z0-9._-]{1,200}")));

  /** The name of a sink's instance. */
  public static final ValueType<String> SINK_NAME =
      scalar(
          "name",
          "lower-case letters, digits, '.', '_' and '-', 64 at most",
          text -> check(text, SinkNames.valid(text)));

  /** A host's identity; engines make theirs of letters, digits and colons. */
  public static final ValueType<String> HOST_ID =
      scalar(
          "name",
          "letters, digits, '.', '_', ':' and '-', 200 at most",
          text -> check(text, text.matches("[A-Za-z0-9._:-]{1,200}")));

  /** {@code true} or {@code false}. */
  public static final ValueType<Boolean> BOOLEAN =
      scalar(
          "boolean",
          "true or false",
          text -> Boolean.valueOf(check(text, text.equals("true") || text.equals("false"))));

  /** A path; a leading {@code ~} is the home directory. */
  public static final ValueType<Path> PATH = scalar("path", "a path", ValueType::path);

  /** A TCP port; 0 lets the system choose. */
  public static final ValueType<Integer> PORT = integer("port", 0, 65_535);

  /** Texts, separated by commas. */
  public static final ValueType<List<String>> LIST =
      new ValueType<>("list", "a list such as a,b", ValueType::list);

  /** Names with values. */
  public static final ValueType<Map<String, String>> MAP =
      new ValueType<>("map", "a map such as key=value,key=value", ValueType::map);

  /** Regular expressions; in one text no expression can have a comma. */
  public static final ValueType<List<Pattern>> PATTERNS =
      new ValueType<>(
          "patterns",
          "regular expressions, separated by commas or as a list in the file",
          raw -> list(raw).stream().map(Pattern::compile).toList());

  /** Kafka's bootstrap servers. */
  public static final ValueType<String> ADDRESSES =
      scalar("addresses", "HOST:PORT, several separated by commas", ValueType::addresses);

  /** The address of a Docker Engine, as the Docker CLI reads it. */
  public static final ValueType<URI> ENGINE =
      scalar("address", "unix:///PATH or tcp://HOST:PORT", EngineAddress::parse);

  /** A whole number within limits. */
  public static ValueType<Integer> integer(int min, int max) {
    return integer("integer", min, max);
  }

  private static ValueType<Integer> integer(String label, int min, int max) {
    return scalar(
        label,
        "a whole number from " + min + " to " + max,
        text -> {
          int value = Integer.parseInt(text);
          check(text, value >= min && value <= max);
          return value;
        });
  }

  /** A duration within limits. */
  public static ValueType<Duration> duration(Duration min, Duration max) {
    return scalar(
        "duration",
        "a duration such as 5s or 1m30s, from " + format(min) + " to " + format(max),
        text -> {
          Duration value = duration(text);
          check(text, value.compareTo(min) >= 0 && value.compareTo(max) <= 0);
          return value;
        });
  }

  /** A number of bytes within limits. */
  public static ValueType<Long> size(long minBytes, long maxBytes) {
    return scalar(
        "size",
        "a size such as 256MiB, from " + minBytes + " to " + maxBytes + " bytes",
        text -> {
          long value = bytes(text);
          check(text, value >= minBytes && value <= maxBytes);
          return value;
        });
  }

  /** One of these constants, written in lower case with dashes. */
  public static <E extends Enum<E>> ValueType<E> choice(List<E> constants) {
    return scalar(
        "choice",
        constants.stream().map(ValueType::lower).collect(Collectors.joining(", ", "one of ", "")),
        text ->
            constants.stream()
                .filter(constant -> lower(constant).equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(text)));
  }

  /** The duration as a value that {@link #duration} reads. */
  public static String format(Duration duration) {
    String days = duration.toDays() > 0 ? duration.toDays() + "d" : "";
    Duration rest = duration.minusDays(duration.toDays());
    boolean whole = rest.isZero() && !days.isEmpty();
    return whole ? days : days + rest.toString().substring(2).toLowerCase(Locale.ROOT);
  }

  T parse(RawValue raw) {
    return parser.apply(raw);
  }

  private static <T> ValueType<T> scalar(String label, String allowed, Function<String, T> parser) {
    return new ValueType<>(
        label,
        allowed,
        raw ->
            switch (raw) {
              case RawValue.Text(String text) -> parser.apply(text.strip());
              case RawValue.Items(List<String> items) ->
                  parser.apply(check(String.join(",", items), label.equals("addresses")));
              case RawValue.Entries _ -> throw new IllegalArgumentException("a mapping");
            });
  }

  private static String lower(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static String check(String text, boolean allowed) {
    if (!allowed) {
      throw new IllegalArgumentException(text);
    }
    return text;
  }

  private static Path path(String text) {
    try {
      String home = System.getProperty("user.home", "/");
      boolean inHome = text.equals("~") || text.startsWith("~/");
      return Path.of(inHome ? home + text.substring(1) : text).toAbsolutePath().normalize();
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  private static String addresses(String text) {
    for (String address : text.split(",", -1)) {
      Matcher matcher = ADDRESS.matcher(address.strip());
      check(text, matcher.matches() && Integer.parseInt(matcher.group(2)) <= 65_535);
      check(text, Integer.parseInt(matcher.group(2)) > 0);
    }
    return text;
  }

  private static Duration duration(String text) {
    Matcher matcher = DURATION_PART.matcher(text);
    Duration sum = Duration.ZERO;
    int end = 0;
    while (end < text.length() && matcher.find(end) && matcher.start() == end) {
      long count = Long.parseLong(matcher.group(1));
      sum =
          sum.plus(
              switch (matcher.group(2)) {
                case "ms" -> Duration.ofMillis(count);
                case "s" -> Duration.ofSeconds(count);
                case "m" -> Duration.ofMinutes(count);
                case "h" -> Duration.ofHours(count);
                default -> Duration.ofDays(count);
              });
      end = matcher.end();
    }
    check(text, end == text.length() && end > 0);
    return sum;
  }

  private static long bytes(String text) {
    Matcher matcher = SIZE.matcher(text);
    check(text, matcher.matches());
    String unit = matcher.group(2) == null ? "B" : matcher.group(2);
    int shift =
        switch (unit) {
          case "KiB" -> 10;
          case "MiB" -> 20;
          case "GiB" -> 30;
          default -> 0;
        };
    return Math.multiplyExact(Long.parseLong(matcher.group(1)), 1L << shift);
  }

  private static List<String> list(RawValue raw) {
    return switch (raw) {
      case RawValue.Text(String text) -> {
        List<String> items = new ArrayList<>();
        for (String item : text.split(",", -1)) {
          items.add(check(item.strip(), !item.isBlank()));
        }
        yield List.copyOf(items);
      }
      case RawValue.Items(List<String> items) -> items;
      case RawValue.Entries _ -> throw new IllegalArgumentException("a mapping");
    };
  }

  private static Map<String, String> map(RawValue raw) {
    return switch (raw) {
      case RawValue.Text(String text) -> {
        Map<String, String> entries = new LinkedHashMap<>();
        for (String entry : text.split(",", -1)) {
          int equals = entry.indexOf('=');
          check(text, equals > 0);
          entries.put(entry.substring(0, equals).strip(), entry.substring(equals + 1).strip());
        }
        yield Map.copyOf(entries);
      }
      case RawValue.Items _ -> throw new IllegalArgumentException("a list");
      case RawValue.Entries(Map<String, String> entries) -> entries;
    };
  }
}
