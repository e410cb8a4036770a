package io.tallyman.agent.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallyman.agent.engine.EngineException;
import io.tallyman.agent.engine.EngineInfo;
import io.tallyman.agent.engine.UnaskedEngine;
import io.tallyman.agent.identity.AgentIdentity;
import io.tallyman.agent.spool.Spool;
import io.tallyman.schemas.ReleasedSchemas;
import io.tallyman.schemas.TallymanDeserializer;
import io.tallyman.v1.HostStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.RoundRobinPartitioner;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HeartbeatsTest {

  private static final Instant STARTED = Instant.parse("2026-03-01T12:00:00Z");

  private final MockProducer<byte[], byte[]> producer =
      new MockProducer<>(
          true, new RoundRobinPartitioner(), new ByteArraySerializer(), new ByteArraySerializer());
  @TempDir private Path directory;
  private KafkaLane lane;

  @BeforeEach
  void open() throws IOException {
    lane =
        KafkaLane.events(
            LaneSettings.events(directory, 4 << 20),
            new LaneTools(Spool::open, "", () -> {}, () -> producer, Clock.systemUTC(), Set.of()));
  }

  @AfterEach
  void close() {
    lane.close();
  }

  private static EngineInfo info(int running) {
    return new EngineInfo(
        "engine-1",
        "box",
        "28.5",
        "1.51",
        null,
        null,
        2,
        null,
        4,
        1L,
        running,
        0,
        0,
        1,
        null,
        null);
  }

  private Heartbeats heartbeats(Supplier<EngineInfo> answer) {
    UnaskedEngine engine =
        new UnaskedEngine() {
          @Override
          public EngineInfo info() {
            return answer.get();
          }
        };
    AgentIdentity identity = new AgentIdentity("host-1", "box", "agent-1", 3, "run-1");
    HostStatusMapper mapper =
        new HostStatusMapper(identity, "1", Duration.ofSeconds(5), Map.of(), STARTED);
    return new Heartbeats(
        engine,
        info(1),
        mapper,
        () -> "engine",
        List.of(lane),
        lane,
        () -> 5,
        told -> {},
        Clock.systemUTC());
  }

  /** The first of this kind. */
  private HostStatus heartbeat(Predicate<HostStatus> wanted) {
    lane.start((stream, reason, from, to, lost, whenSafe) -> {}, () -> {});
    return Awaitility.await()
        .atMost(Heartbeats.PERIOD.multipliedBy(3))
        .until(this::sent, statuses -> statuses.stream().anyMatch(wanted))
        .stream()
        .filter(wanted)
        .findFirst()
        .orElseThrow();
  }

  private List<HostStatus> sent() {
    try (TallymanDeserializer deserializer =
        new TallymanDeserializer(ReleasedSchemas.resolver(), Clock.systemUTC())) {
      return producer.history().stream()
          .map(sent -> (HostStatus) deserializer.read(sent.topic(), sent.value()))
          .toList();
    }
  }

  @Test
  void aHeartbeatTellsWhatTheEngineTellsNow() {
    try (Heartbeats heartbeats = heartbeats(() -> info(7))) {
      heartbeats.start();
      // On a slow machine an answer may come too late for the first.
      HostStatus status = heartbeat(next -> next.getContainersRunning() != null);
      assertThat(status.getContainersRunning()).isEqualTo(7);
      assertThat(status.getHostId()).isEqualTo("host-1");
      assertThat(status.getLanes()).hasSize(1);
      assertThat(status.getGaps()).isEqualTo(5);
    }
  }

  @Test
  void theEngineIsAskedThoughKafkaWasNeverReached() {
    EngineException gone = new EngineException.Unreachable("gone", null);
    try (Heartbeats heartbeats =
        heartbeats(() -> {
          throw gone;
        })) {
      heartbeats.start();
      Awaitility.await().until(() -> !heartbeats.engineAnswers());
    }
  }

  @Test
  void anEngineThatHangsHoldsUpNoHeartbeatAndItsFiguresAreLeftOut() {
    CountDownLatch hung = new CountDownLatch(1);
    try (Heartbeats heartbeats = heartbeats(() -> whenReleased(hung))) {
      heartbeats.start();
      HostStatus status = heartbeat(any -> true);
      assertThat(status.getContainersRunning()).isNull();
      assertThat(status.getEngineVersion()).isEqualTo("28.5");
      assertThat(heartbeats.engineAnswers()).isFalse();
    } finally {
      hung.countDown();
    }
  }

  private static EngineInfo whenReleased(CountDownLatch hung) {
    try {
      hung.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new EngineException.Unreachable("hung", null);
  }
}
