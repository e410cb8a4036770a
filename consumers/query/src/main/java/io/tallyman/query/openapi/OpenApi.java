package io.tallyman.query.openapi;

import io.tallyman.query.QueryApplication;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Describes the service as OpenAPI 3.1: paths and parameters from the catalogue that a test
 * compares with what the service accepts, records from their Avro schemas, and the shapes that
 * answers give them from {@code shapes.yml}. A pure function of the program.
 */
public final class OpenApi {

  private static final String SHAPES = "shapes.yml";

  private OpenApi() {}

  /** The document. */
  public static String document() {
    Map<String, Object> head = new LinkedHashMap<>();
    head.put("openapi", "3.1.0");
    Map<String, Object> info = new LinkedHashMap<>();
    info.put("title", "Tallyman query service");
    info.put("version", QueryApplication.version());
    info.put(
        "description",
        "What agents tell of the containers of a fleet. Everything has been through Kafka; no"
            + " request calls a Docker engine. What a record does not know is null.");
    head.put("info", info);
    head.put("servers", List.of(Map.of("url", "./")));
    head.put("security", List.of(Map.of(), Map.of("token", List.of())));
    head.put("paths", paths());
    return new Yaml()
        .map(head, 0)
        .raw("components:\n")
        .map(components(), 2)
        .raw("  schemas:\n")
        .map(Schemas.records(), 4)
        .raw(shapes())
        .toString();
  }

  private static Map<String, Object> paths() {
    Map<String, Object> paths = new LinkedHashMap<>();
    Operations.ALL.forEach(
        operation -> paths.put(operation.path(), Map.of("get", operation.toTree())));
    return paths;
  }

  private static Map<String, Object> components() {
    Map<String, Object> token = new LinkedHashMap<>();
    token.put("type", "http");
    token.put("scheme", "bearer");
    token.put("description", "One of tallyman.query.tokens, where there are any.");
    Map<String, Object> problem = new LinkedHashMap<>();
    problem.put("description", "What is wrong, and with which parameter.");
    problem.put(
        "content", Map.of("application/problem+json", Map.of("schema", Schemas.ref("Problem"))));
    Map<String, Object> components = new LinkedHashMap<>();
    components.put("securitySchemes", Map.of("token", token));
    components.put("responses", Map.of("Problem", problem));
    return components;
  }

  private static String shapes() {
    try (InputStream in = OpenApi.class.getResourceAsStream(SHAPES)) {
      return new String(Objects.requireNonNull(in, SHAPES).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
