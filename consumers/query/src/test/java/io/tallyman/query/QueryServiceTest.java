package io.tallyman.query;

import static io.tallyman.query.FleetRecords.event;
import static io.tallyman.query.FleetRecords.id;
import static io.tallyman.query.FleetRecords.sample;
import static io.tallyman.query.FleetRecords.state;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.tallyman.schemas.ReleasedSchema;
import io.tallyman.schemas.ReleasedSchemas;
import io.tallyman.schemas.Topics;
import io.tallyman.v1.Action;
import io.tallyman.v1.ContainerStats;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The answers of a whole service on a real broker; each test has containers of its own. */
@Tag("kafka")
class QueryServiceTest {

  @RegisterExtension static final SharedQuery QUERY = new SharedQuery();

  private static final Duration VISIBLE = Duration.ofSeconds(60);

  private final HttpClientOf http = QUERY.http();
  private final FleetPublisher fleet = QUERY.fleet();

  @Test
  void aStartedContainerIsThereWithItsReadingAndGoesWhenItExits() {
    String id = id("a1");
    Instant started = now();
    fleet.send(state("h1", id, "a-web", "running", started));
    // Current for as long as a slow machine may take to show it.
    fleet.send(
        ContainerStats.newBuilder(sample("h1", id, "a-web", 12.5, started.plusMillis(5)))
            .setIntervalMillis(VISIBLE.toMillis())
            .build());
    await()
        .atMost(VISIBLE)
        .untilAsserted(() -> {
          JsonNode item = http.json("/api/v1/containers?name=a-web").at("/items/0");
          assertThat(item.at("/containerId").asText()).isEqualTo(id);
          assertThat(item.at("/stats/cpu/percent").asDouble()).isEqualTo(12.5);
          assertThat(item.at("/stale").asBoolean(true)).isFalse();
          assertThat(item.at("/stateAsOf").asText()).isEqualTo(started.toString());
          assertThat(item.at("/asOf").asText()).isEqualTo(started.plusMillis(5).toString());
        });
    fleet.send(state("h1", id, "a-web", "exited", now()));
    await().atMost(VISIBLE).until(() -> ids("/api/v1/containers?name=a-web").isEmpty());
    assertThat(ids("/api/v1/containers?name=a-web&state=all")).containsExactly(id);
    fleet.forget(id);
    await().atMost(VISIBLE).until(() -> http.get("/api/v1/containers/" + id).statusCode() == 404);
  }

  @Test
  void listsArePagedWithCursorsInEitherDirection() {
    for (int n = 0; n < 5; n++) {
      String id = id("b" + n);
      fleet.send(state("h" + (1 + n % 2), id, "b-" + n, "running", now()));
      fleet.send(sample("h" + (1 + n % 2), id, "b-" + n, 90 - n * 11.5, now()));
    }
    await()
        .atMost(VISIBLE)
        .until(() -> withStats("/api/v1/containers?name=b-*&state=all").size() == 5);
    List<String> byName = List.of(id("b0"), id("b1"), id("b2"), id("b3"), id("b4"));
    assertThat(pages("/api/v1/containers?name=b-*&limit=2")).isEqualTo(byName);
    assertThat(pages("/api/v1/containers?name=b-*&limit=2&sort=-cpu")).isEqualTo(byName);
    assertThat(pages("/api/v1/containers?name=b-*&limit=2&sort=cpu")).isEqualTo(byName.reversed());
    assertThat(pages("/api/v1/containers?name=b-*&limit=5")).isEqualTo(byName);
    assertThat(pages("/api/v1/containers?name=b-*&host=h1.example&limit=1"))
        .containsExactly(id("b0"), id("b2"), id("b4"));
    assertThat(ids("/api/v1/containers?label=tier=b-3&project=shop")).containsExactly(id("b3"));
    assertThat(ids("/api/v1/containers?image=registry.example/b-1:*")).containsExactly(id("b1"));
    assertThat(ids("/api/v1/containers?name=b-*&project=other")).isEmpty();
    String cursor = http.json("/api/v1/containers?name=b-*&limit=2").at("/nextCursor").asText();
    assertBadParameter("/api/v1/containers?name=b-*&sort=cpu&cursor=" + cursor, "cursor");
  }

