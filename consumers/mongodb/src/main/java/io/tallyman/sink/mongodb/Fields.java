package io.tallyman.sink.mongodb;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/**
 * A record's fields as a document has them. Pure; safe from any thread.
 *
 * <p>Names and order are the record's. What is null is left out. A time {@code x} is an {@link
 * Instant}, which the store cuts to milliseconds, and {@code xMicros}, microseconds since 1970. A
 * map is a list of {@code {k, v}} sorted by key, because a key may hold dots and dollar signs.
 */
final class Fields {

  private static final String MICROS = "Micros";

  private Fields() {}

  static Map<String, Object> of(SpecificRecord record) {
    List<Schema.Field> fields = record.getSchema().getFields();
    Map<String, Object> to = LinkedHashMap.newLinkedHashMap(fields.size() + 4);
    for (int i = 0; i < fields.size(); i++) {
      put(to, fields.get(i).name(), record.get(i));
    }
    return to;
  }

  /** The names that the record could have and has not. */
  static List<String> absent(SpecificRecord record) {
    List<String> names = new ArrayList<>();
    for (Schema.Field field : record.getSchema().getFields()) {
      if (record.get(field.pos()) == null) {
        names.add(field.name());
        if (isTime(field.schema())) {
          names.add(field.name() + MICROS);
        }
      }
    }
    return names;
  }

  static void put(Map<String, Object> to, String name, @Nullable Object value) {
    if (value instanceof Instant time) {
      to.put(name, time);
      to.put(name + MICROS, micros(time));
    } else if (value != null) {
      to.put(name, plain(value));
    }
  }

  static long micros(Instant time) {
    return Math.addExact(
        Math.multiplyExact(time.getEpochSecond(), 1_000_000L), time.getNano() / 1_000);
  }

  private static Object plain(Object value) {
    return switch (value) {
      case Long number -> number;
      case Integer number -> number;
      case Double number -> number;
      case Boolean truth -> truth;
      case SpecificRecord nested -> of(nested);
      case Collection<?> items -> items.stream().map(Fields::plain).toList();
      case Map<?, ?> entries -> pairs(entries);
      // Texts, and enums by their symbols.
      default -> value.toString();
    };
  }

  private static List<Object> pairs(Map<?, ?> entries) {
    Map<String, Object> sorted = new TreeMap<>();
    entries.forEach((key, value) -> sorted.put(key.toString(), plain(value)));
    List<Object> pairs = new ArrayList<>(sorted.size());
    sorted.forEach((key, value) -> {
      Map<String, Object> pair = LinkedHashMap.newLinkedHashMap(2);
      pair.put("k", key);
      pair.put("v", value);
      pairs.add(pair);
    });
    return pairs;
  }

  private static boolean isTime(Schema schema) {
    return schema.isUnion()
        ? schema.getTypes().stream().anyMatch(Fields::isTime)
        : schema.getLogicalType() != null;
  }
}
