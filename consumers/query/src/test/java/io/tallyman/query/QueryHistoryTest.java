package io.tallyman.query;

import static io.tallyman.query.FleetRecords.alert;
import static io.tallyman.query.FleetRecords.counted;
import static io.tallyman.query.FleetRecords.event;
import static io.tallyman.query.FleetRecords.gap;
import static io.tallyman.query.FleetRecords.host;
import static io.tallyman.query.FleetRecords.id;
import static io.tallyman.query.FleetRecords.state;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.tallyman.query.topology.Retention;
import io.tallyman.schemas.TopicSettings;
import io.tallyman.testkit.KafkaExtension;
import io.tallyman.v1.Action;
import io.tallyman.v1.AlertPhase;
import io.tallyman.v1.ContainerStats;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What the service answers about the past and about sums; the fleet is the same for all tests. */
@Tag("kafka")
class QueryHistoryTest {

  @RegisterExtension static final KafkaExtension KAFKA = new KafkaExtension();

  private static final Duration VISIBLE = Duration.ofSeconds(60);
  private static final long SECOND = 1_000_000_000;

  /** A whole number of minutes ago, long enough for all that follows. */
  @SuppressWarnings("TimeInStaticInitializer") // what is sent has to be recent
  private static final Instant T =
      Instant.now().truncatedTo(ChronoUnit.MINUTES).minus(Duration.ofMinutes(10));

  private static final String WEB = id("aaaaaaaaaaaa1");
  private static final String DB = id("bbbbbbbbbbbb1");
  private static final String GONE = id("cccccccccccc1");

  @TempDir static Path stateDir;

  private static RunningQuery query;
  private static HttpClientOf http;

  @BeforeAll
  static void start() {
    String prefix = KAFKA.uniquePrefix();
    query =
        QueryApplication.start(
            new QueryConfig(
                KAFKA.bootstrapServers(),
                Map.of(),
                new TopicSettings(prefix, 3, OptionalInt.empty()),
                "history",
                "127.0.0.1",
                0,
                stateDir,
                Retention.DEFAULT,
                false));
    http = new HttpClientOf(query.url());
    await().atMost(Duration.ofSeconds(60)).until(() -> query.state() == QueryState.RUNNING);
    try (FleetPublisher fleet = new FleetPublisher(KAFKA.bootstrapServers(), prefix)) {
      Instant now = Instant.now().truncatedTo(ChronoUnit.MICROS);
      fleet.send(host("h1", now), host("h2", now));
      fleet.send(state("h1", WEB, "web", "running", now), state("h2", DB, "db", "running", now));
      // Two CPU seconds a minute, 600 bytes a minute; the other twice as much.
      for (int n = 0; n <= 18; n++) {
        Instant time = T.plusSeconds(10L * n);
        fleet.send(
            project("shop", counted("h1", WEB, "web", n * SECOND / 3, n * 100L, time)),
            project("bank", counted("h2", DB, "db", n * (2 * SECOND) / 3, n * 200L, time)));
      }
      fleet.send(project("shop", counted("h2", GONE, "job", 0, 0, T)));
      fleet.send(project("shop", counted("h2", GONE, "job", 100 * SECOND, 0, T.plusSeconds(50))));
      fleet.send(
          event("h1", WEB, "web", Action.DIE, T.plusSeconds(60)),
          event("h1", WEB, "web", Action.START, T.plusSeconds(61)),
          event("h2", GONE, "job", Action.DESTROY, T.plusSeconds(62)));
      fleet.send(gap("h1", T.plusSeconds(10), T.plusSeconds(20)));
      fleet.send(gap("h2", T.plusSeconds(30), T.plusSeconds(40)));
      fleet.send(
          alert("h1", WEB, "web", AlertPhase.RAISED, T),
          alert("h1", WEB, "web", AlertPhase.CLEARED, T),
          alert("h2", DB, "db", AlertPhase.RAISED, T.plusSeconds(5)));
    }
    // Each topic, and each partition of one, is read by itself.
    await()
        .atMost(VISIBLE)
        .untilAsserted(() -> {
          assertThat(http.json("/api/v1/hosts").at("/items")).hasSize(2);
          assertThat(http.json("/api/v1/containers").at("/items")).hasSize(2);
          assertThat(http.json("/api/v1/alerts").at("/items")).hasSize(2);
          assertThat(http.json("/api/v1/alerts?active=true").at("/items")).hasSize(1);
          assertThat(http.json("/api/v1/gaps").at("/items")).hasSize(2);
          assertThat(http.json("/api/v1/events").at("/items")).hasSize(3);
          assertThat(history("web", "raw").at("/items")).hasSize(19);
          assertThat(history("db", "raw").at("/items")).hasSize(19);
          assertThat(history(GONE, "raw").at("/items")).hasSize(2);
        });
  }

