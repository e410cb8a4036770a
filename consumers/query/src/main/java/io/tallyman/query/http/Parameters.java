package io.tallyman.query.http;

import io.micronaut.http.HttpRequest;
import io.tallyman.query.view.BadParameterException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
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
    String value = text(LIMIT);
    if (value == null) {
      return DEFAULT_LIMIT;
    }
    try {
      int limit = Integer.parseInt(value);
      if (limit >= 1 && limit <= MAX_LIMIT) {
        return limit;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new BadParameterException(LIMIT, "is a whole number from 1 to " + MAX_LIMIT);
  }

  @Nullable String cursor() {
    return text(CURSOR);
  }

  @Nullable Instant time(String name) {
    String value = text(name);
    if (value == null) {
      return null;
    }
    try {
      return OffsetDateTime.parse(value).toInstant();
    } catch (DateTimeException e) {
      throw new BadParameterException(
          name, "is an ISO-8601 time with its zone, such as 2026-01-31T12:00:00Z");
    }
  }

  private static String checked(String name, String value) {
    int max = name.equals(CURSOR) ? MAX_CURSOR_LENGTH : MAX_VALUE_LENGTH;
    if (value.length() > max) {
      throw new BadParameterException(name, "is longer than " + max + " characters");
    }
    return value;
  }
}
