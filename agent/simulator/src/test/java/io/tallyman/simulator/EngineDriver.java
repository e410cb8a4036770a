package io.tallyman.simulator;

import static io.tallyman.simulator.EngineClient.encoded;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.util.List;
import java.util.UUID;

/** Drives any engine, simulated or real, through its REST API; touches only its own containers. */
final class EngineDriver implements AutoCloseable {

  private static final String LABEL = "io.tallyman.conformance";

  private final EngineClient client;
  private final String run = UUID.randomUUID().toString().substring(0, 8);
  private final String image = "tallyman-conformance-" + run;
  private int containers;

  EngineDriver(URI dockerHost) {
    client = new EngineClient(dockerHost);
    EngineClient.Answer imported =
        client.call(
            "POST", "/images/create?fromSrc=-&repo=" + image + "&tag=latest", BusyboxImage.tar());
    assertThat(imported.status()).as(imported.text()).isEqualTo(200);
  }

  EngineClient client() {
    return client;
  }

  String image() {
    return image;
  }

  String newName() {
    return "conformance-" + run + "-" + ++containers;
  }

  /** A body for a container that is created with this command. */
  ObjectNode spec(String... command) {
    ObjectNode spec = EngineClient.MAPPER.createObjectNode();
    spec.put("Image", image);
    List.of(command).forEach(spec.putArray("Cmd")::add);
    spec.putObject("Labels").put(LABEL, run);
    spec.putObject("HostConfig");
    return spec;
  }

  ObjectNode sleeper() {
    return spec("sleep", "1000");
  }

  static ObjectNode labels(ObjectNode spec) {
    return (ObjectNode) spec.required("Labels");
  }

  static ObjectNode hostConfig(ObjectNode spec) {
    return (ObjectNode) spec.required("HostConfig");
  }

  String create(String name, ObjectNode spec) {
    EngineClient.Answer answer = client.postJson("/containers/create?name=" + name, spec);
    assertThat(answer.status()).as(answer.text()).isEqualTo(201);
    return answer.json().path("Id").asText();
  }

  String run(ObjectNode spec) {
    String id = create(newName(), spec);
    start(id);
    return id;
  }

  void start(String id) {
    expect(204, client.post("/containers/" + id + "/start"));
  }

  /** A POST on a container that must succeed. */
  void post(String id, String action) {
    expect(204, client.post("/containers/" + id + "/" + action));
  }

  void remove(String id, boolean force) {
    expect(204, client.delete("/containers/" + id + "?force=" + force));
  }

  JsonNode inspect(String id) {
    return expect(200, client.get("/containers/" + id + "/json")).json();
  }

  JsonNode oneShot(String id) {
    return expect(200, client.get("/containers/" + id + "/stats?stream=false&one-shot=true"))
        .json();
  }

  /** Past events of one container, oldest first; bounds such as {@code since=5&until=6.5}. */
  List<JsonNode> pastEvents(String id, String bounds) {
    return parseLines(
        expect(200, client.get("/events?" + bounds + "&filters=" + containerFilter(id))).text());
  }

  EventTail tail(String id) {
    return new EventTail(client, "since=1&filters=" + containerFilter(id));
  }

  static String containerFilter(String id) {
    return encoded("{\"type\":[\"container\"],\"container\":[\"" + id + "\"]}");
  }

  static List<JsonNode> parseLines(String text) {
    return text.lines().map(EngineDriver::parse).toList();
  }

  static JsonNode parse(String line) {
    try {
      return EngineClient.MAPPER.readTree(line);
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw new AssertionError(line, e);
    }
  }

  static EngineClient.Answer expect(int status, EngineClient.Answer answer) {
    assertThat(answer.status()).as(answer.text()).isEqualTo(status);
    return answer;
  }

  void removeContainers() {
    String mine = encoded("{\"label\":[\"" + LABEL + "=" + run + "\"]}");
    for (JsonNode row : client.get("/containers/json?all=1&filters=" + mine).json()) {
      client.delete("/containers/" + row.path("Id").asText() + "?force=true");
    }
  }

  @Override
  public void close() {
    removeContainers();
    client.delete("/images/" + image);
  }
}
