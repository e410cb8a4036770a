package io.tallyman.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.tallyman.query.topology.Timeline;
import io.tallyman.query.topology.TimelineKey;
import io.tallyman.testkit.KafkaExtension;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two instances in two processes share the hosts, and each answers for all of them: what the other
 * has it fetches by TLS, from a certificate of the same issuer.
 */
@Tag("kafka")
class QueryInstancesTest {

  @RegisterExtension static final KafkaExtension KAFKA = new KafkaExtension();

  private static final String TOKEN = "a-token-of-this-test";
  private static final int PARTITIONS = 3;
  private static final int HOSTS = 24;
  private static final int READINGS = 3;
  private static final Duration BALANCED = Duration.ofSeconds(90);

  /** Between a reading with an event of one host and those of the next, while one is killed. */
  private static final long STEP_MILLIS = 50;

  private static final String SAMPLES = "/internal/v1/latest?partitions=%d&standby=%s";
  private static final String EVENTS =
      "/internal/v1/timeline?partitions=%d&standby=%s&limit=1000&store="
          + Timeline.EVENTS.store()
          + "&from="
          + TimelineKey.bound(Instant.EPOCH)
          + "&before="
          + TimelineKey.bound(Instant.MAX);

  @TempDir Path directory;

  private Certificates authority;

  @BeforeEach
  void makeAuthority() throws Exception {
    authority = new Certificates();
  }

  @Test
  void eachAnswersForAllHostsAndOneGoesOnAloneWithoutEverLeavingAnythingOut() throws Exception {
    String prefix = KAFKA.uniquePrefix();
    try (QueryProcess one = start(prefix, "one");
        HttpClientOf atOne = client(one);
        FleetPublisher publisher = new FleetPublisher(KAFKA.bootstrapServers(), prefix);
        ScheduledExecutorService agents = Executors.newSingleThreadScheduledExecutor()) {
      await().atMost(BALANCED).until(() -> ok(atOne, "/health/readiness"));
      NumberedFleet fleet = new NumberedFleet(publisher, HOSTS);
      fleet.introduce();
      for (int i = 0; i < READINGS * HOSTS; i++) {
        fleet.step();
      }
      // So that nothing but copies makes a list stale.
      ScheduledFuture<?> heartbeats =
          agents.scheduleWithFixedDelay(fleet::beat, 0, 1, TimeUnit.SECONDS);
      await().atMost(BALANCED).untilAsserted(() -> assertAnswersForAll(atOne, fleet));
      try (QueryProcess two = start(prefix, "two");
          HttpClientOf atTwo = client(two)) {
        await()
            .atMost(BALANCED)
            .untilAsserted(() -> {
              assertShareAndOneHasCopies(atOne, atTwo, SAMPLES);
              assertShareAndOneHasCopies(atOne, atTwo, EVENTS);
              assertAnswersForAll(atOne, fleet);
              assertAnswersForAll(atTwo, fleet);
              assertThat(get(atOne, "/api/v1/totals").at("/stale").asBoolean(true)).isFalse();
            });
        assertThat(atTwo.get("/internal/v1/latest?partitions=0").statusCode()).isEqualTo(401);
        assertNothingIsLeftOutWhenKilled(two, atOne, fleet, agents);
      }
      assertThat(heartbeats.isDone()).as("the heartbeats ended").isFalse();
    }
  }

  private static void assertNothingIsLeftOutWhenKilled(
      QueryProcess other,
      HttpClientOf survivor,
      NumberedFleet fleet,
      ScheduledExecutorService agents) {
    int before = fleet.sent();
    SteadyClients clients = new SteadyClients(survivor, TOKEN, fleet);
    ScheduledFuture<?> steps =
        agents.scheduleWithFixedDelay(fleet::step, 0, STEP_MILLIS, TimeUnit.MILLISECONDS);
    try (clients) {
      await().atMost(BALANCED).until(() -> fleet.sent() > before + HOSTS && clients.right() > 0);
      other.kill();
      int atTheKill = fleet.sent();
      await()
          .atMost(BALANCED)
          .untilAsserted(() -> {
            assertThat(held(survivor, SAMPLES, false)).hasSize(PARTITIONS);
            assertThat(held(survivor, EVENTS, false)).hasSize(PARTITIONS);
            assertThat(get(survivor, "/api/v1/totals").at("/stale").asBoolean(true)).isFalse();
          });
      assertThat(fleet.sent()).as("went on").isGreaterThan(atTheKill);
      assertThat(steps.isDone()).as("could not go on").isFalse();
    } finally {
      steps.cancel(false);
    }
    await().atMost(BALANCED).untilAsserted(() -> assertAnswersForAll(survivor, fleet));
    System.out.printf(
        "After a kill: %d right answers, %d totals and %d timelines from copies, %d refused%n",
        clients.right(), clients.staleTotals(), clients.staleTimelines(), clients.refused());
    assertThat(clients.wrong()).isEmpty();
    assertThat(clients.staleTotals()).as("totals from copies").isPositive();
    assertThat(clients.staleTimelines()).as("timelines from copies").isPositive();
  }

