package io.tallyman.query;

import static io.tallyman.query.FleetRecords.counted;
import static io.tallyman.query.FleetRecords.event;
import static io.tallyman.query.FleetRecords.host;
import static io.tallyman.query.FleetRecords.id;
import static io.tallyman.query.FleetRecords.state;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.tallyman.testkit.KafkaExtension;
import io.tallyman.v1.Action;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
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
  private static final int PARTITIONS = 4;
  private static final int HOSTS = 24;
  private static final int READINGS = 3;
  private static final Duration BALANCED = Duration.ofSeconds(90);

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
        FleetPublisher fleet = new FleetPublisher(KAFKA.bootstrapServers(), prefix);
        ScheduledExecutorService agent = Executors.newSingleThreadScheduledExecutor()) {
      await().atMost(BALANCED).until(() -> ok(atOne, "/health/readiness"));
      publish(fleet);
      // So that nothing but copies makes a list stale.
      Future<?> heartbeats =
          agent.scheduleWithFixedDelay(
              () -> fleet.send(host("host-0", Instant.now())), 0, 1, TimeUnit.SECONDS);
      await().atMost(BALANCED).untilAsserted(() -> assertAnswersForAll(atOne));
      try (QueryProcess two = start(prefix, "two");
          HttpClientOf atTwo = client(two)) {
        await().atMost(BALANCED).until(() -> parts(atTwo, false) > 0 && parts(atOne, false) > 0);
        await().atMost(BALANCED).until(() -> parts(atOne, true) == PARTITIONS);
        await()
            .atMost(BALANCED)
            .untilAsserted(() -> {
              assertThat(parts(atOne, false) + parts(atTwo, false)).isEqualTo(PARTITIONS);
              assertAnswersForAll(atOne);
              assertAnswersForAll(atTwo);
            });
        assertThat(get(atOne, "/api/v1/totals").at("/stale").asBoolean(true)).isFalse();
        assertThat(atTwo.get("/internal/v1/latest?partitions=0").statusCode()).isEqualTo(401);
        assertNothingIsLeftOutWhenKilled(two, atOne);
      }
      assertThat(heartbeats.isDone()).as("the heartbeats ended").isFalse();
    }
  }

  private void assertNothingIsLeftOutWhenKilled(QueryProcess other, HttpClientOf survivor)
      throws InterruptedException {
    AtomicBoolean done = new AtomicBoolean();
    AtomicInteger stale = new AtomicInteger();
    AtomicInteger refused = new AtomicInteger();
    ConcurrentLinkedQueue<String> wrong = new ConcurrentLinkedQueue<>();
    List<Thread> clients =
        IntStream.range(0, 2)
            .mapToObj(n ->
                Thread.ofPlatform()
                    .start(() -> {
                      for (int i = n; !done.get(); i++) {
                        ask(survivor, i % HOSTS, stale, refused, wrong);
                      }
                    }))
            .toList();
    other.kill();
    try {
      await().atMost(BALANCED).until(() -> parts(survivor, false) == PARTITIONS);
      await().atMost(BALANCED).untilAsserted(() -> assertAnswersForAll(survivor));
      await()
          .atMost(BALANCED)
          .until(() -> !get(survivor, "/api/v1/totals").at("/stale").asBoolean(true));
    } finally {
      done.set(true);
      for (Thread client : clients) {
        client.join();
      }
    }
    System.out.printf("After a kill: %d stale answers, %d refused%n", stale.get(), refused.get());
    assertThat(wrong).isEmpty();
    assertThat(stale.get()).as("answers from copies").isPositive();
  }

  private static void ask(
      HttpClientOf http,
      int n,
      AtomicInteger stale,
      AtomicInteger refused,
      ConcurrentLinkedQueue<String> wrong) {
    for (String path :
        List.of("/api/v1/containers/" + container(n) + "/stats?step=raw", "/api/v1/totals")) {
      HttpResponse<String> answer = http.get(path, "Authorization", "Bearer " + TOKEN);
      if (answer.statusCode() == 503) {
        refused.incrementAndGet();
        if (answer.headers().firstValue("retry-after").isEmpty()) {
          wrong.add("503 without Retry-After");
        }
      } else if (answer.statusCode() != 200) {
        wrong.add(path + " gave " + answer.statusCode() + ": " + answer.body());
      } else {
        JsonNode body = HttpClientOf.parse(answer);
        boolean whole =
            path.endsWith("raw")
                ? body.at("/items").size() == READINGS
                : body.at("/items/0/containers").asInt() == HOSTS;
        if (!whole) {
          wrong.add(path + ": " + answer.body());
        }
        if (body.at("/stale").asBoolean() && path.endsWith("totals")) {
          stale.incrementAndGet();
        }
      }
    }
  }

  private static void assertAnswersForAll(HttpClientOf http) {
    for (int n = 0; n < HOSTS; n++) {
      String path = "/api/v1/containers/" + container(n);
      assertThat(get(http, path).at("/stats").isObject()).as(path).isTrue();
      assertThat(get(http, path + "/stats?step=raw").at("/items")).as(path).hasSize(READINGS);
      assertThat(get(http, path + "/events").at("/items")).as(path).hasSize(1);
    }
    List<String> names = new ArrayList<>();
    for (String cursor = ""; cursor != null; ) {
      JsonNode page = get(http, "/api/v1/events?limit=5" + cursor);
      StreamSupport.stream(page.at("/items").spliterator(), false)
          .forEach(item -> names.add(item.at("/containerName").asText()));
      cursor =
          page.at("/nextCursor").isNull() ? null : "&cursor=" + page.at("/nextCursor").asText();
    }
    assertThat(names)
        .isEqualTo(IntStream.range(0, HOSTS).mapToObj(n -> "c" + (HOSTS - 1 - n)).toList());
    JsonNode window = get(http, "/api/v1/totals?by=host&from=-20m");
    assertThat(window.at("/items")).hasSize(HOSTS);
    assertThat(window.at("/items/0/cpu/usageNanos").asLong()).isEqualTo((READINGS - 1) * 1000L);
  }

  /** How many partitions of the samples are here. */
  private static long parts(HttpClientOf http, boolean copies) {
    return IntStream.range(0, PARTITIONS)
        .filter(n -> ok(http, "/internal/v1/latest?partitions=" + n + "&standby=" + copies))
        .count();
  }

  private static boolean ok(HttpClientOf http, String path) {
    return http.get(path, "Authorization", "Bearer " + TOKEN).statusCode() == 200;
  }

  private static JsonNode get(HttpClientOf http, String path) {
    HttpResponse<String> answer = http.get(path, "Authorization", "Bearer " + TOKEN);
    assertThat(answer.statusCode()).as(path + ": " + answer.body()).isEqualTo(200);
    return HttpClientOf.parse(answer);
  }

  private static void publish(FleetPublisher fleet) {
    Instant begin = Instant.now().truncatedTo(ChronoUnit.MILLIS).minusSeconds(600);
    for (int n = 0; n < HOSTS; n++) {
      String host = "host-" + n;
      fleet.send(host(host, Instant.now()));
      fleet.send(state(host, container(n), "c" + n, "running", Instant.now()));
      fleet.send(event(host, container(n), "c" + n, Action.START, begin.plusMillis(n)));
      for (int i = 0; i < READINGS; i++) {
        Instant time = begin.plusSeconds(5L * i);
        fleet.send(counted(host, container(n), "c" + n, 1000L * i, i, time));
      }
    }
  }

  private static String container(int n) {
    return id("abcdef0123456789%02x".formatted(n));
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