  @Test
  void aContainerIsFoundByIdPrefixOrNameUnlessSeveralAreMeant() {
    String one = id("cccccccccccc1");
    String two = id("cccccccccccc2");
    fleet.send(
        state("h1", one, "c-twin", "running", now()), state("h2", two, "c-twin", "exited", now()));
    await().atMost(VISIBLE).until(() -> ids("/api/v1/containers?name=c-*&state=all").size() == 2);
    assertThat(http.json("/api/v1/containers/" + one).at("/hostId").asText()).isEqualTo("h1");
    assertThat(http.json("/api/v1/containers/cccccccccccc2").at("/hostId").asText())
        .isEqualTo("h2");
    assertThat(http.json("/api/v1/containers/c-twin?host=h2").at("/containerId").asText())
        .isEqualTo(two);
    HttpResponse<String> byPrefix = http.get("/api/v1/containers/cccccccccccc");
    assertThat(byPrefix.statusCode()).isEqualTo(409);
    HttpResponse<String> byName = http.get("/api/v1/containers/c-twin");
    assertThat(byName.statusCode()).isEqualTo(409);
    assertThat(HttpClientOf.parse(byName).at("/candidates")).hasSize(2);
    assertThat(http.get("/api/v1/containers/ccccccccccc").statusCode()).isEqualTo(404);
  }

  @Test
  void eventsComeNewestFirstAcrossHostsAndPages() {
    // Long before whatever others tell of the same hosts.
    Instant first = now().minus(Duration.ofDays(3));
    for (int n = 0; n < 6; n++) {
      Action action = n % 2 == 0 ? Action.START : Action.DIE;
      fleet.send(event("h" + (1 + n % 3), id("d" + n), "d-" + n, action, first.plusMillis(n)));
    }
    String range = "/api/v1/events?from=" + first + "&to=" + first.plusMillis(6);
    await().atMost(VISIBLE).until(() -> names(range).size() == 6);
    assertThat(names(range)).containsExactly("d-5", "d-4", "d-3", "d-2", "d-1", "d-0");
    assertThat(eventPages(range + "&limit=2"))
        .containsExactly("d-5", "d-4", "d-3", "d-2", "d-1", "d-0");
    assertThat(names(range + "&action=die")).containsExactly("d-5", "d-3", "d-1");
    assertThat(names(range + "&host=h2")).containsExactly("d-4", "d-1");
    assertThat(names(range + "&container=" + id("d2").substring(0, 12))).containsExactly("d-2");
    assertThat(names("/api/v1/events?from=" + first + "&to=" + first.plusMillis(1)))
        .containsExactly("d-0");
    assertThat(http.json(range).at("/asOf").asText()).isGreaterThanOrEqualTo(first.toString());
  }

  @Test
  void wrongParametersAreNamed() {
    assertBadParameter("/api/v1/containers?limit=0", "limit");
    assertBadParameter("/api/v1/containers?limit=x", "limit");
    assertBadParameter("/api/v1/containers?state=nice", "state");
    assertBadParameter("/api/v1/containers?sort=colour", "sort");
    assertBadParameter("/api/v1/containers?colour=red", "colour");
    assertBadParameter("/api/v1/containers?cursor=%21", "cursor");
    assertBadParameter("/api/v1/containers?name=" + "x".repeat(600), "name");
    assertBadParameter("/api/v1/containers?name=a&name=b", "name");
    assertBadParameter("/api/v1/hosts?sort=name", "sort");
    assertBadParameter("/api/v1/hosts/h1?x=1", "x");
    assertBadParameter("/api/v1/events?from=yesterday", "from");
    assertBadParameter("/api/v1/gaps?from=-1h&to=-2h", "from");
    for (String time : List.of("%2B10000-01-01T00:00:00Z", "%2B999999999-12-31T23:59:59Z")) {
      assertBadParameter("/api/v1/totals?from=-1h&to=" + time, "to");
      assertBadParameter("/api/v1/top?from=" + time, "from");
      assertBadParameter("/api/v1/events?to=" + time, "to");
      assertBadParameter("/api/v1/gaps?to=" + time, "to");
    }
    assertThat(http.get("/api/v1/totals?from=-999999d&to=9999-12-31T23:59:59Z").statusCode())
        .as("all that there is")
        .isEqualTo(200);
    assertBadParameter("/api/v1/events?action=jump", "action");
    assertBadParameter("/api/v1/events?cursor=YWJj", "cursor");
    assertBadParameter("/api/v1/stream?types=logs", "types");
    assertBadParameter("/internal/v1/latest?partitions=x", "partitions");
    assertBadParameter("/internal/v1/history?partitions=0", "container");
  }

