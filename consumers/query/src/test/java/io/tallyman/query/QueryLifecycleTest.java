package io.tallyman.query;

import static io.tallyman.query.FleetRecords.event;
import static io.tallyman.query.FleetRecords.host;
import static io.tallyman.query.FleetRecords.id;
import static io.tallyman.query.FleetRecords.sample;
import static io.tallyman.query.FleetRecords.state;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.tallyman.broker.BrokerConfig;
import io.tallyman.broker.EmbeddedBroker;
import io.tallyman.query.topology.Retention;
import io.tallyman.schemas.TopicSettings;
import io.tallyman.v1.Action;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happens when Kafka or the service goes away and comes back. */
@Tag("kafka")
class QueryLifecycleTest {

  private static final Duration STARTED = Duration.ofSeconds(60);

  /** Far below the time after which Kafka gives up on a member that has not said good-bye. */
  private static final Duration RESTARTED = Duration.ofSeconds(9);

  private static final String CONTAINER = id("abcdef");

  @TempDir Path directory;

  @Test
  void withKafkaAwayTheAgeStandsStillAndIsToldAndThenGoesOn() {
    // Behind the broker's, whose time of the append would count otherwise.
    ManualClock clock = new ManualClock(Instant.now().minus(Duration.ofMinutes(5)));
    EmbeddedBroker broker = broker(0);
    int port = broker.port();
    try (RunningQuery query = QueryApplication.start(config(port, 0), QueryAccess.open(), clock);
        HttpClientOf http = new HttpClientOf(query.url())) {
      awaitRunning(query, STARTED);
      publish(port, clock.instant());
      JsonNode before = awaitSample(http, clock.instant());
      assertThat(before.at("/items/0/stale").asBoolean(true)).isFalse();
      assertThat(http.json("/api/v1/service").at("/stale").asBoolean(true)).isFalse();

      broker.close();
      clock.advance(Duration.ofSeconds(40));
      await()
          .during(Duration.ofSeconds(3))
          .atMost(Duration.ofSeconds(10))
          .untilAsserted(() -> {
            JsonNode paused = http.json("/api/v1/containers");
            assertThat(paused.at("/asOf")).isEqualTo(before.at("/asOf"));
            assertThat(paused.at("/items/0/stale").asBoolean()).isTrue();
            assertThat(paused.at("/items/0/stats/sampledAt"))
                .isEqualTo(before.at("/items/0/stats/sampledAt"));
          });
      JsonNode service = http.json("/api/v1/service");
      assertThat(service.at("/asOf")).isEqualTo(before.at("/asOf"));
      assertThat(service.at("/stale").asBoolean()).isTrue();
      assertThat(http.json("/api/v1/hosts/h1").at("/stale").asBoolean()).isTrue();

      broker = broker(port);
      publish(port, clock.instant());
      JsonNode after = awaitSample(http, clock.instant());
      assertThat(after.at("/items/0/stale").asBoolean(true)).isFalse();
    } finally {
      broker.close();
    }
  }

  @Test
  void aRestartAnswersAsBeforeWithItsStateAndWithout() throws IOException {
    Instant time = new ManualClock(Instant.now()).instant();
    try (EmbeddedBroker broker = broker(0)) {
      JsonNode before;
      try (RunningQuery query = QueryApplication.start(config(broker.port(), 0));
          HttpClientOf http = new HttpClientOf(query.url())) {
        awaitRunning(query, STARTED);
        publish(broker.port(), time);
        awaitSample(http, time);
        before = answers(http);
      }
      assertThat(restarted(broker)).isEqualTo(before);
      deleteState();
      assertThat(restarted(broker)).isEqualTo(before);
    }
  }

  @Test
  void whatKeepsTheServiceFromRunningIsSaidAndTriedAgain() {
    try (EmbeddedBroker broker = broker(0)) {
      RunningQuery second;
      try (RunningQuery first = QueryApplication.start(config(broker.port(), 0))) {
        awaitRunning(first, STARTED);
        second = QueryApplication.start(config(broker.port(), 0));
        await().atMost(STARTED).until(() -> second.state() == QueryState.FAILED);
        assertThat(second.problem()).contains("state directory");
        assertThat(first.state()).isEqualTo(QueryState.RUNNING);
      }
      try (second) {
        awaitRunning(second, STARTED);
        assertThat(second.problem()).isNull();
      }
    }
  }

