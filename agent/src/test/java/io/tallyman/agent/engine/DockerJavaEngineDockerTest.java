package io.tallyman.agent.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The facade against the engine of this machine. */
@Tag("docker")
@SuppressWarnings("NullAway") // A null where a value must be fails the test anyhow.
class DockerJavaEngineDockerTest {

  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final String UNKNOWN_ID = "0123456789abcdef".repeat(4);

  private final RealEngine real = new RealEngine();
  private final DockerJavaEngine engine = new DockerJavaEngine(real.endpoint());

  @AfterEach
  void close() throws Exception {
    engine.close();
    real.close();
  }

  @Test
  void infoAgreesOnAVersionAndTellsWhoTheEngineIs() {
    EngineInfo info = engine.info();

    assertThat(info.engineId()).isNotBlank();
    assertThat(info.cpus()).isEqualTo(Runtime.getRuntime().availableProcessors());
    assertThat(info.osType()).isEqualTo("linux");
    assertThat(ApiVersion.parse(info.apiVersion())).isBetween(ApiVersion.OLDEST, ApiVersion.NEWEST);
  }

  @Test
  void listAndInspectTellTheSameOfAContainer() {
    String id =
        real.create(
            "tallyman-inspected",
            Map.of("a.b/c", "d \"e\" é"),
            "{\"NanoCpus\":500000000,\"Memory\":33554432,\"PidsLimit\":50,\"NetworkMode\":\"none\"}",
            "sleep",
            "1000");
    real.start(id);

    ContainerSummary row =
        engine.list().stream().filter(c -> c.id().equals(id)).findFirst().orElseThrow();
    ContainerDetails details = engine.inspect(id, TIMEOUT);

    assertThat(row.name()).isEqualTo("tallyman-inspected").isEqualTo(details.name());
    assertThat(row.state()).isEqualTo("running").isEqualTo(details.status());
    assertThat(row.networkMode()).isEqualTo("none").isEqualTo(details.networkMode());
    assertThat(row.labels()).containsEntry("a.b/c", "d \"e\" é").isEqualTo(details.labels());
    assertThat(details.cpuLimit()).isEqualTo(0.5);
    assertThat(details.memoryLimitBytes()).isEqualTo(33554432L);
    assertThat(details.pidsLimit()).isEqualTo(50L);
    assertThat(details.pid()).isPositive();
    assertThat(details.startedAt()).isAfterOrEqualTo(details.createdAt());
    assertThat(details.toString()).doesNotContain("do-not-read");
  }

  @Test
  void anUnknownContainerIsNotFound() {
    assertThatThrownBy(() -> engine.inspect(UNKNOWN_ID, TIMEOUT))
        .isInstanceOf(EngineException.NotFound.class)
        .hasMessageContaining("No such container");
    assertThatThrownBy(() -> engine.readStats(UNKNOWN_ID, TIMEOUT))
        .isInstanceOf(EngineException.NotFound.class);
    assertThatThrownBy(() -> engine.streamStats(UNKNOWN_ID))
        .isInstanceOf(EngineException.NotFound.class);
  }

  @Test
  void theEventsOfAContainersLifeArriveInOrder() throws Exception {
    long since = nanos(Instant.now());
    try (EventStream events = engine.events(EventQuery.lifecycleSince(since))) {
      String id = real.run("tallyman-events", Map.of("team", "blue"), "sleep", "1000");
      CompletableFuture<List<EngineEvent>> read =
          CompletableFuture.supplyAsync(() -> until(events, id, "destroy"));
      real.kill(id);
      real.remove(id);

      List<EngineEvent> seen = read.get(60, TimeUnit.SECONDS);
      assertThat(seen)
          .extracting(EngineEvent::action)
          .startsWith("create", "start")
          .contains("kill", "die")
          .endsWith("destroy");
      assertThat(seen).allSatisfy(e -> assertThat(e.timeNanos()).isGreaterThanOrEqualTo(since));
      assertThat(seen.getFirst().attributes())
          .containsEntry("team", "blue")
          .containsEntry("name", "tallyman-events");
    }
  }

