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
import io.tallyman.testkit.FreePort;
import io.tallyman.testkit.KafkaExtension;
import io.tallyman.v1.Action;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What happens when Kafka or the service goes away and comes back. */
@Tag("kafka")
class QueryLifecycleTest {

  private static final Duration STARTED = Duration.ofSeconds(60);

  /**
   * After so long Kafka gives up on a member that has not said good-bye: whoever is no longer in
   * the group long before has said it.
   */
  private static final Duration PATIENCE = Duration.ofMinutes(20);

  private static final Duration LEFT = Duration.ofMinutes(1);

  private static final int MANY = 500;

  /** Whose readings are kept, among them the one that began last. */
  private static final int KEPT_MINUTES = (int) Retention.DEFAULT.raw().toMinutes();

  /** A stretch of readings that begins among rolled up minutes and ends among those kept. */
  private static final int LONG_AGO = 90;

  private static final int LATELY = 30;

  /** Far below the minute that a producer waits for a broker. */
  private static final Duration CLOSED = Duration.ofSeconds(30);

  private static final String CONTAINER = id("abcdef");

  @RegisterExtension static final KafkaExtension KAFKA = new KafkaExtension();

  @TempDir Path directory;

  private final String prefix = KAFKA.uniquePrefix();

  /** A whole minute, so that it is known which one is the oldest whose readings are kept. */
  private final ManualClock clock = new ManualClock(Instant.now().truncatedTo(ChronoUnit.MINUTES));

  private double restored;

  @Test
  void withKafkaAwayTheAgeStandsStillAndIsToldAndThenGoesOn() {
    // Behind the broker's, whose time of the append would count otherwise.
    ManualClock clock = new ManualClock(Instant.now().minus(Duration.ofMinutes(5)));
    int port = FreePort.next();
    EmbeddedBroker broker = broker(port);
    try (RunningQuery query = QueryApplication.start(config(port, 0), QueryAccess.open(), clock);
        HttpClientOf http = new HttpClientOf(query.url())) {
      awaitRunning(query, STARTED);
      publish("127.0.0.1:" + port, "", clock.instant());
      JsonNode before = awaitSample(http, clock.instant());
      assertThat(before.at("/items/0/stale").asBoolean(true)).isFalse();
      assertThat(http.json("/api/v1/service").at("/stale").asBoolean(true)).isFalse();

      broker.close();
      clock.advance(Duration.ofSeconds(40));
      await()
          .during(Duration.ofSeconds(2))
          .atMost(Duration.ofSeconds(60))
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
      for (String list : List.of("containers", "hosts", "events", "totals", "totals?from=-1h")) {
        assertThat(http.json("/api/v1/" + list).at("/stale").asBoolean()).as(list).isTrue();
      }

      broker = broker(port);
      publish("127.0.0.1:" + port, "", clock.instant());
      JsonNode after = awaitSample(http, clock.instant());
      assertThat(after.at("/items/0/stale").asBoolean(true)).isFalse();
    } finally {
      broker.close();
    }
  }

  @Test
  void aRestartAnswersAsBeforeWithItsStateWithoutAndWithSpoiltState() throws IOException {
    long seed = System.nanoTime();
    System.out.println("Seed of the readings: " + seed);
    SentReadings sent = new SentReadings(clock.instant(), seed);
    Instant newest = sent.newest();
    JsonNode before;
    try (RunningQuery query = startedForGood();
        HttpClientOf http = new HttpClientOf(query.url());
        FleetPublisher fleet = new FleetPublisher(KAFKA.bootstrapServers(), prefix)) {
      awaitRunning(query, STARTED);
      fleet.send(
          host("h1", newest),
          state("h1", CONTAINER, "app", "running", newest),
          event("h1", CONTAINER, "app", Action.START, newest));
      sent.records("h1", CONTAINER, "app").forEach(fleet::send);
      awaitSample(http, newest);
      before = answers(http);
    }
    assertThatItLeft();
    assertIsWhatWasSent(before, sent);
    assertThat(restarted()).isEqualTo(before);
    assertThat(restored).as("with its state on disk").isZero();
    assertThatItLeft();
    deleteState();
    JsonNode rebuilt = restarted();
    assertIsWhatWasSent(rebuilt, sent);
    assertThat(rebuilt).isEqualTo(before);
    assertThat(restored).as("without").isPositive();
    assertThatItLeft();
    spoilState();
    assertThat(restarted()).isEqualTo(before);
    assertThat(restored).as("with state that cannot be read").isPositive();
    assertThatItLeft();
  }

