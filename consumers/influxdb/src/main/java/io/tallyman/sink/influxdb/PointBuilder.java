package io.tallyman.sink.influxdb;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Puts a point together; what is null, empty as a tag, or not a finite number is left out. */
final class PointBuilder {

  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private final String measurement;
  private final SortedMap<String, String> tags;
  private final Map<String, Object> fields = new LinkedHashMap<>();

  /** Begins with tags that several points share, and which stay as they are. */
  PointBuilder(String measurement, SortedMap<String, String> tags) {
    this.measurement = measurement;
    this.tags = new TreeMap<>(tags);
  }

  /**
   * Nanoseconds since the epoch.
   *
   * @throws IllegalArgumentException when 64 bits do not reach that far: before 1677, after 2262
   */
  static long nanos(Instant time) {
    try {
      return Math.addExact(
          Math.multiplyExact(time.getEpochSecond(), NANOS_PER_SECOND), time.getNano());
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException("InfluxDB has no such time: " + time, e);
    }
  }

  PointBuilder tag(String name, @Nullable String value) {
    Tags.put(tags, name, value);
    return this;
  }

  /** Integers stay integers; a time becomes its nanoseconds since the epoch. */
  PointBuilder field(String name, @Nullable Object value) {
    switch (value) {
      case null -> {}
      case Double number -> {
        if (Double.isFinite(number)) {
          fields.put(name, number);
        }
      }
      case Instant time -> fields.put(name, nanos(time));
      default -> fields.put(name, value);
    }
    return this;
  }

  <T> PointBuilder fields(List<Column<T>> columns, @Nullable T source) {
    if (source != null) {
      for (var column : columns) {
        field(column.name(), column.value().apply(source));
      }
    }
    return this;
  }

  /** Adds the point, unless it has no field. */
  void addTo(List<Point> points, long timeNanos) {
    if (!fields.isEmpty()) {
      points.add(new Point(measurement, tags, fields, timeNanos));
    }
  }
}
