package io.tallyman.query.http;

import io.micronaut.http.HttpRequest;
import io.tallyman.query.view.BadParameterException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The query parameters of one request. Each kind has a limit, each name must be one that the path
 * knows; everything else is a {@link BadParameterException} that names the parameter.
 */
final class Parameters {

  static final int MAX_VALUE_LENGTH = 512;
  static final int MAX_CURSOR_LENGTH = 2048;
  static final int MAX_VALUES = 20;
  static final int DEFAULT_LIMIT = 100;
  static final int MAX_LIMIT = 1000;

  private static final String TIME =
      "is an ISO-8601 time with its zone, such as 2026-01-31T12:00:00Z, or a length of time back"
          + " from now, such as -90s, -15m, -24h or -7d; not after the year 9999";

  /** Far beyond what is kept, and within what every clock and key can count. */
  private static final Instant LAST_TIME = Instant.parse("9999-12-31T23:59:59Z");

  private static final Pattern DURATION = Pattern.compile("(\\d{1,6})([smhd])");
  private static final Duration MAX_STEP = Duration.ofHours(24);
  private static final String CURSOR = "cursor";
  private static final String LIMIT = "limit";

  private final HttpRequest<?> request;

  private Parameters(HttpRequest<?> request) {
    this.request = request;
  }

  static Parameters of(HttpRequest<?> request, String... known) {
    Set<String> names = Set.copyOf(Arrays.asList(known));
    for (String given : request.getParameters().names()) {
      if (!names.contains(given)) {
        throw new BadParameterException(
            given,
            "is not a parameter of "
                + request.getPath()
                + (names.isEmpty() ? "" : ", which knows " + String.join(", ", known)));
      }
    }
    return new Parameters(request);
  }

  /** The value; null when it is absent or empty. */
  @Nullable String text(String name) {
    List<String> values = request.getParameters().getAll(name);
    if (values.isEmpty() || values.getFirst().isEmpty()) {
      return null;
    }
    if (values.size() > 1) {
      throw new BadParameterException(name, "is given " + values.size() + " times");
    }
    return checked(name, values.getFirst());
  }

  /** All values of a parameter that can be repeated. */
  List<String> repeated(String name) {
    List<String> values = request.getParameters().getAll(name);
    if (values.size() > MAX_VALUES) {
      throw new BadParameterException(name, "is given more than " + MAX_VALUES + " times");
    }
    return values.stream().map(value -> checked(name, value)).toList();
  }

  /** The parts of a comma-separated value; none when it is absent. */
  List<String> listed(String name) {
    String value = text(name);
    if (value == null) {
      return List.of();
    }
    List<String> parts =
        Arrays.stream(value.split(",", -1)).map(String::strip).filter(p -> !p.isEmpty()).toList();
    if (parts.size() > MAX_VALUES) {
      throw new BadParameterException(name, "lists more than " + MAX_VALUES + " values");
    }
    return parts;
  }

  int limit() {
    return limit(DEFAULT_LIMIT, MAX_LIMIT);
  }

  int limit(int otherwise, int most) {
    String value = text(LIMIT);
    if (value == null) {
      return otherwise;
    }
    try {
      int limit = Integer.parseInt(value);
      if (limit >= 1 && limit <= most) {
        return limit;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new BadParameterException(LIMIT, "is a whole number from 1 to " + most);
  }

  @Nullable String cursor() {
    return text(CURSOR);
  }

  /**
   * A moment since 1970; {@code now} is what a length of time is counted back from. An earlier one
   * is taken for 1970: nothing is older.
   */
  @Nullable Instant time(String name, Instant now) {
    String value = text(name);
    if (value == null) {
      return null;
    }
    return moment(value, now)
        .filter(time -> !time.isAfter(LAST_TIME))
        .map(time -> time.isBefore(Instant.EPOCH) ? Instant.EPOCH : time)
        .orElseThrow(() -> new BadParameterException(name, TIME));
  }

  private static Optional<Instant> moment(String value, Instant now) {
    if (value.startsWith("-")) {
      return duration(value.substring(1)).map(now::minus);
    }
    try {
      return Optional.of(OffsetDateTime.parse(value).toInstant());
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  /** Null when absent, zero for {@code raw}, else whole minutes. */
  @Nullable Duration step(String name) {
    String value = text(name);
    if (value == null) {
      return null;
    }
    if (value.equals("raw")) {
      return Duration.ZERO;
    }
    return duration(value)
        .filter(step -> step.isPositive() && step.equals(Duration.ofMinutes(step.toMinutes())))
        .filter(step -> step.compareTo(MAX_STEP) <= 0)
        .orElseThrow(
            () -> new BadParameterException(name, "is raw, or whole minutes from 1m to 24h"));
  }

  /** Null when absent. */
  @Nullable Boolean truth(String name) {
    String value = text(name);
    if (value == null) {
      return null;
    }
    return switch (value) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new BadParameterException(name, "is true or false");
    };
  }

  /** The values of a kind that a comma-separated value names, whatever its case; none if absent. */
  <E extends Enum<E>> Set<String> names(String name, Class<E> kind) {
    Set<String> known =
        Arrays.stream(kind.getEnumConstants())
            .map(Enum::name)
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> names = new HashSet<>();
    for (String value : listed(name)) {
      String upper = value.toUpperCase(Locale.ROOT);
      if (!known.contains(upper)) {
        throw new BadParameterException(name, "is some of " + String.join(", ", known));
      }
      names.add(upper);
    }
    return names;
  }

  private static Optional<Duration> duration(String text) {
    Matcher parts = DURATION.matcher(text);
    if (!parts.matches()) {
      return Optional.empty();
    }
    long count = Long.parseLong(parts.group(1));
    return Optional.of(
        switch (parts.group(2)) {
          case "s" -> Duration.ofSeconds(count);
          case "m" -> Duration.ofMinutes(count);
          case "h" -> Duration.ofHours(count);
          default -> Duration.ofDays(count);
        });
  }

  private static String checked(String name, String value) {
    int max = name.equals(CURSOR) ? MAX_CURSOR_LENGTH : MAX_VALUE_LENGTH;
    if (value.length() > max) {
      throw new BadParameterException(name, "is longer than " + max + " characters");
    }
    return value;
  }
}