  private static void assertAnswersForAll(HttpClientOf http, NumberedFleet fleet) {
    for (int n = 0; n < HOSTS; n++) {
      String path = "/api/v1/containers/" + NumberedFleet.container(n);
      int sent = fleet.sent(n);
      assertThat(get(http, path).at("/stats").isObject()).as(path).isTrue();
      assertThat(fleet.hasReadings(get(http, path + "/stats?step=raw"), n, sent)).as(path).isTrue();
      assertThat(fleet.hasEvents(get(http, path + "/events?limit=1000"), n, sent))
          .as(path)
          .isTrue();
    }
    assertThat(namesOfAllEvents(http, Math.max(5, fleet.sent() / 10)))
        .isEqualTo(fleet.namesFromNewToOld());
    JsonNode window = get(http, "/api/v1/totals?by=host&from=-20m");
    assertThat(window.at("/items")).hasSize(HOSTS);
    assertThat(sum(window, "/cpu/usageNanos"))
        .isEqualTo((fleet.sent() - HOSTS) * NumberedFleet.STEP_NANOS);
  }

  private static List<String> namesOfAllEvents(HttpClientOf http, int pageSize) {
    List<String> names = new ArrayList<>();
    for (String cursor = ""; cursor != null; ) {
      JsonNode page = get(http, "/api/v1/events?limit=" + pageSize + cursor);
      page.at("/items").forEach(item -> names.add(item.at("/containerName").asText()));
      cursor =
          page.at("/nextCursor").isNull() ? null : "&cursor=" + page.at("/nextCursor").asText();
    }
    return names;
  }

  private static long sum(JsonNode page, String field) {
    return StreamSupport.stream(page.at("/items").spliterator(), false)
        .mapToLong(item -> item.at(field).asLong())
        .sum();
  }

  /** A copy must have what the original has: one that is being made can answer and be empty. */
  private static void assertShareAndOneHasCopies(HttpClientOf one, HttpClientOf two, String of) {
    Map<Integer, String> atOne = held(one, of, false);
    Map<Integer, String> atTwo = held(two, of, false);
    assertThat(atOne).isNotEmpty().hasSizeLessThan(PARTITIONS);
    assertThat(atTwo).hasSize(PARTITIONS - atOne.size());
    Map<Integer, String> all = new HashMap<>(atOne);
    all.putAll(atTwo);
    assertThat(held(one, of, true)).isEqualTo(all);
  }

  /** What is in the partitions that are here. */
  private static Map<Integer, String> held(HttpClientOf http, String of, boolean copies) {
    Map<Integer, String> held = new HashMap<>();
    for (int partition = 0; partition < PARTITIONS; partition++) {
      HttpResponse<String> answer =
          http.get(of.formatted(partition, copies), "Authorization", "Bearer " + TOKEN);
      if (answer.statusCode() == 200) {
        held.put(partition, answer.body());
      }
    }
    return held;
  }

  private static boolean ok(HttpClientOf http, String path) {
    return http.get(path, "Authorization", "Bearer " + TOKEN).statusCode() == 200;
  }

  private static JsonNode get(HttpClientOf http, String path) {
    HttpResponse<String> answer = http.get(path, "Authorization", "Bearer " + TOKEN);
    assertThat(answer.statusCode()).as(path + ": " + answer.body()).isEqualTo(200);
    return HttpClientOf.parse(answer);
  }

  private HttpClientOf client(QueryProcess instance) throws Exception {
    return new HttpClientOf(instance.url(), authority.client());
  }

  private QueryProcess start(String prefix, String name) throws Exception {
    return QueryProcess.start(
        KAFKA.bootstrapServers(),
        prefix,
        PARTITIONS,
        directory.resolve(name),
        TOKEN,
        authority.issue(directory, name));
  }
}
