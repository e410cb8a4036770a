package io.tallyman.simulator;

import static io.tallyman.simulator.EngineClient.encoded;
import static io.tallyman.simulator.EngineDriver.expect;
import static io.tallyman.simulator.EngineDriver.hostConfig;
import static io.tallyman.simulator.EngineDriver.labels;
import static io.tallyman.simulator.EventTail.actions;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the agent relies on in the events of an engine. */
abstract class EventConformance extends EngineFixture {
  @Test
  void forcedRemovalIsKillDieDestroy() {
    String id = engine.run(engine.sleeper());
    try (EventTail tail = engine.tail(id)) {
      engine.remove(id, true);
      List<JsonNode> events = tail.until("destroy");

      assertThat(actions(events)).containsExactly("create", "start", "kill", "die", "destroy");
      assertThat(attribute(events.get(2), "signal")).isEqualTo("9");
      assertThat(attribute(events.get(3), "exitCode")).isEqualTo("137");
      for (JsonNode event : events) {
        assertThat(event.at("/Actor/ID").asText()).isEqualTo(id);
        assertThat(attribute(event, "image")).isEqualTo(engine.image());
        assertThat(event.path("timeNano").asLong() / 1_000_000_000L)
            .isEqualTo(event.path("time").asLong());
        assertThat(event.has("status"))
            .isEqualTo(EngineProfile.compareApiVersions(apiVersion, "1.52") < 0);
      }
    }
    expect(404, client.get("/containers/" + id + "/json"));
  }

  @Test
  void stopAndDieComeInTheOrderOfTheRelease() {
    String id = engine.run(engine.sleeper());
    try (EventTail tail = engine.tail(id)) {
      engine.post(id, "stop?t=1");
      engine.remove(id, false);
      List<String> actions = actions(tail.until("destroy"));

      // Up to 20.10 the engine logged stop after die, since 23 before it.
      List<String> ends =
          recorded == Recordings.DOCKER_20_10 ? List.of("die", "stop") : List.of("stop", "die");
      assertThat(actions).startsWith("create", "start", "kill", "kill").endsWith("destroy");
      assertThat(actions.subList(4, 6)).isEqualTo(ends);
    }
  }

  @Test
  void restartForgetsTheExitCode() {
    String id = engine.run(engine.sleeper());
    try (EventTail tail = engine.tail(id)) {
      engine.post(id, "restart?t=0");
      List<JsonNode> events = tail.until("restart");

      assertThat(actions(events)).endsWith("start", "restart").contains("die", "stop");
      assertThat(attribute(only(events, "die"), "exitCode")).isEqualTo("137");
    }
    assertThat(engine.inspect(id).at("/State/ExitCode").asInt()).isZero();
    assertThat(engine.inspect(id).at("/State/Running").asBoolean()).isTrue();
  }

  @Test
  void aProcessThatEndsByItselfTellsItsExitCode() {
    String id = engine.run(engine.spec("sh", "-c", "exit 3"));
    try (EventTail tail = engine.tail(id)) {
      JsonNode die = only(tail.until("die"), "die");

      assertThat(attribute(die, "exitCode")).isEqualTo("3");
      // Engines before 23 did not tell how long it ran.
      assertThat(die.at("/Actor/Attributes").has("execDuration"))
          .isEqualTo(recorded != Recordings.DOCKER_20_10);
    }
    JsonNode state = engine.inspect(id).path("State");
    assertThat(state.path("Status").asText()).isEqualTo("exited");
    assertThat(state.path("ExitCode").asInt()).isEqualTo(3);
    assertThat(state.path("Pid").asInt()).isZero();
  }

  @Test
  void removedByItselfAfterItsEnd() {
    ObjectNode spec = engine.spec("sh", "-c", "sleep 0.2; exit 0");
    hostConfig(spec).put("AutoRemove", true);
    String id = engine.run(spec);
    try (EventTail tail = engine.tail(id)) {
      assertThat(actions(tail.until("destroy")))
          .containsExactly("create", "start", "die", "destroy");
    }
  }