  @Test
  void aReadOfThePastEndsAtItsEnd() {
    Instant before = Instant.now();
    String id = real.run("tallyman-past", Map.of(), "sleep", "1000");
    EventQuery past = new EventQuery(nanos(before), nanos(Instant.now()), true);

    List<EngineEvent> events = new ArrayList<>();
    try (EventStream stream = engine.events(past)) {
      for (EngineEvent e = stream.next(); e != null; e = stream.next()) {
        events.add(e);
      }
    }
    assertThat(events)
        .filteredOn(e -> e.containerId().equals(id))
        .extracting(EngineEvent::action)
        .containsExactly("create", "start");
  }

  @Test
  void closingAnEventStreamEndsTheReadThatWaits() throws Exception {
    EventStream events = engine.events(EventQuery.lifecycleSince(nanos(Instant.now())));
    CompletableFuture<Throwable> end = CompletableFuture.supplyAsync(() -> endOf(events));
    assertThatThrownBy(() -> end.get(300, TimeUnit.MILLISECONDS))
        .isInstanceOf(TimeoutException.class);

    events.close();

    assertThat(end.get(30, TimeUnit.SECONDS)).isInstanceOf(EngineException.Unreachable.class);
  }

  @Test
  void readingsOfARunningContainerHaveCountersAndThoseOfAStoppedOneNoTime() {
    String id = real.run("tallyman-reading", Map.of(), "sleep", "1000");

    StatsReading reading = engine.readStats(id, TIMEOUT);
    assertThat(reading.readAt()).isCloseTo(Instant.now(), within(30, ChronoUnit.SECONDS));
    assertThat(reading.cpu().totalNanos()).isPositive();
    assertThat(reading.cpu().onlineCpus()).isEqualTo(Runtime.getRuntime().availableProcessors());
    assertThat(reading.memory().usageBytes()).isPositive();
    assertThat(reading.networks()).containsKey("eth0");

    real.kill(id);
    assertThat(engine.readStats(id, TIMEOUT).readAt()).isNull();
  }

  @Test
  void aStreamOfReadingsGoesOnUntilItIsClosed() {
    String id = real.run("tallyman-stream", Map.of(), "sleep", "1000");
    try (StatsStream stream = engine.streamStats(id)) {
      Instant first = stream.next().readAt();
      Instant second = stream.next().readAt();
      assertThat(second).isAfter(first);
    }
  }

  @Test
  void aCallThatTakesTooLongIsCut() {
    String id = real.run("tallyman-cut", Map.of(), "sleep", "1000");
    long start = System.nanoTime();
    assertThatThrownBy(() -> engine.readStats(id, Duration.ofNanos(1000)))
        .isInstanceOf(EngineException.Unreachable.class)
        .hasMessageContaining("within");
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(TIMEOUT);
    assertThat(engine.readStats(id, TIMEOUT).readAt()).isNotNull();
  }

  /** Reads on, past the events of whatever else runs on this machine. */
  private static Throwable endOf(EventStream events) {
    try {
      for (EngineEvent e = events.next(); e != null; e = events.next()) {
        assertThat(e.containerId()).isNotEmpty();
      }
      return new AssertionError("ended by the engine");
    } catch (EngineException e) {
      return e;
    }
  }

  private static List<EngineEvent> until(EventStream events, String id, String action) {
    List<EngineEvent> seen = new ArrayList<>();
    for (EngineEvent e = events.next(); e != null; e = events.next()) {
      if (e.containerId().equals(id)) {
        seen.add(e);
        if (e.action().equals(action)) {
          return seen;
        }
      }
    }
    return seen;
  }

  private static long nanos(Instant time) {
    return time.getEpochSecond() * 1_000_000_000L + time.getNano();
  }
}