  @Test
  void hostsAreListedAndFound() {
    await().atMost(VISIBLE).until(() -> http.json("/api/v1/hosts").at("/items").size() == 2);
    JsonNode first = http.json("/api/v1/hosts?limit=1");
    assertThat(first.at("/items/0/hostId").asText()).isEqualTo("h1");
    JsonNode second = http.json("/api/v1/hosts?limit=1&cursor=" + first.at("/nextCursor").asText());
    assertThat(second.at("/items/0/hostId").asText()).isEqualTo("h2");
    assertThat(second.at("/nextCursor").isNull()).isTrue();
    assertThat(http.json("/api/v1/hosts/h2.example").at("/hostId").asText()).isEqualTo("h2");
    assertThat(http.get("/api/v1/hosts/h9").statusCode()).isEqualTo(404);
  }

  @Test
  void statspoutsPathHasItsEightKeys() {
    String id = id("e1");
    Instant time = now();
    fleet.send(state("h1", id, "e-db", "running", time), sample("h1", id, "e-db", 3.25, time));
    JsonNode found =
        await()
            .atMost(VISIBLE)
            .until(
                () ->
                    StreamSupport.stream(http.json("/stats").spliterator(), false)
                        .filter(next -> next.at("/name").asText().equals("e-db"))
                        .findFirst()
                        .orElse(null),
                next -> next != null);
    List<String> keys = new ArrayList<>();
    found.fieldNames().forEachRemaining(keys::add);
    assertThat(keys)
        .containsExactly(
            "@timestamp",
            "name",
            "cpu_percent",
            "mem_usage",
            "mem_percent",
            "tx_bytes",
            "rx_bytes",
            "Labels");
    assertThat(found.at("/@timestamp").asText()).isEqualTo(time.toString());
    assertThat(found.at("/cpu_percent").asDouble()).isEqualTo(3.25);
    assertThat(found.at("/mem_usage").asLong()).isEqualTo(1000);
    assertThat(found.at("/tx_bytes").asLong()).isEqualTo(22);
    assertThat(found.at("/rx_bytes").asLong()).isEqualTo(11);
    assertThat(found.at("/Labels/tier").asText()).isEqualTo("e-db");
  }

  @Test
  void schemasAreServedAsARegistryDoes() {
    ReleasedSchema schema = ReleasedSchemas.newest("io.tallyman.v1.ContainerStats").orElseThrow();
    String value =
        "{\"subject\":\"docker.stats.v1-value\",\"version\":1,\"schema\":%s}"
            .formatted(new com.fasterxml.jackson.databind.node.TextNode(schema.text()));
    fleet.sendRaw(
        Topics.SCHEMAS, Integer.toString(schema.id()), value.getBytes(StandardCharsets.UTF_8));
    await()
        .atMost(VISIBLE)
        .until(() -> http.get("/schemas/ids/" + schema.id()).statusCode() == 200);
    HttpResponse<String> byId =
        http.get("/schemas/ids/" + schema.id() + "?fetchMaxId=false&subject=x");
    assertThat(byId.headers().firstValue("content-type"))
        .hasValue("application/vnd.schemaregistry.v1+json");
    assertThat(HttpClientOf.parse(byId).at("/schema").asText()).isEqualTo(schema.text());
    assertThat(http.json("/subjects").toString()).isEqualTo("[\"docker.stats.v1-value\"]");
    assertThat(http.json("/subjects/docker.stats.v1-value/versions").toString()).isEqualTo("[1]");
    JsonNode latest = http.json("/subjects/docker.stats.v1-value/versions/latest");
    assertThat(latest.at("/id").asInt()).isEqualTo(schema.id());
    assertThat(latest).isEqualTo(http.json("/subjects/docker.stats.v1-value/versions/1"));
    assertRegistryError("/schemas/ids/5", 404, 40403);
    assertRegistryError("/subjects/none/versions", 404, 40401);
    assertRegistryError("/subjects/none/versions/1", 404, 40401);
    assertRegistryError("/subjects/docker.stats.v1-value/versions/2", 404, 40402);
    assertRegistryError("/subjects/docker.stats.v1-value/versions/x", 422, 42202);
  }