  private static void assertIsWhatWasSent(JsonNode answers, SentReadings sent) {
    // Of the older ones there is only what they come to.
    assertThat(answers.at("/raw/items")).hasSize(KEPT_MINUTES * SentReadings.A_MINUTE);
    List<SentReadings.Minute> minutes = new ArrayList<>();
    answers.at("/history").forEach(item -> minutes.add(SentReadings.Minute.of(item)));
    assertThat(minutes).isEqualTo(sent.minutes());
    assertUsed(answers.at("/totals"), sent, 0, SentReadings.MINUTES);
    int from = SentReadings.MINUTES - LONG_AGO;
    assertUsed(answers.at("/totalsAcross"), sent, from, SentReadings.MINUTES - LATELY);
  }

  private static void assertUsed(JsonNode totals, SentReadings sent, int from, int to) {
    assertThat(totals).hasSize(1);
    assertThat(totals.at("/0/cpu/usageNanos").asLong()).isEqualTo(sent.usageNanos(from, to));
    assertThat(totals.at("/0/network/rxBytes").asLong()).isEqualTo(sent.rxBytes(from, to));
  }

  @Test
  void whatWasWrittenMeanwhileIsReadBeforeItAnswers() {
    Instant time = clock.instant().minusSeconds(60);
    try (RunningQuery query = startedForGood()) {
      awaitRunning(query, STARTED);
    }
    assertThatItLeft();
    publish(KAFKA.bootstrapServers(), prefix, time);
    try (FleetPublisher fleet = new FleetPublisher(KAFKA.bootstrapServers(), prefix)) {
      for (int n = 1; n <= MANY; n++) {
        fleet.send(event("h1", CONTAINER, "app", Action.START, time.plusMillis(n)));
      }
    }
    try (RunningQuery query = started();
        HttpClientOf http = new HttpClientOf(query.url())) {
      HttpResponse<String> newest =
          await()
              .atMost(STARTED)
              .pollInterval(Duration.ofMillis(10))
              .until(
                  () -> http.get("/api/v1/events?limit=1"),
                  response -> response.statusCode() != 503);
      assertThat(newest.body()).contains(time.plusMillis(MANY).toString());
      assertThat(http.get("/api/v1/containers/" + CONTAINER + "/stats").statusCode())
          .isEqualTo(200);
    }
  }