  @AfterAll
  static void stop() {
    http.close();
    query.close();
  }

  @Test
  void aHistoryIsReadAsItWasOrInSteps() {
    JsonNode raw = history(WEB.substring(0, 12), "raw");
    assertThat(raw.at("/containerId").asText()).isEqualTo(WEB);
    assertThat(raw.at("/hostName").asText()).isEqualTo("h1.example");
    assertThat(raw.at("/project").asText()).isEqualTo("shop");
    assertThat(raw.at("/stepMillis").isNull()).isTrue();
    assertThat(raw.at("/nextCursor").isNull()).isTrue();
    assertThat(raw.at("/stale").asBoolean()).as("ten minutes old").isTrue();
    assertThat(raw.at("/asOf").asText()).isEqualTo(T.plusSeconds(180).toString());
    assertThat(raw.at("/items/0/time").asText()).isEqualTo(T.toString());
    assertThat(raw.at("/items/0/coveredMillis").isNull()).isTrue();
    assertThat(raw.at("/items/0/cpu/usageNanos").isNull()).isTrue();
    assertThat(raw.at("/items/1/coveredMillis").asLong()).isEqualTo(10_000);
    assertThat(raw.at("/items/1/network/rxBytes").asLong()).isEqualTo(100);
    assertThat(raw.at("/items/1/cpu/percent").asDouble()).isEqualTo(10);
    assertThat(raw.at("/items/1/cpu").has("percentMin")).isFalse();

    JsonNode steps = history("web", "1m");
    assertThat(steps.at("/stepMillis").asLong()).isEqualTo(60_000);
    assertThat(steps.at("/items")).hasSize(4);
    JsonNode second = steps.at("/items/1");
    assertThat(second.at("/time").asText()).isEqualTo(T.plusSeconds(60).toString());
    assertThat(second.at("/samples").asInt()).isEqualTo(6);
    assertThat(second.at("/coveredMillis").asLong()).isEqualTo(60_000);
    assertThat(second.at("/network/rxBytes").asLong()).isEqualTo(600);
    assertThat(second.at("/blockIo/writeBytes").asLong()).isEqualTo(1200);
    assertThat(second.at("/cpu/usageNanos").asLong()).isBetween(2 * SECOND - 5, 2 * SECOND + 5);
    assertThat(second.at("/cpu/percentMax").asDouble()).isEqualTo(10);
    assertThat(second.at("/memory/usedBytesLast").asLong()).isEqualTo(1000);
    assertThat(second.at("/memory/limitBytes").isNull()).isTrue();
    assertThat(second.at("/pressure/ioFullMicros").isNull()).isTrue();

    assertThat(http.json("/api/v1/containers/web/stats").at("/items")).as("the hour").hasSize(19);
    assertThat(http.json("/api/v1/containers/web/stats?from=-24h").at("/stepMillis").asLong())
        .isEqualTo(300_000);
    String part =
        "/api/v1/containers/web/stats?step=raw&from="
            + T.plusSeconds(60)
            + "&to="
            + T.plusSeconds(90);
    assertThat(http.json(part).at("/items")).hasSize(3);
    assertThat(http.json(part).at("/items/0/coveredMillis").asLong()).isEqualTo(10_000);
  }

  @Test
  void whatWasDestroyedKeepsItsHistory() {
    assertThat(http.get("/api/v1/containers/job").statusCode()).isEqualTo(404);
    assertThat(history("job", "1m").at("/items/0/cpu/usageNanos").asLong()).isEqualTo(100 * SECOND);
    JsonNode events = http.json("/api/v1/containers/job/events");
    assertThat(actions(events)).containsExactly("DESTROY");
    assertThat(http.get("/api/v1/containers/nobody/stats").statusCode()).isEqualTo(404);
  }

