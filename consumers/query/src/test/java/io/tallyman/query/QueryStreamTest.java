package io.tallyman.query;

import static io.tallyman.query.FleetRecords.alert;
import static io.tallyman.query.FleetRecords.event;
import static io.tallyman.query.FleetRecords.gap;
import static io.tallyman.query.FleetRecords.id;
import static io.tallyman.query.FleetRecords.sample;
import static io.tallyman.query.FleetRecords.state;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tallyman.query.live.LiveFeed;
import io.tallyman.v1.Action;
import io.tallyman.v1.ContainerEvent;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The live stream of a whole service on a real broker. */
@Tag("kafka")
class QueryStreamTest {

  @RegisterExtension static final SharedQuery QUERY = new SharedQuery();

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String LOCALHOST = "localhost";

  private final HttpClientOf http = QUERY.http();
  private final FleetPublisher fleet = QUERY.fleet();
  private final LiveFeed feed = QUERY.service().context().getBean(LiveFeed.class);

  /** While the feed begins it may still end the streams of those who came too early. */
  @BeforeEach
  void awaitFeed() {
    await()
        .atMost(PATIENCE)
        .ignoreExceptionsMatching(AssertionError.class::isInstance)
        .until(() -> {
          try (StreamOf stream = stream("/api/v1/stream?types=gaps", null)) {
            return stream.joined().contentType().startsWith("text/event-stream");
          }
        });
  }

  @Test
  void theStreamBeginsWithASnapshotAndTellsWhatHappens() throws Exception {
    String id = id("f1");
    fleet.send(state("h1", id, "f-app", "running", now()), sample("h1", id, "f-app", 1, now()));
    await()
        .atMost(PATIENCE)
        .until(() -> http.json("/api/v1/containers?name=f-app").at("/items/0/stats").isObject());
    try (StreamOf stream = stream("/api/v1/stream?container=f-app&host=h1.example", null)) {
      assertThat(stream.contentType()).startsWith("text/event-stream");
      assertThat(stream.next("stats")).contains("\"snapshot\":true").contains("\"percent\":1.0");
      fleet.send(sample("h1", id, "f-app", 77, now()));
      String reading = stream.next("stats");
      if (reading.contains("\"percent\":1.0")) {
        // The feed may come to it later than the store that the snapshot is from.
        reading = stream.next("stats");
      }
      assertThat(reading).contains("\"snapshot\":false").contains("\"percent\":77.0");
      fleet.send(event("h1", id("f2"), "f-other", Action.DIE, now()));
      fleet.send(event("h1", id, "f-app", Action.DIE, now()));
      assertThat(stream.next("events")).contains("f-app").doesNotContain("f-other");
      fleet.send(gap("h2", now()), gap("h1", now()));
      assertThat(stream.next("gaps")).contains("\"h1\"").doesNotContain("\"h2\"");
      fleet.send(alert("h1", id, "f-app", now()));
      assertThat(stream.next("alerts")).contains("\"phase\":\"RAISED\"");
    }
  }

  @Test
  void whoComesBackGetsWhatHappenedMeanwhile() throws Exception {
    String path = "/api/v1/stream?types=events,alerts&container=r-app";
    String id = id("1f");
    String lastId;
    try (StreamOf stream = stream(path, null).joined()) {
      fleet.send(event("h1", id, "r-app", Action.CREATE, now()));
      assertThat(stream.next("events")).contains("CREATE");
      lastId = stream.lastId();
    }
    fleet.send(event("h1", id, "r-app", Action.START, now()));
    fleet.send(event("h1", id("1e"), "r-other", Action.START, now()));
    fleet.send(alert("h1", id, "r-app", now()));
    try (StreamOf stream = stream(path, lastId)) {
      assertThat(stream.next("events")).contains("START").doesNotContain("r-other", "CREATE");
      assertThat(stream.next("alerts")).contains("r-app");
      assertThat(stream.lastId()).isNotEqualTo(lastId);
    }
    try (StreamOf stream = stream(path, "e0-99999999999.e1-0.e2-0")) {
      assertThat(stream.next("reset")).contains("reason");
    }
    try (StreamOf stream = stream(path, "nonsense")) {
      assertThat(stream.next("reset")).contains("reason");
    }
  }

  @Test
  void hundredsOfClientsHearAnEventThatIsEncodedOnce() throws IOException {
    int count = 500;
    String id = id("ab");
    String path = "/api/v1/stream?types=events&container=" + id;
    await().atMost(PATIENCE).until(() -> feed.clients() == 0);
    List<RawSocket> clients = new ArrayList<>();
    try {
      for (int n = 0; n < count; n++) {
        RawSocket client = new RawSocket(QUERY.service().url(), 0);
        clients.add(client);
        client.request(path, LOCALHOST);
      }
      await().atMost(PATIENCE).until(() -> feed.clients() == count);
      long encoded = feed.framesEncoded();
      long sent = feed.framesSent();
      fleet.send(event("h1", id, "many-app", Action.DIE, now()));
      for (RawSocket client : clients) {
        assertThat(client.awaitLine("event: events")).isTrue();
        assertThat(client.awaitLine("data: ")).isTrue();
      }
      assertThat(feed.clients()).isEqualTo(count);
      await().atMost(PATIENCE).until(() -> feed.framesSent() - sent >= count);
      // That of the event, and signs of life.
      assertThat(feed.framesEncoded() - encoded).isBetween(1L, PATIENCE.toSeconds());
    } finally {
      for (RawSocket client : clients) {
        client.close();
      }
    }
  }

  @Test
  void aClientThatDoesNotReadItsStreamIsCut() throws IOException {
    String id = id("aa");
    String label = "x".repeat(200_000);
    await().atMost(PATIENCE).until(() -> feed.clients() == 0);
    try (RawSocket client = new RawSocket(QUERY.service().url(), 1024)) {
      client.request("/api/v1/stream?types=events&container=" + id, LOCALHOST);
      await().atMost(PATIENCE).until(() -> feed.clients() == 1);
      long sent = feed.framesSent();
      await()
          .atMost(Duration.ofMinutes(3))
          .pollInterval(Duration.ofMillis(1))
          .until(() -> {
            fleet.send(
                ContainerEvent.newBuilder(event("h1", id, "z-app", Action.OOM, now()))
                    .setLabels(Map.of("label", label))
                    .build());
            return feed.clients() == 0;
          });
      assertThat(client.isEndedByServer()).isTrue();
      assertThat(feed.framesSent() - sent)
          .as("what the kernel and one queue hold, and not another queue")
          .isLessThan(200);
    }
  }

  @Test
  void largeAnswersAreCompressedAndTheStreamIsNot() throws IOException {
    assertThat(raw("/metrics", "localhost")).containsIgnoringCase("content-encoding: gzip");
    assertThat(raw("/api/v1/hosts?limit=1", "localhost"))
        .doesNotContainIgnoringCase("access-control-allow");
    assertThat(raw("/api/v1/stream", "localhost"))
        .startsWith("HTTP/1.1 200")
        .doesNotContainIgnoringCase("content-encoding");
  }

  private StreamOf stream(String path, @Nullable String lastId) {
    return new StreamOf(http.open(path, lastId));
  }

  private static String raw(String path, String host) throws IOException {
    return RawSocket.head(QUERY.service().url(), path, host);
  }

  private static Instant now() {
    return Instant.now().truncatedTo(ChronoUnit.MICROS);
  }
}