  @Test
  void whatKeepsTheServiceFromRunningIsSaidAndTriedAgain() {
    RunningQuery second;
    try (RunningQuery first = QueryApplication.start(shared())) {
      awaitRunning(first, STARTED);
      second = QueryApplication.start(shared());
      await().atMost(STARTED).until(() -> second.state() == QueryState.FAILED);
      assertThat(second.problem()).contains("state directory");
      assertThat(first.state()).isEqualTo(QueryState.RUNNING);
    }
    try (second) {
      awaitRunning(second, STARTED);
      assertThat(second.problem()).isNull();
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
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(CLOSED);
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

  private JsonNode restarted() {
    try (RunningQuery query = started();
        HttpClientOf http = new HttpClientOf(query.url())) {
      awaitRunning(query, STARTED);
      restored =
          http.get("/metrics")
              .body()
              .lines()
              .filter(line -> line.startsWith("tallyman_query_records_restored_total "))
              .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
              .sum();
      return answers(http);
    }
  }

  /** A start must wait for those who left without saying so, and for their state. */
  private void assertThatItLeft() {
    StreamsThreads.awaitEnd(shared().applicationId());
    await().atMost(LEFT).until(() -> members() == 0);
  }

  /** Of the group. */
  private int members() throws Exception {
    List<String> group = List.of(shared().applicationId());
    try (Admin admin = KAFKA.admin()) {
      return admin.describeConsumerGroups(group).all().get().values().stream()
          .mapToInt(found -> found.members().size())
          .sum();
    }
  }

  /** Nothing grows old meanwhile. */
  private RunningQuery started() {
    return QueryApplication.start(shared(), QueryAccess.open(), clock);
  }

  /** One that Kafka counts in for as long as it does not leave. */
  private RunningQuery startedForGood() {
    Map<String, String> properties =
        Map.of("main.consumer.session.timeout.ms", Long.toString(PATIENCE.toMillis()));
    return QueryApplication.start(
        config(KAFKA.bootstrapServers(), properties, prefix, 0), QueryAccess.open(), clock);
  }

  private JsonNode answers(HttpClientOf http) {
    var all = com.fasterxml.jackson.databind.node.JsonNodeFactory.instance.objectNode();
    all.set("containers", http.json("/api/v1/containers"));
    all.set("hosts", http.json("/api/v1/hosts"));
    all.set("events", http.json("/api/v1/events"));
    String stats = "/api/v1/containers/" + CONTAINER + "/stats?step=";
    all.set("raw", http.json(stats + "raw&from=" + minutesAgo(KEPT_MINUTES + 1)));
    all.set("history", http.json(stats + "1m&from=-4h").at("/items"));
    JsonNode totals = http.json("/api/v1/totals?from=-4h");
    assertThat(totals.at("/from").asText()).isEqualTo(minutesAgo(4 * 60).toString());
    all.set("totals", totals.at("/items"));
    String across = "from=" + minutesAgo(LONG_AGO) + "&to=" + minutesAgo(LATELY);
    all.set("totalsAcross", http.json("/api/v1/totals?" + across).at("/items"));
    all.set("serviceAsOf", http.json("/api/v1/service").at("/asOf"));
    assertThat(all.at("/containers/items/0/stats").isObject()).isTrue();
    assertThat(all.at("/hosts/items")).hasSize(1);
    assertThat(all.at("/events/items")).hasSize(1);
    return all;
  }

  private Instant minutesAgo(int minutes) {
    return clock.instant().minus(Duration.ofMinutes(minutes));
  }

  private static void publish(String kafka, String prefix, Instant time) {
    try (FleetPublisher fleet = new FleetPublisher(kafka, prefix)) {
      fleet.send(
          host("h1", time),
          state("h1", CONTAINER, "app", "running", time),
          event("h1", CONTAINER, "app", Action.START, time),
          sample("h1", CONTAINER, "app", 1.5, time));
    }
  }

  private static JsonNode awaitSample(HttpClientOf http, Instant time) {
    return await()
        .atMost(Duration.ofSeconds(60))
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
    return config("127.0.0.1:" + kafkaPort, "", httpPort);
  }

  /** On the broker that other tests use, too. */
  private QueryConfig shared() {
    return config(KAFKA.bootstrapServers(), prefix, 0);
  }

  private QueryConfig config(String kafka, String prefix, int httpPort) {
    return config(kafka, Map.of(), prefix, httpPort);
  }

  private QueryConfig config(
      String kafka, Map<String, String> properties, String prefix, int httpPort) {
    return new QueryConfig(
        kafka,
        properties,
        new TopicSettings(prefix, 1, OptionalInt.of(1)),
        "test",
        "127.0.0.1",
        httpPort,
        directory.resolve("state"),
        Retention.DEFAULT,
        false);
  }

  private void spoilState() throws IOException {
    byte[] garbage = "This is no state of anything.".repeat(100).getBytes(StandardCharsets.UTF_8);
    int spoilt = 0;
    try (Stream<Path> files = Files.walk(directory.resolve("state"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (file.getFileName().toString().matches(".*\\.sst|MANIFEST.*")) {
          Files.write(file, garbage);
          spoilt++;
        }
      }
    }
    assertThat(spoilt).isPositive();
  }

  private void deleteState() throws IOException {
    try (Stream<Path> files = Files.walk(directory.resolve("state"))) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
