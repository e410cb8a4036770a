package io.tallyman.simulator;

import static io.tallyman.simulator.EngineClient.encoded;
import static io.tallyman.simulator.EngineDriver.expect;
import static io.tallyman.simulator.EngineDriver.hostConfig;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * What the agent relies on in a Docker Engine, checked over plain HTTP. The same calls drive a real
 * engine and the simulated one, so the simulated one cannot drift into a toy.
 *
 * <p>Where releases differ, the recorded engine of the same release is the measure.
 */
abstract class EngineConformance extends EventConformance {
  private static final String YEAR_ONE = "0001-01-01T00:00:00Z";
  private static final String ZEROS = "/precpu_stats/cpu_usage/total_usage";
  private static final String TOTAL = "/cpu_stats/cpu_usage/total_usage";

  @Test
  void pingTellsTheApiVersionToGetAndToHead() {
    for (String method : List.of("GET", "HEAD")) {
      EngineClient.Answer ping = expect(200, client.call(method, "/_ping", new byte[0]));
      assertThat(ping.headers()).containsEntry("api-version", apiVersion).containsKey("server");
      assertThat(ping.text()).isEqualTo(method.equals("GET") ? "OK" : "");
    }
  }

  @Test
  void versionAndInfoTellWhatTheAgentReads() {
    JsonNode version = client.get("/version").json();
    JsonNode info = client.get("/info").json();

    assertThat(version.path("MinAPIVersion").asText()).matches("1\\.\\d+");
    assertThat(info.path("ID").asText()).isNotEmpty();
    assertThat(info.path("Name").asText()).isNotEmpty();
    assertThat(info.path("NCPU").asInt()).isPositive();
    assertThat(info.path("MemTotal").asLong()).isPositive();
    assertThat(info.path("CgroupDriver").asText()).isIn("cgroupfs", "systemd");
    assertThat(info.path("ServerVersion")).isEqualTo(version.path("Version"));
    Set<String> known = Set.copyOf(fieldNames(recorded.json("info.json")));
    assertThat(Set.copyOf(fieldNames(info))).containsAll(sharedInfoKeys(known));
  }

  @Test
  void pathsMayCarryAVersionWithinTheEnginesRange() {
    String oldest = client.get("/version").json().path("MinAPIVersion").asText();

    assertThat(client.get("/v" + apiVersion + "/info").status()).isEqualTo(200);
    assertThat(client.get("/v" + oldest + "/info").status()).isEqualTo(200);
    assertThat(expect(400, client.get("/v1.99/containers/json")).message())
        .isEqualTo(
            "client version 1.99 is too new. Maximum supported API version is " + apiVersion);
    EngineClient.Answer tooOld = expect(400, client.get("/v1.11/containers/json"));
    assertThat(tooOld.headers()).containsEntry("content-type", "text/plain; charset=utf-8");
    assertThat(tooOld.text())
        .isEqualTo(
            "client version 1.11 is too old. Minimum supported API version is "
                + oldest
                + ", please upgrade your client to a newer version\n");
  }

  @Test
  void whatIsUnknownIs404() {
    assertThat(expect(404, client.get("/nosuchpath")).message()).isEqualTo("page not found");
    for (String path :
        List.of("json", "stats", "stats?stream=false", "stats?stream=false&one-shot=1")) {
      assertThat(expect(404, client.get("/containers/nosuchcontainer/" + path)).message())
          .isEqualTo("No such container: nosuchcontainer");
    }
    expect(404, client.post("/containers/nosuchcontainer/start"));
    expect(404, client.delete("/containers/nosuchcontainer"));
  }

  @Test
  void inspectHasTheShapeOfItsRelease() {
    String id = engine.run(engine.sleeper());
    ObjectNode probed = engine.sleeper();
    healthCheck(probed, "true");
    String healthy = engine.run(probed);

    JsonNode idle = engine.inspect(id);
    assertShape(recorded.inspectIdle(), idle);
    assertShape(recorded.inspectWithHealth().path("State"), engine.inspect(healthy).path("State"));
    assertThat(idle.at("/State/Status").asText()).isEqualTo("running");
    assertThat(idle.at("/State/FinishedAt").asText()).isEqualTo(YEAR_ONE);
    assertThat(idle.at("/Config/Image").asText()).isEqualTo(engine.image());
  }

