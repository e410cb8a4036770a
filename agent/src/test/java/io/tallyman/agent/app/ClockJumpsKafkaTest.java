package io.tallyman.agent.app;

import static io.tallyman.agent.app.AgentBench.eventually;
import static io.tallyman.agent.app.AgentBench.figuresAddUp;
import static org.assertj.core.api.Assertions.assertThat;

import io.tallyman.agent.JumpingClock;
import io.tallyman.agent.publish.Lane;
import io.tallyman.broker.BrokerConfig;
import io.tallyman.broker.EmbeddedBroker;
import io.tallyman.schemas.EventIds;
import io.tallyman.simulator.Call;
import io.tallyman.simulator.ContainerSpec;
import io.tallyman.simulator.Endpoint;
import io.tallyman.simulator.SimulatedEngine;
import io.tallyman.simulator.SimulatorConfig;
import io.tallyman.v1.ContainerEvent;
import io.tallyman.v1.Stream;
import io.tallyman.v1.StreamGap;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A host whose clock is set back and forward, with its engine and its agent. */
@Tag("kafka")
class ClockJumpsKafkaTest {

  private static final List<Duration> JUMPS = List.of(Duration.ofMinutes(-10), Duration.ofHours(2));

  @TempDir Path temporary;

  private final JumpingClock clock = new JumpingClock();
  private final Queue<String> happened = new ConcurrentLinkedQueue<>();
  private SimulatedEngine engine;
  private EmbeddedBroker broker;
  private RunningAgent agent;

  @BeforeEach
  void open() {
    engine =
        SimulatedEngine.start(
            SimulatorConfig.at(new Endpoint.UnixSocket(temporary.resolve("d.sock")))
                .manualClock(clock)
                .build());
    broker = EmbeddedBroker.start(new BrokerConfig(temporary.resolve("kafka"), 0));
    start();
    // Who the host is stands in its records only.
    engine.run(ContainerSpec.named("first").build());
    eventually(() -> assertThat(events()).hasSize(2));
    String hostId = events().getFirst().getHostId();
    events().forEach(event -> happened.add(event.getEventId()));
    engine.observe(event -> {
      if (event.type().equals("container")) {
        happened.add(
            EventIds.eventId(hostId, event.timeNanos(), event.action(), event.actorId(), null));
      }
    });
  }

  @AfterEach
  void close() {
    agent.close();
    engine.close();
    broker.close();
  }

  @Test
  void aClockThatIsSetBackAndForwardLosesNothing() {
    String id = engine.run(ContainerSpec.named("web").build());
    for (Duration jump : JUMPS) {
      allIsTold();
      clock.jump(jump);
      engine.signal(id, 1);
      allIsTold();
      readingsGoOn();

      disconnect();
      engine.signal(id, 2);
      clock.jump(jump);
      engine.signal(id, 3);
      reconnect();
      engine.signal(id, 4);
      allIsTold();
      disconnect();
      engine.signal(id, 5);
      reconnect();
      allIsTold();

      agent.close();
      engine.signal(id, 6);
      clock.jump(jump);
      engine.signal(id, 7);
      start();
      engine.signal(id, 8);
      allIsTold();
    }

    figuresAddUp(agent);
    assertThat(agent.status().lanes()).extracting(Lane.LaneSnapshot::dropped).containsOnly(0L);
    assertThat(agent.stop()).as("Kafka has not taken").isZero();
    assertThat(temporary.resolve("agent/spool")).isDirectoryNotContaining("glob:**rejected*");
    assertThat(events()).extracting(ContainerEvent::getEventId).doesNotHaveDuplicates();
    assertThat(events())
        .isSortedAccordingTo(
            Comparator.comparingLong(ContainerEvent::getIncarnation)
                .thenComparingLong(ContainerEvent::getSequence));
    assertThat(AgentBench.read(broker.bootstrapServers(), "docker.gaps.v1", StreamGap.class))
        .extracting(written -> Objects.requireNonNull(written.value()).getStream())
        .doesNotContain(Stream.EVENTS);
  }

  private void start() {
    agent =
        AgentApplication.start(
            AgentBench.config(
                engine.dockerHost(), broker.bootstrapServers(), temporary.resolve("agent")),
            clock);
    eventually(() -> assertThat(agent.status().watchingSince()).isNotNull());
  }

  /** The engine ends the stream and takes no other until {@link #reconnect}. */
  private void disconnect() {
    engine.faults().forbid(Call.EVENTS);
    engine.cutStreams();
    eventually(() -> assertThat(agent.status().watchingSince()).isNull());
  }

  private void reconnect() {
    engine.faults().clear();
    eventually(() -> assertThat(agent.status().watchingSince()).isNotNull());
  }

  private void allIsTold() {
    eventually(() ->
        assertThat(events())
            .extracting(ContainerEvent::getEventId)
            .containsExactlyInAnyOrderElementsOf(happened));
  }

  private void readingsGoOn() {
    long before = agent.status().readings();
    eventually(() -> assertThat(agent.status().readings()).isGreaterThan(before));
  }

  private List<ContainerEvent> events() {
    return AgentBench.read(broker.bootstrapServers(), "docker.events.v1", ContainerEvent.class)
        .stream()
        .map(written -> Objects.requireNonNull(written.value()))
        .toList();
  }
}