  @Test
  void withoutKafkaTheServiceStartsAndSaysThatItIsNotReady() {
    long begin;
    try (RunningQuery query = QueryApplication.start(config(1, 0));
        HttpClientOf http = new HttpClientOf(query.url())) {
      HttpResponse<String> answer = http.get("/api/v1/containers");
      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(answer.headers().firstValue("retry-after")).hasValue("1");
      assertThat(answer.headers().firstValue("content-type")).hasValue("application/problem+json");
      assertThat(http.get("/api/v1/stream").statusCode()).isEqualTo(503);
      assertThat(http.get("/subjects").statusCode()).isEqualTo(503);
      assertThat(http.get("/health/readiness").statusCode()).isEqualTo(503);
      assertThat(http.get("/health/liveness").statusCode()).isEqualTo(200);
      assertThat(http.get("/").statusCode()).isEqualTo(200);
      JsonNode service = http.json("/api/v1/service");
      assertThat(service.at("/state").asText()).isIn("STARTING", "FAILED");
      assertThat(service.at("/problem").asText()).isNotEmpty();
      begin = System.nanoTime();
    }
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(2));
  }

  @Test
  void aPortInUseIsSaidInOneLine() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      assertThatThrownBy(() -> QueryApplication.start(config(1, taken.getLocalPort())))
          .isInstanceOf(QueryStartException.class)
          .hasMessageContaining("Port " + taken.getLocalPort())
          .hasMessageNotContaining("\n");
    }
  }

  private JsonNode restarted(EmbeddedBroker broker) {
    try (RunningQuery query = QueryApplication.start(config(broker.port(), 0));
        HttpClientOf http = new HttpClientOf(query.url())) {
      awaitRunning(query, RESTARTED);
      return answers(http);
    }
  }

  private static JsonNode answers(HttpClientOf http) {
    var all = com.fasterxml.jackson.databind.node.JsonNodeFactory.instance.objectNode();
    all.set("containers", http.json("/api/v1/containers"));
    all.set("hosts", http.json("/api/v1/hosts"));
    all.set("events", http.json("/api/v1/events"));
    all.set("serviceAsOf", http.json("/api/v1/service").at("/asOf"));
    assertThat(all.at("/containers/items/0/stats").isObject()).isTrue();
    assertThat(all.at("/hosts/items")).hasSize(1);
    assertThat(all.at("/events/items")).hasSize(1);
    return all;
  }

  private static void publish(int port, Instant time) {
    try (FleetPublisher fleet = new FleetPublisher("127.0.0.1:" + port, "")) {
      fleet.send(
          host("h1", time),
          state("h1", CONTAINER, "app", "running", time),
          event("h1", CONTAINER, "app", Action.START, time),
          sample("h1", CONTAINER, "app", 1.5, time));
    }
  }

  private static JsonNode awaitSample(HttpClientOf http, Instant time) {
    return await()
        .atMost(Duration.ofSeconds(30))
        .ignoreExceptionsMatching(AssertionError.class::isInstance)
        .until(
            () -> http.json("/api/v1/containers"),
            list ->
                list.at("/items/0/stats/sampledAt").asText().equals(time.toString())
                    && list.at("/items/0/stateAsOf").asText().equals(time.toString())
                    && http.json("/api/v1/hosts").at("/asOf").asText().equals(time.toString())
                    && http.json("/api/v1/events").at("/items").size() > 0);
  }

  private static void awaitRunning(RunningQuery query, Duration atMost) {
    await().atMost(atMost).until(() -> query.state() == QueryState.RUNNING);
  }

  private EmbeddedBroker broker(int port) {
    return EmbeddedBroker.start(new BrokerConfig(directory.resolve("kafka"), port));
  }

  private QueryConfig config(int kafkaPort, int httpPort) {
    return new QueryConfig(
        "127.0.0.1:" + kafkaPort,
        Map.of(),
        new TopicSettings("", 1, OptionalInt.of(1)),
        "test",
        "127.0.0.1",
        httpPort,
        directory.resolve("state"),
        Retention.DEFAULT,
        false);
  }

  private void deleteState() throws IOException {
    try (Stream<Path> files = Files.walk(directory.resolve("state"))) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