  @Test
  void aRecordThatCannotBeReadIsCountedAndPassedOver() {
    String id = id("91");
    fleet.sendRaw(Topics.STATS, "h1", new byte[] {1, 2, 3});
    fleet.send(state("h1", id, "g-app", "running", now()), sample("h1", id, "g-app", 1, now()));
    await().atMost(VISIBLE).until(() -> withStats("/api/v1/containers?name=g-app").size() == 1);
    JsonNode health = http.json("/health/readiness");
    assertThat(health.at("/unreadableRecords/rejected").asInt()).isEqualTo(1);
    assertThat(health.at("/unreadableRecords/last").asText()).contains("docker.stats.v1");
    assertThat(http.get("/metrics").body())
        .contains("tallyman_query_records_rejected_total 1.0")
        .contains("kafka_stream");
  }

  @Test
  void theServiceSpeaksOfItself() {
    JsonNode service = http.json("/api/v1/service");
    assertThat(service.at("/kafka").asText()).isEqualTo(QUERY.bootstrapServers());
    assertThat(service.at("/simulated").asBoolean()).isTrue();
    assertThat(service.at("/state").asText()).isEqualTo("RUNNING");
    assertThat(http.json("/health/liveness").at("/status").asText()).isEqualTo("UP");
  }

  private static Instant now() {
    return Instant.now().truncatedTo(ChronoUnit.MICROS);
  }

  private void assertBadParameter(String path, String parameter) {
    HttpResponse<String> response = http.get(path);
    assertThat(response.statusCode()).as(path).isEqualTo(400);
    assertThat(response.headers().firstValue("content-type")).hasValue("application/problem+json");
    assertThat(HttpClientOf.parse(response).at("/parameter").asText()).isEqualTo(parameter);
  }

  private void assertRegistryError(String path, int status, int code) {
    HttpResponse<String> response = http.get(path);
    assertThat(response.statusCode()).as(path).isEqualTo(status);
    assertThat(HttpClientOf.parse(response).at("/error_code").asInt()).isEqualTo(code);
  }

  private List<String> ids(String path) {
    return texts(path, "/containerId");
  }

  private List<String> names(String path) {
    return texts(path, "/containerName");
  }

  private List<String> withStats(String path) {
    return texts(path, "/stats/containerId").stream().filter(id -> !id.isEmpty()).toList();
  }

  private List<String> texts(String path, String pointer) {
    List<String> found = new ArrayList<>();
    http.json(path).at("/items").forEach(item -> found.add(item.at(pointer).asText()));
    return found;
  }

  private List<String> pages(String path) {
    return pages(path, "/containerId");
  }

  private List<String> eventPages(String path) {
    return pages(path, "/containerName");
  }

  private List<String> pages(String path, String pointer) {
    List<String> found = new ArrayList<>();
    String cursor = "";
    do {
      JsonNode page = http.json(path + cursor);
      page.at("/items").forEach(item -> found.add(item.at(pointer).asText()));
      cursor = page.at("/nextCursor").isNull() ? "" : "&cursor=" + page.at("/nextCursor").asText();
    } while (!cursor.isEmpty());
    return found;
  }
}
