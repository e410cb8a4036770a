package io.tallyman.query.openapi;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A parameter of a request.
 *
 * @param in {@code query}, {@code path} or {@code header}
 * @param schema JSON schema of its value
 */
record Param(String name, String in, String doc, Map<String, Object> schema) {

  static Param text(String name, String doc) {
    return new Param(name, "query", doc, Map.of("type", "string", "maxLength", 512));
  }

  static Param choice(String name, String doc, @Nullable String byDefault, String... values) {
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("type", "string");
    schema.put("enum", List.of(values));
    if (byDefault != null) {
      schema.put("default", byDefault);
    }
    return new Param(name, "query", doc, schema);
  }

  static Param path(String name, String doc) {
    return new Param(name, "path", doc, Map.of("type", "string"));
  }

  static Param header(String name, String doc) {
    return new Param(name, "header", doc, Map.of("type", "string"));
  }

  static Param limit(int byDefault, int max) {
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("type", "integer");
    schema.put("minimum", 1);
    schema.put("maximum", max);
    schema.put("default", byDefault);
    return new Param("limit", "query", "How many items a page has at most.", schema);
  }

  Map<String, Object> toTree() {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("name", name);
    tree.put("in", in);
    tree.put("description", doc);
    if (in.equals("path")) {
      tree.put("required", true);
    }
    tree.put("schema", schema);
    return tree;
  }
}
