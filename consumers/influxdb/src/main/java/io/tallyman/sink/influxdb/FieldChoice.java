package io.tallyman.sink.influxdb;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which fields of samples are written. Numbers are chosen by their field's name or by their
 * measurement's; text stays with the numbers beside it.
 */
final class FieldChoice {

  /** Null for all. */
  private final @Nullable Set<String> names;

  private FieldChoice(@Nullable Set<String> names) {
    this.names = names;
  }

  /**
   * Reads the option.
   *
   * @param text {@code all}, {@code essential}, or names with commas between them
   * @throws IllegalArgumentException when the layout has no field and no measurement of that name
   */
  static FieldChoice of(String text, Layout layout) {
    if (text.equalsIgnoreCase("all")) {
      return new FieldChoice(null);
    }
    var mapper = layout.samples();
    if (text.equalsIgnoreCase("essential")) {
      return new FieldChoice(mapper.essential());
    }
    var names =
        Arrays.stream(text.split(","))
            .map(String::strip)
            .filter(name -> !name.isEmpty())
            .collect(Collectors.toUnmodifiableSet());
    for (var name : names) {
      if (!mapper.knows(name)) {
        throw new IllegalArgumentException(
            "option fields: the layout %s has no field '%s'; it must be all, essential, or a list of its fields"
                .formatted(layout.name().toLowerCase(Locale.ROOT), name));
      }
    }
    if (names.isEmpty()) {
      throw new IllegalArgumentException("option fields names no field");
    }
    return new FieldChoice(names);
  }

  /** The point with what is chosen of it; empty when that is nothing. */
  Optional<Point> apply(Point point) {
    if (names == null || names.contains(point.measurement())) {
      return Optional.of(point);
    }
    var fields = new LinkedHashMap<String, Object>();
    boolean numbers = false;
    for (var field : point.fields().entrySet()) {
      boolean text = field.getValue() instanceof String;
      if (text || names.contains(field.getKey())) {
        fields.put(field.getKey(), field.getValue());
        numbers |= !text;
      }
    }
    return numbers
        ? Optional.of(new Point(point.measurement(), point.tags(), fields, point.timeNanos()))
        : Optional.empty();
  }
}
