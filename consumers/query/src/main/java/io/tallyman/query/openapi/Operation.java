package io.tallyman.query.openapi;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What one path answers to a GET.
 *
 * @param id unique, as generated clients call it
 * @param answer a media type and the JSON schema of the body
 */
record Operation(
    String path, String id, String tag, String summary, Answer answer, List<Param> parameters) {

  private static final String JSON = "application/json";

  /** The body of a good answer. */
  record Answer(String mediaType, Map<String, Object> schema) {

    static Answer one(String schema) {
      return new Answer(JSON, Schemas.ref(schema));
    }

    static Answer list(String schema) {
      return new Answer(JSON, Schemas.listOf(schema));
    }

    static Answer any(String mediaType) {
      return new Answer(mediaType, Map.of());
    }
  }

  static Operation get(
      String path, String id, String tag, String summary, Answer answer, Param... parameters) {
    return new Operation(path, id, tag, summary, answer, List.of(parameters));
  }

  Map<String, Object> toTree() {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("operationId", id);
    tree.put("tags", List.of(tag));
    tree.put("summary", summary);
    if (!parameters.isEmpty()) {
      tree.put("parameters", parameters.stream().map(Param::toTree).toList());
    }
    Map<String, Object> responses = new LinkedHashMap<>();
    responses.put(
        "200",
        Map.of(
            "description",
            "The answer.",
            "content",
            Map.of(
                answer.mediaType(),
                answer.schema().isEmpty() ? Map.of() : Map.of("schema", answer.schema()))));
    if (path.startsWith("/api/")) {
      for (String status : problems()) {
        responses.put(status, Map.of("$ref", "#/components/responses/Problem"));
      }
    }
    tree.put("responses", responses);
    return tree;
  }

  private List<String> problems() {
    List<String> statuses = new ArrayList<>(List.of("400", "401"));
    if (path.contains("{")) {
      statuses.add("404");
      statuses.add("409");
    }
    statuses.add("503");
    return statuses;
  }
}