  @Test
  void anOomComesBeforeItsDeath() {
    ObjectNode spec = engine.spec("tail", "/dev/zero");
    hostConfig(spec).put("Memory", 32L << 20).put("MemorySwap", 32L << 20);
    String id = engine.run(spec);
    try (EventTail tail = engine.tail(id)) {
      List<JsonNode> events = tail.until("die");

      assertThat(actions(events)).containsSubsequence("create", "oom", "die");
      assertThat(only(events, "oom").at("/Actor/Attributes").has("exitCode")).isFalse();
      assertThat(attribute(only(events, "die"), "exitCode")).isEqualTo("137");
    }
    assertThat(engine.inspect(id).at("/State/OOMKilled").asBoolean()).isTrue();
  }

  @Test
  void renameTellsTheOldName() {
    String oldName = engine.newName();
    String newName = engine.newName();
    String id = engine.create(oldName, engine.sleeper());
    engine.post(id, "rename?name=" + newName);
    try (EventTail tail = engine.tail(id)) {
      JsonNode rename = only(tail.until("rename"), "rename");

      assertThat(attribute(rename, "name")).isEqualTo(newName);
      assertThat(attribute(rename, "oldName")).isEqualTo("/" + oldName);
    }
    assertThat(engine.inspect(newName).path("Id").asText()).isEqualTo(id);
    expect(404, client.get("/containers/" + oldName + "/json"));
  }

  @Test
  void pauseUnpauseAndUpdateAreLogged() {
    String id = engine.run(engine.sleeper());
    engine.post(id, "pause");
    engine.post(id, "unpause");
    ObjectNode limits = EngineClient.MAPPER.createObjectNode();
    limits.put("NanoCpus", 500_000_000L);
    expect(200, client.postJson("/containers/" + id + "/update", limits));
    try (EventTail tail = engine.tail(id)) {
      assertThat(actions(tail.until("update")))
          .containsExactly("create", "start", "pause", "unpause", "update");
    }
    assertThat(engine.inspect(id).at("/HostConfig/NanoCpus").asLong()).isEqualTo(500_000_000L);
  }

  @Test
  void aSignalThatIsSurvivedIsKillAlone() {
    String id = engine.run(engine.sleeper());
    engine.post(id, "kill?signal=TERM");
    engine.remove(id, true);
    try (EventTail tail = engine.tail(id)) {
      List<JsonNode> events = tail.until("destroy");

      assertThat(actions(events))
          .containsExactly("create", "start", "kill", "kill", "die", "destroy");
      assertThat(attribute(events.get(2), "signal")).isEqualTo("15");
    }
  }

  @Test
  void healthArrivesWithAColonAndProbesFillTheRing() {
    ObjectNode well = engine.sleeper();
    healthCheck(well, "true");
    ObjectNode ill = engine.sleeper();
    healthCheck(ill, "false");
    String healthy = engine.run(well);
    String unhealthy = engine.run(ill);
    try (EventTail first = engine.tail(healthy);
        EventTail second = engine.tail(unhealthy)) {
      first.until("health_status: healthy");
      second.until("health_status: unhealthy");
    }
    List<String> all = actions(engine.pastEvents(healthy, "since=1&until=" + soon()));
    assertThat(all).anyMatch(action -> action.startsWith("exec_create: ")).contains("exec_die");
    assertThat(engine.inspect(healthy).at("/State/Health/Status").asText()).isEqualTo("healthy");
    assertThat(engine.inspect(unhealthy).at("/State/Health/FailingStreak").asInt())
        .isGreaterThanOrEqualTo(2);
  }

  @Test
  void labelsOverwriteAttributesButNameAndImage() {
    ObjectNode spec = engine.sleeper();
    labels(spec).put("exitCode", "0").put("signal", "99").put("name", "liar").put("image", "lie");
    String id = engine.run(spec);
    engine.post(id, "kill");
    try (EventTail tail = engine.tail(id)) {
      List<JsonNode> events = tail.until("die");

      assertThat(attribute(only(events, "die"), "exitCode")).isEqualTo("0");
      assertThat(attribute(only(events, "kill"), "signal")).isEqualTo("99");
      assertThat(attribute(only(events, "die"), "image")).isEqualTo(engine.image());
      assertThat(attribute(only(events, "die"), "name")).startsWith("conformance-");
    }
    assertThat(engine.inspect(id).at("/State/ExitCode").asInt()).isEqualTo(137);
  }

