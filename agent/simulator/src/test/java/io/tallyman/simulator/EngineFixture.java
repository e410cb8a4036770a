package io.tallyman.simulator;

import static io.tallyman.simulator.EngineDriver.expect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/** An engine under test, and the recorded engine that it is measured against. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class EngineFixture {

  EngineDriver engine;
  EngineClient client;
  Recordings recorded;
  Recordings recordedStats;
  String apiVersion;

  /** Where the engine answers; called once. */
  abstract URI startEngine();

  @BeforeAll
  final void connect() {
    engine = new EngineDriver(startEngine());
    client = engine.client();
    JsonNode version = expect(200, client.get("/version")).json();
    apiVersion = version.path("ApiVersion").asText();
    int release = Integer.parseInt(version.path("Version").asText().split("\\.", 2)[0]);
    recorded =
        release < 23
            ? Recordings.DOCKER_20_10
            : release < 28 ? Recordings.DOCKER_26_1 : Recordings.DOCKER_28_5;
    boolean v2 = client.get("/info").json().path("CgroupVersion").asText().equals("2");
    boolean recordedOnV2 = recorded == Recordings.DOCKER_26_1;
    recordedStats =
        v2 == recordedOnV2 ? recorded : v2 ? Recordings.DOCKER_26_1 : Recordings.DOCKER_28_5;
  }

  @AfterEach
  final void removeContainers() {
    engine.removeContainers();
  }

  @AfterAll
  void disconnect() {
    engine.close();
  }

  static void healthCheck(ObjectNode spec, String command) {
    ObjectNode check = spec.putObject("Healthcheck");
    check.putArray("Test").add("CMD").add(command);
    check.put("Interval", 1_000_000_000L).put("Timeout", 10_000_000_000L).put("Retries", 2);
  }
}
