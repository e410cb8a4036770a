package io.tallyman.sink;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The values of a sink's options, read by type. Each reader throws {@link IllegalArgumentException}
 * with a message that names the option and what would be right.
 */
public final class SinkOptions {

  private final Map<String, SinkOption> declared;
  private final Map<String, String> values;

  private SinkOptions(Map<String, SinkOption> declared, Map<String, String> values) {
    this.declared = declared;
    this.values = values;
  }

  /**
   * Fills in the defaults.
   *
   * @throws IllegalArgumentException when a value is given for an option that is not declared, or
   *     none for one that is mandatory
   */
  public static SinkOptions of(List<SinkOption> declared, Map<String, String> given) {
    var byName = new TreeMap<String, SinkOption>();
    var values = new HashMap<String, String>();
    for (var option : declared) {
      byName.put(option.name(), option);
      if (option.defaultValue() != null) {
        values.put(option.name(), option.defaultValue());
      }
    }
    given.forEach((name, value) -> {
      if (!byName.containsKey(name)) {
        throw new IllegalArgumentException(
            "unknown option '%s'; there are: %s"
                .formatted(name, byName.isEmpty() ? "none" : String.join(", ", byName.keySet())));
      }
      values.put(name, value);
    });
    var options = new SinkOptions(byName, Map.copyOf(values));
    declared.stream()
        .filter(SinkOption::mandatory)
        .forEach(option -> options.required(option.name()));
    return options;
  }

  /** Empty when the option was not given and has no default, or is blank. */
  public Optional<String> text(String name) {
    if (!declared.containsKey(name)) {
      throw new IllegalStateException("the sink does not declare the option " + name);
    }
    return Optional.ofNullable(values.get(name)).map(String::strip).filter(v -> !v.isEmpty());
  }

  public String required(String name) {
    return text(name)
        .orElseThrow(() -> new IllegalArgumentException("option " + name + " is missing"));
  }

  public int integer(String name) {
    var value = required(name);
    try {
      return Integer.parseInt(value);
    } catch (NumberFormatException e) {
      throw wrong(name, "a whole number", e);
    }
  }

  public boolean flag(String name) {
    return switch (required(name).toLowerCase(Locale.ROOT)) {
      case "true" -> true;
      case "false" -> false;
      default -> throw wrong(name, "true or false", null);
    };
  }

  /** {@code 500ms}, {@code 5s}, {@code 2m}, {@code 1h}, {@code 30d}, or ISO-8601. */
  public Duration duration(String name) {
    var value = required(name).toUpperCase(Locale.ROOT);
    try {
      if (value.startsWith("P")) {
        return Duration.parse(value);
      }
      if (value.endsWith("MS")) {
        return Duration.ofMillis(Long.parseLong(value.substring(0, value.length() - 2)));
      }
      return Duration.parse(value.endsWith("D") ? "P" + value : "PT" + value);
    } catch (DateTimeParseException | NumberFormatException e) {
      throw wrong(name, "a time such as 500ms, 5s, 2m, 1h or 30d", e);
    }
  }

  /** The constant whose name is the value, dashes read as underscores and case ignored. */
  public <E extends Enum<E>> E oneOf(String name, Class<E> type) {
    var value = required(name).replace('-', '_');
    return Arrays.stream(type.getEnumConstants())
        .filter(constant -> constant.name().equalsIgnoreCase(value))
        .findFirst()
        .orElseThrow(() ->
            wrong(
                name,
                Arrays.stream(type.getEnumConstants())
                    .map(constant -> constant.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                    .collect(Collectors.joining(", ", "one of ", "")),
                null));
  }

  private IllegalArgumentException wrong(String name, String expected, @Nullable Throwable cause) {
    return new IllegalArgumentException(
        "option %s is '%s', but must be %s".formatted(name, shown(name), expected), cause);
  }

  private String shown(String name) {
    var option = declared.get(name);
    return option != null && option.secret() ? "***" : values.getOrDefault(name, "");
  }

  @Override
  public String toString() {
    return values.keySet().stream()
        .sorted()
        .map(name -> name + "=" + shown(name))
        .collect(Collectors.joining(", ", "{", "}"));
  }
}