  @Test
  void listShowsRunningContainersAndAllWhenAsked() {
    String running = engine.run(engine.sleeper());
    String created = engine.create(engine.newName(), engine.sleeper());
    JsonNode row = row(client.get("/containers/json").json(), running);

    assertShape(recorded.listRowIdle(), row);
    assertThat(row.path("State").asText()).isEqualTo("running");
    assertThat(row.path("Status").asText()).startsWith("Up ");
    assertThat(row(client.get("/containers/json").json(), created).isMissingNode()).isTrue();
    JsonNode all = client.get("/containers/json?all=1").json();
    assertThat(row(all, created).path("State").asText()).isEqualTo("created");
    String byId = encoded("{\"id\":{\"" + created + "\":true}}");
    assertThat(client.get("/containers/json?all=1&filters=" + byId).json()).hasSize(1);
    assertThat(
            expect(400, client.get("/containers/json?filters=" + encoded("{\"no\":[\"x\"]}")))
                .message())
        .isEqualToIgnoringCase("invalid filter 'no'");
  }

  @Test
  void aContainerIsFoundByNameAndByTheBeginningOfItsId() {
    String name = engine.newName();
    String id = engine.create(name, engine.sleeper());

    for (String reference : List.of(name, id, id.substring(0, 12))) {
      assertThat(engine.inspect(reference).path("Id").asText()).isEqualTo(id);
      assertThat(engine.oneShot(reference).path("name").asText()).isEqualTo("/" + name);
    }
  }

  @Test
  void whatDoesNotFitTheStateIsRefused() {
    String name = engine.newName();
    String id = engine.create(name, engine.sleeper());

    expect(304, client.post("/containers/" + id + "/stop"));
    assertThat(expect(409, client.post("/containers/" + id + "/kill")).message())
        .containsIgnoringCase("cannot kill container: " + id)
        .endsWith(id + " is not running");
    assertThat(
            expect(409, client.postJson("/containers/create?name=" + name, engine.sleeper()))
                .message())
        .contains("is already in use by container \"" + id + "\"");
    engine.start(id);
    expect(304, client.post("/containers/" + id + "/start"));
    expect(409, client.delete("/containers/" + id));
    expect(500, client.post("/containers/" + id + "/unpause"));
    engine.post(id, "pause");
    assertThat(engine.inspect(id).at("/State/Status").asText()).isEqualTo("paused");
    expect(409, client.post("/containers/" + id + "/pause"));
  }

  @Test
  void aOneShotReadingHasOnlyCountersOfNow() {
    String id = engine.run(engine.sleeper());
    JsonNode first = engine.oneShot(id);
    JsonNode second = engine.oneShot(id);

    assertShape(recordedStats.oneShotIdle(), first);
    assertMemoryKeys(first);
    // Up to 20.10 a one-shot reading told whose it is.
    assertThat(first.has("id")).isEqualTo(recorded == Recordings.DOCKER_20_10);
    assertThat(first.path("preread").asText()).isEqualTo(YEAR_ONE);
    assertThat(first.at(ZEROS).asLong()).isZero();
    assertThat(first.at("/precpu_stats").has("system_cpu_usage")).isFalse();
    assertThat(second.at(TOTAL).asLong()).isGreaterThanOrEqualTo(first.at(TOTAL).asLong());
    assertThat(second.at("/cpu_stats/system_cpu_usage").asLong())
        .isGreaterThanOrEqualTo(first.at("/cpu_stats/system_cpu_usage").asLong());
    assertThat(first.at("/memory_stats/limit").asLong())
        .isEqualTo(client.get("/info").json().path("MemTotal").asLong());
  }

  @Test
  void withoutOneShotAReadingHasAnEarlierOneBesideIt() {
    String id = engine.run(engine.sleeper());
    JsonNode reading = expect(200, client.get("/containers/" + id + "/stats?stream=false")).json();

    assertShape(recordedStats.twoReadingsIdle(), reading);
    assertThat(reading.path("id").asText()).isEqualTo(id);
    assertThat(reading.path("preread").asText())
        .isNotEqualTo(YEAR_ONE)
        .isLessThan(reading.path("read").asText());
    assertThat(reading.at("/precpu_stats/system_cpu_usage").asLong())
        .isPositive()
        .isLessThan(reading.at("/cpu_stats/system_cpu_usage").asLong());
  }