  @Test
  void theProjectThatUsedMostCpuIsTheFirst() {
    String window = "&from=" + T + "&to=" + T.plusSeconds(180);
    JsonNode projects = http.json("/api/v1/totals?by=project" + window);
    assertThat(projects.at("/by").asText()).isEqualTo("project");
    assertThat(projects.at("/from").asText()).isEqualTo(T.toString());
    assertThat(projects.at("/items/0/value").asText()).isEqualTo("shop");
    assertThat(projects.at("/items/0/containers").asInt()).isEqualTo(2);
    assertThat(projects.at("/items/0/hosts").asInt()).isEqualTo(2);
    // Seventeen steps of a third of a second lie between the eighteen readings.
    assertThat(projects.at("/items/0/cpu/usageNanos").asLong())
        .isBetween(105 * SECOND + SECOND / 2, 106 * SECOND);
    assertThat(projects.at("/items/0/network/rxBytes").asLong()).isEqualTo(1700);
    assertThat(projects.at("/items/0/memory/usedBytes").isNull()).isTrue();
    assertThat(projects.at("/items/1/value").asText()).isEqualTo("bank");
    assertThat(projects.at("/items/1/cpu/percent").asDouble()).isBetween(6.2, 6.4);
    assertThat(projects.at("/nextCursor").isNull()).isTrue();

    JsonNode first = http.json("/api/v1/totals?by=project&limit=1" + window);
    JsonNode next =
        http.json(
            "/api/v1/totals?by=project&limit=1"
                + window
                + "&cursor="
                + first.at("/nextCursor").asText());
    assertThat(next.at("/items/0/value").asText()).isEqualTo("bank");
    assertThat(
            http.json("/api/v1/top?by=cpu&limit=1" + window).at("/items/0/containerName").asText())
        .isEqualTo("job");
    assertThat(http.json("/api/v1/top?project=bank" + window).at("/items")).hasSize(1);
  }

  @Test
  void totalsOfNowAreThoseOfWhatRuns() {
    JsonNode all = http.json("/api/v1/totals");
    assertThat(all.at("/items")).hasSize(1);
    assertThat(all.at("/items/0/value").isNull()).isTrue();
    assertThat(all.at("/items/0/containers").asInt()).isEqualTo(2);
    assertThat(all.at("/items/0/staleContainers").asInt()).isEqualTo(2);
    assertThat(all.at("/items/0/cpu/percent").asDouble()).isEqualTo(20);
    assertThat(all.at("/items/0/memory/usedBytes").asLong()).isEqualTo(2000);
    assertThat(all.at("/items/0/network/rxBytesPerSecond").asDouble()).isEqualTo(30);
    assertThat(http.json("/api/v1/totals?by=host").at("/items")).hasSize(2);
    assertThat(http.json("/api/v1/totals?by=label:tier&host=h1").at("/items/0/value").asText())
        .isEqualTo("web");
    JsonNode most = http.json("/api/v1/top?by=network&limit=1");
    assertThat(most.at("/items/0/containerName").asText()).isEqualTo("db");
    assertThat(most.at("/items/0/network/rxBytesPerSecond").asDouble()).isEqualTo(20);
    assertThat(http.json("/api/v1/containers/db").at("/rates/writeBytesPerSecond").asDouble())
        .isEqualTo(40);
  }

  @Test
  void whatRestartedIsFoundByActionAndTime() {
    assertThat(actions(http.json("/api/v1/events?action=START,RESTART,DIE&from=-1h")))
        .containsExactly("START", "DIE");
    assertThat(actions(http.json("/api/v1/containers/web/events?action=die")))
        .containsExactly("DIE");
    assertThat(actions(http.json("/api/v1/events?host=h2.example"))).containsExactly("DESTROY");
    assertThat(actions(http.json("/api/v1/events?container=web&limit=1"))).containsExactly("START");
    assertThat(actions(http.json("/api/v1/events?container=" + WEB))).hasSize(2);
    assertThat(actions(http.json("/api/v1/events?from=-1m"))).isEmpty();
  }

  @Test
  void gapsAreThoseThatOverlapTheRange() {
    JsonNode gaps = http.json("/api/v1/gaps");
    assertThat(gaps.at("/items/0/hostName").asText()).isEqualTo("h2.example");
    assertThat(gaps.at("/items/1/reason").asText()).isEqualTo("AGENT_DOWN");
    String around = "/api/v1/gaps?from=" + T.plusSeconds(12) + "&to=" + T.plusSeconds(15);
    assertThat(http.json(around).at("/items")).hasSize(1);
    assertThat(http.json("/api/v1/gaps?host=h1.example").at("/items")).hasSize(1);
    assertThat(http.json("/api/v1/gaps?stream=EVENTS").at("/items")).isEmpty();
    assertThat(http.json("/api/v1/gaps?reason=SPOOL_FULL,AGENT_DOWN").at("/items")).hasSize(2);
  }

