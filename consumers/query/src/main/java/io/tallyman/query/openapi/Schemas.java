package io.tallyman.query.openapi;

import io.tallyman.v1.ContainerAlert;
import io.tallyman.v1.ContainerEvent;
import io.tallyman.v1.ContainerState;
import io.tallyman.v1.ContainerStats;
import io.tallyman.v1.HostStatus;
import io.tallyman.v1.StreamGap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;

/**
 * JSON schemas of the records, made of their Avro schemas with all that these say of each field.
 */
final class Schemas {

  private static final List<Schema> RECORDS =
      List.of(
          ContainerEvent.getClassSchema(),
          ContainerStats.getClassSchema(),
          ContainerState.getClassSchema(),
          HostStatus.getClassSchema(),
          StreamGap.getClassSchema(),
          ContainerAlert.getClassSchema());

  private static final String TYPE = "type";

  private Schemas() {}

  /** By name; what a record holds that has a name of its own is beside it. */
  static Map<String, Object> records() {
    Map<String, Object> schemas = new LinkedHashMap<>();
    RECORDS.forEach(record -> of(record, schemas));
    return schemas;
  }

  static Map<String, Object> ref(String name) {
    return Map.of("$ref", "#/components/schemas/" + name);
  }

  /** A page of a list. */
  static Map<String, Object> listOf(String name) {
    Map<String, Object> items = new LinkedHashMap<>();
    items.put(TYPE, "object");
    items.put("properties", Map.of("items", Map.of(TYPE, "array", "items", ref(name))));
    return Map.of("allOf", List.of(ref("Page"), items));
  }

  private static Map<String, Object> of(Schema schema, Map<String, Object> named) {
    return switch (schema.getType()) {
      case RECORD -> {
        if (!named.containsKey(schema.getName())) {
          named.put(schema.getName(), Map.of());
          named.put(schema.getName(), record(schema, named));
        }
        yield ref(schema.getName());
      }
      case ENUM -> Map.of(TYPE, "string", "enum", schema.getEnumSymbols());
      case ARRAY -> Map.of(TYPE, "array", "items", of(schema.getElementType(), named));
      case MAP -> Map.of(TYPE, "object", "additionalProperties", of(schema.getValueType(), named));
      case UNION -> union(schema, named);
      case LONG ->
          schema.getLogicalType() == null
              ? Map.of(TYPE, "integer", "format", "int64")
              : Map.of(TYPE, "string", "format", "date-time");
      case INT -> Map.of(TYPE, "integer", "format", "int32");
      case FLOAT, DOUBLE -> Map.of(TYPE, "number");
      case BOOLEAN -> Map.of(TYPE, "boolean");
      case STRING -> Map.of(TYPE, "string");
      case NULL -> Map.of(TYPE, "null");
      case BYTES, FIXED -> throw new IllegalArgumentException("No record has " + schema);
    };
  }

  private static Map<String, Object> union(Schema schema, Map<String, Object> named) {
    return Map.of("anyOf", schema.getTypes().stream().map(next -> of(next, named)).toList());
  }

  private static Map<String, Object> record(Schema schema, Map<String, Object> named) {
    Map<String, Object> properties = new LinkedHashMap<>();
    for (Schema.Field field : schema.getFields()) {
      Map<String, Object> property = new LinkedHashMap<>(of(field.schema(), named));
      property.put("description", field.doc());
      properties.put(field.name(), property);
    }
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put(TYPE, "object");
    tree.put("description", schema.getDoc());
    tree.put("properties", properties);
    return tree;
  }
}