  @Test
  void aStreamLinksItsReadingsAndEndsWhenTheContainerIsRemoved() throws IOException {
    String id = engine.run(engine.sleeper());
    try (EngineClient.Stream stream =
        client.open("GET", "/containers/" + id + "/stats?stream=true", new byte[0])) {
      JsonNode first = EngineDriver.parse(new String(stream.next(), StandardCharsets.UTF_8));
      JsonNode second = EngineDriver.parse(new String(stream.next(), StandardCharsets.UTF_8));
      engine.remove(id, true);
      int more = 0;
      while (stream.next().length > 0) {
        more++;
      }

      assertThat(first.path("preread").asText()).isEqualTo(YEAR_ONE);
      assertThat(first.path("id").asText()).isEqualTo(id);
      assertThat(second.path("preread")).isEqualTo(first.path("read"));
      assertThat(second.at(ZEROS)).isEqualTo(first.at(TOTAL));
      assertThat(more).isLessThan(10);
    }
  }

  @Test
  void whatDoesNotRunGivesZerosOfTheYearOne() throws IOException {
    String created = engine.create(engine.newName(), engine.sleeper());
    String killed = engine.run(engine.sleeper());
    engine.post(killed, "kill");
    for (String id : List.of(created, killed)) {
      JsonNode oneShot = engine.oneShot(id);
      assertThat(Shape.differences(Shape.of(recorded.stopped()), Shape.of(oneShot))).isEmpty();
      assertThat(oneShot.path("read").asText()).isEqualTo(YEAR_ONE);
      assertThat(oneShot.path("memory_stats")).isEmpty();
      assertThat(client.get("/containers/" + id + "/stats?stream=false").json()).isEqualTo(oneShot);
      try (EngineClient.Stream stream =
          client.open("GET", "/containers/" + id + "/stats?stream=true", new byte[0])) {
        assertThat(EngineDriver.parse(new String(stream.next(), StandardCharsets.UTF_8)))
            .isEqualTo(oneShot);
      }
    }
  }

  @Test
  void aStreamCannotBeOneShot() {
    String id = engine.run(engine.sleeper());
    for (String query : List.of("one-shot=true", "stream=true&one-shot=1")) {
      assertThat(expect(400, client.get("/containers/" + id + "/stats?" + query)).message())
          .isEqualTo("cannot have stream=true and one-shot=true");
    }
  }

  @Test
  void limitsShowInStatsAndNetworksOnlyWhereThereAreSome() {
    ObjectNode limited = engine.sleeper();
    hostConfig(limited).put("Memory", 64L << 20).put("PidsLimit", 50).put("NetworkMode", "none");
    ObjectNode onHost = engine.sleeper();
    hostConfig(onHost).put("NetworkMode", "host");
    JsonNode stats = engine.oneShot(engine.run(limited));

    assertThat(stats.at("/memory_stats/limit").asLong()).isEqualTo(64L << 20);
    assertThat(stats.at("/pids_stats/limit").asLong()).isEqualTo(50);
    assertThat(stats.has("networks")).isFalse();
    assertThat(engine.oneShot(engine.run(onHost)).has("networks")).isFalse();
  }

  private void assertShape(JsonNode expected, JsonNode actual) {
    Set<String> differences = Shape.differences(Shape.of(expected), Shape.of(actual));
    // An unlimited pids.max shows or not by the cgroup driver; whether a one-shot reading is named
    // is checked by itself.
    differences.removeIf(
        path -> path.contains("/pids_stats/limit") || path.matches("\\w+ /(id|name)"));
    assertThat(differences).isEmpty();
  }

  /** The kernel decides on some keys; those that the agent reads are there on every one. */
  private void assertMemoryKeys(JsonNode reading) {
    boolean v2 = recordedStats == Recordings.DOCKER_26_1;
    List<String> keys =
        v2
            ? List.of("anon", "file", "inactive_file", "active_file", "pgfault", "slab", "shmem")
            : List.of("rss", "cache", "total_inactive_file", "total_active_file", "total_pgfault");
    assertThat(fieldNames(reading.at("/memory_stats/stats"))).containsAll(keys);
    assertThat(reading.path("memory_stats").has("max_usage")).isEqualTo(!v2);
    assertThat(reading.at("/cpu_stats/cpu_usage").has("percpu_usage")).isEqualTo(!v2);
  }

  private static Set<String> sharedInfoKeys(Set<String> known) {
    return known.stream()
        .filter(key -> Recordings.DOCKER_28_5.json("info.json").has(key))
        .filter(key -> Recordings.DOCKER_20_10.json("info.json").has(key))
        .collect(java.util.stream.Collectors.toSet());
  }

  private static JsonNode row(JsonNode rows, String id) {
    for (JsonNode row : rows) {
      if (row.path("Id").asText().equals(id)) {
        return row;
      }
    }
    return EngineClient.MAPPER.missingNode();
  }

  private static List<String> fieldNames(JsonNode node) {
    return node.properties().stream().map(Map.Entry::getKey).toList();
  }
}