  @Test
  void anAlertIsOneThingFromBeginToEnd() {
    JsonNode alerts = http.json("/api/v1/alerts");
    assertThat(alerts.at("/items/0/active").asBoolean()).isTrue();
    assertThat(alerts.at("/items/0/clearedAt").isNull()).isTrue();
    assertThat(alerts.at("/items/1/phase").asText()).isEqualTo("CLEARED");
    assertThat(alerts.at("/items/1/raisedAt").asText()).isEqualTo(T.toString());
    assertThat(alerts.at("/items/1/clearedAt").asText()).isEqualTo(T.plusSeconds(30).toString());
    assertThat(http.json("/api/v1/alerts?active=true").at("/items")).hasSize(1);
    assertThat(http.json("/api/v1/alerts?resource=MEMORY").at("/items")).isEmpty();
    assertThat(http.json("/api/v1/alerts?container=web").at("/items")).hasSize(1);
  }

  @Test
  void theOrchestratorsPathsHaveItsKeys() {
    JsonNode all = http.json("/engines/stats/all");
    assertThat(keys(all)).containsExactlyInAnyOrder(WEB, DB);
    assertThat(keys(all.at("/" + WEB)))
        .containsExactly(
            "container_id",
            "cpu_percent",
            "memory_usage",
            "memory_limit",
            "memory_percent",
            "network_rx_bytes",
            "network_tx_bytes",
            "block_read_bytes",
            "block_write_bytes");
    HttpResponse<String> one = http.get("/engines/" + DB.substring(0, 12) + "/stats");
    assertThat(HttpClientOf.parse(one)).isEqualTo(all.at("/" + DB));
    assertThat(one.headers().firstValue("tallyman-as-of"))
        .hasValueSatisfying(asOf -> assertThat(Instant.parse(asOf)).isAfter(T));
    JsonNode total = http.json("/engines/stats/total");
    assertThat(total.toString())
        .isEqualTo(
            "{\"total_cpu_percent\":20.0,\"total_memory_usage\":2000,\"total_network_rx_bytes\":5400,"
                + "\"total_network_tx_bytes\":0,\"total_block_read_bytes\":5400,"
                + "\"total_block_write_bytes\":10800,\"container_count\":2}");
    HttpResponse<String> none = http.get("/engines/job/stats");
    assertThat(none.statusCode()).isEqualTo(404);
    assertThat(none.body()).isEqualTo("{\"detail\":\"Container not found or stats unavailable\"}");
  }

  @Test
  void wrongParametersAreNamed() {
    for (String path :
        List.of(
            "/api/v1/containers/web/stats?step=7s step",
            "/api/v1/containers/web/stats?step=raw&from=-5h step",
            "/api/v1/containers/web/stats?from=-1m&to=-2m from",
            "/api/v1/containers/web/stats?limit=3 limit",
            "/api/v1/containers/web/events?container=x container",
            "/api/v1/totals?by=colour by",
            "/api/v1/totals?cursor=%21 cursor",
            "/api/v1/totals?from=-48h&to=-30h from",
            "/api/v1/top?by=memory&from=-1h by",
            "/api/v1/top?limit=101 limit",
            "/api/v1/gaps?stream=LOGS stream",
            "/api/v1/gaps?reason=x reason",
            "/api/v1/alerts?active=maybe active",
            "/api/v1/events?from=-1y from")) {
      String[] parts = path.split(" ", 2);
      HttpResponse<String> answer = http.get(parts[0]);
      assertThat(answer.statusCode()).as(path).isEqualTo(400);
      assertThat(HttpClientOf.parse(answer).at("/parameter").asText()).as(path).isEqualTo(parts[1]);
    }
  }

  private static JsonNode history(String container, String step) {
    HttpResponse<String> answer =
        http.get("/api/v1/containers/" + container + "/stats?step=" + step);
    return HttpClientOf.parse(answer);
  }

  private static List<String> keys(JsonNode object) {
    List<String> keys = new ArrayList<>();
    object.fieldNames().forEachRemaining(keys::add);
    return keys;
  }

  private static List<String> actions(JsonNode page) {
    return StreamSupport.stream(page.at("/items").spliterator(), false)
        .map(item -> item.at("/action").asText())
        .toList();
  }

  private static ContainerStats project(String project, ContainerStats sample) {
    return ContainerStats.newBuilder(sample).setProject(project).build();
  }
}