  @Test
  void sinceAndUntilAreInclusiveToTheNanosecond() {
    String id = engine.run(engine.sleeper());
    List<JsonNode> events = engine.pastEvents(id, "since=1&until=" + soon());
    BigInteger create = events.getFirst().path("timeNano").bigIntegerValue();
    BigInteger start = events.getLast().path("timeNano").bigIntegerValue();
    String until = "&until=" + soon();

    assertThat(actions(events)).containsExactly("create", "start");
    assertThat(actions(engine.pastEvents(id, "since=" + seconds(create) + until)))
        .containsExactly("create", "start");
    assertThat(
            actions(engine.pastEvents(id, "since=" + seconds(create.add(BigInteger.ONE)) + until)))
        .containsExactly("start");
    assertThat(actions(engine.pastEvents(id, "since=1&until=" + seconds(start))))
        .containsExactly("create", "start");
    assertThat(
            actions(
                engine.pastEvents(id, "since=1&until=" + seconds(start.subtract(BigInteger.ONE)))))
        .containsExactly("create");
  }

  @Test
  void eventsAreChosenByTheFilters() {
    String id = engine.run(engine.sleeper());
    String bounds = "/events?since=1&until=" + soon() + "&filters=";
    String starts =
        "{\"type\":{\"container\":true},\"event\":{\"start\":true},\"container\":{\""
            + id
            + "\":true}}";
    String prefix = "{\"event\":[\"sta\",\"health_status\"],\"container\":[\"" + id + "\"]}";
    String exact = "{\"event\":[\"sta\"],\"container\":[\"" + id + "\"]}";

    assertThat(actions(EngineDriver.parseLines(client.get(bounds + encoded(starts)).text())))
        .containsExactly("start");
    assertThat(actions(EngineDriver.parseLines(client.get(bounds + encoded(prefix)).text())))
        .containsExactly("start");
    assertThat(client.get(bounds + encoded(exact)).text()).isEmpty();
    assertThat(client.get("/events?until=1&filters=notjson").status()).isGreaterThanOrEqualTo(400);
  }

  @Test
  void timesThatMakeNoSenseAreRefused() {
    assertThat(expect(400, client.get("/events?since=20&until=10")).message())
        .isEqualTo("`since` time (20) cannot be after `until` time (10)");
    assertThat(expect(500, client.get("/events?since=notatime&until=1")).message())
        .isEqualTo("strconv.ParseInt: parsing \"notatime\": invalid syntax");
  }

  @Test
  void theRingHolds256EventsOfAllTypes() {
    String id = engine.create(engine.newName(), engine.sleeper());
    for (int i = 0; i < 260; i++) {
      engine.post(id, "rename?name=" + engine.newName());
    }
    List<JsonNode> ring =
        EngineDriver.parseLines(client.get("/events?since=0&until=" + soon()).text());

    assertThat(ring).hasSize(256);
  }

  @Test
  void aLiveStreamSendsEachEventAsALineWhenItHappens() throws Exception {
    String id = engine.create(engine.newName(), engine.sleeper());
    try (EngineClient.Stream stream =
        client.open(
            "GET", "/events?since=1&filters=" + EngineDriver.containerFilter(id), new byte[0])) {
      assertThat(stream.headers())
          .containsEntry("transfer-encoding", "chunked")
          .containsEntry("content-type", "application/json");
      assertThat(new String(stream.next(), StandardCharsets.UTF_8))
          .contains("create")
          .endsWith("\n");
      engine.start(id);
      assertThat(new String(stream.next(), StandardCharsets.UTF_8))
          .contains("start")
          .endsWith("\n");
    }
  }

  @Test
  void aStreamWithAnEndInTheFutureEndsThen() {
    String until = soon();

    assertThat(
            expect(
                    200,
                    client.get(
                        "/events?until="
                            + until
                            + "&filters="
                            + EngineDriver.containerFilter("none")))
                .text())
        .isEmpty();
  }

  private static JsonNode only(List<JsonNode> events, String action) {
    List<JsonNode> found =
        events.stream().filter(event -> event.path("Action").asText().equals(action)).toList();
    assertThat(found).as(action).isNotEmpty();
    return found.getLast();
  }

  private static String attribute(JsonNode event, String name) {
    return event.at("/Actor/Attributes/" + name).asText();
  }

  /** The engine's form of a time: seconds and a fraction of nine digits. */
  private static String seconds(BigInteger nanos) {
    return new BigDecimal(nanos, 9).toPlainString();
  }

  /** A moment just ahead, so that all that has happened lies before it. */
  private String soon() {
    java.time.Instant now = java.time.Instant.now().plusMillis(300);
    return now.getEpochSecond() + "." + String.format("%09d", now.getNano());
  }
}
