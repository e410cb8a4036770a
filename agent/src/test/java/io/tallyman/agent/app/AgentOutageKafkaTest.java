package io.tallyman.agent.app;

import static io.tallyman.agent.app.AgentBench.eventually;
import static io.tallyman.agent.app.AgentBench.figure;
import static io.tallyman.agent.app.AgentBench.figuresAddUp;
import static io.tallyman.agent.app.AgentBench.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.tallyman.agent.KeptPort;
import io.tallyman.agent.publish.KafkaProxy;
import io.tallyman.agent.publish.KafkaProxy.Trouble;
import io.tallyman.agent.publish.Lane;
import io.tallyman.broker.BrokerConfig;
import io.tallyman.broker.EmbeddedBroker;
import io.tallyman.simulator.ContainerSpec;
import io.tallyman.simulator.Endpoint;
import io.tallyman.simulator.SimulatedEngine;
import io.tallyman.simulator.SimulatorConfig;
import io.tallyman.v1.ContainerEvent;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An agent whose broker goes away and comes back. */
@Tag("kafka")
class AgentOutageKafkaTest {

  private static final String KAFKA_REACHABLE = "tallyman_agent_kafka_reachable";

  /** So that a producer soon gives up what is refused again and again. */
  private static final Map<String, String> HASTY =
      Map.of("delivery.timeout.ms", "3000", "request.timeout.ms", "2000");

  @TempDir Path temporary;

  private SimulatedEngine engine;
  private EmbeddedBroker broker;

  @BeforeEach
  void open() {
    engine =
        SimulatedEngine.start(
            SimulatorConfig.at(new Endpoint.UnixSocket(temporary.resolve("d.sock"))).build());
    broker = EmbeddedBroker.start(new BrokerConfig(temporary.resolve("kafka"), KeptPort.next()));
  }

  @AfterEach
  void close() {
    engine.close();
    broker.close();
  }

  private RunningAgent start() {
    return AgentApplication.start(
        AgentBench.config(
            engine.dockerHost(), broker.bootstrapServers(), temporary.resolve("agent")));
  }

  private List<ContainerEvent> events() {
    return AgentBench.read(broker.bootstrapServers(), "docker.events.v1", ContainerEvent.class)
        .stream()
        .map(written -> Objects.requireNonNull(written.value()))
        .toList();
  }

  /** Of each event, in the order in which they came. */
  private Collection<ContainerEvent> firstReports() {
    Map<String, ContainerEvent> first = new LinkedHashMap<>();
    events().forEach(event -> first.putIfAbsent(event.getEventId(), event));
    return first.values();
  }

  @Test
  void whileTheBrokerIsAwayEventsWaitInOrder() {
    int port = broker.port();
    try (RunningAgent agent = start()) {
      engine.run(ContainerSpec.named("first").build());
      eventually(() -> assertThat(events()).hasSize(2));
      broker.close();
      for (int i = 0; i < 20; i++) {
        engine.run(ContainerSpec.named("c" + i).build());
      }
      eventually(() -> assertThat(agent.status().events()).isEqualTo(42));
      figuresAddUp(agent);
      eventually(() -> assertThat(agent.status().lanes().getFirst().spooled()).isPositive());

      broker = EmbeddedBroker.start(new BrokerConfig(temporary.resolve("kafka"), port));
      // What was on its way when the broker went may be there twice.
      eventually(() -> assertThat(firstReports()).hasSize(42));
      assertThat(firstReports()).extracting(ContainerEvent::getSequence).isSorted();
      eventually(() -> assertThat(agent.status().kafkaReachable()).isTrue());
    }
  }

  @Test
  void theMetricsShowThatTooFewReplicasAreInSync() throws IOException {
    try (KafkaProxy proxy = new KafkaProxy(broker.port());
        RunningAgent agent =
            AgentApplication.start(
                AgentBench.withKafka(
                    AgentBench.config(
                        engine.dockerHost(), proxy.bootstrapServers(), temporary.resolve("agent")),
                    HASTY))) {
      engine.run(ContainerSpec.named("first").build());
      eventually(() -> assertThat(eventIds()).hasSize(2));
      eventually(() -> kafkaTakesAll(get(agent, "/metrics").body()));
      proxy.trouble(Trouble.TOO_FEW_REPLICAS);
      engine.run(ContainerSpec.named("second").build());
      eventually(() -> {
        String metrics = get(agent, "/metrics").body();
        assertThat(figure(metrics, KAFKA_REACHABLE)).isZero();
        assertThat(figure(metrics, "events", "spooled")).isGreaterThanOrEqualTo(2);
      });
      eventually(() ->
          assertThat(get(agent, "/health/readiness").statusCode())
              .as("the spool has room")
              .isEqualTo(200));

      proxy.trouble(Trouble.NONE);
      eventually(() -> assertThat(eventIds()).hasSize(4));
      eventually(() -> kafkaTakesAll(get(agent, "/metrics").body()));
    }
  }

  @Test
  void readingsThatKafkaDoesNotTakeDelayNoEvent() throws IOException {
    try (KafkaProxy proxy = new KafkaProxy(broker.port());
        RunningAgent agent =
            AgentApplication.start(
                AgentBench.config(
                    engine.dockerHost(), proxy.bootstrapServers(), temporary.resolve("agent")))) {
      engine.run(ContainerSpec.named("first").build());
      eventually(() -> assertThat(eventIds()).hasSize(2));
      proxy.trouble(Trouble.DEAF_TO_STATS);
      eventually(() -> assertThat(waiting(agent, "stats")).isGreaterThanOrEqualTo(3));
      for (int i = 0; i < 5; i++) {
        engine.run(ContainerSpec.named("c" + i).build());
      }
      eventually(() -> assertThat(eventIds()).hasSize(12));
      assertThat(waiting(agent, "stats")).as("Kafka has not taken").isGreaterThanOrEqualTo(3);

      proxy.trouble(Trouble.NONE);
      figuresAddUp(agent);
    }
  }

  private static double waiting(RunningAgent agent, String lane) {
    String metrics = get(agent, "/metrics").body();
    return figure(metrics, lane, "queued") + figure(metrics, lane, "spooled");
  }

  private Set<String> eventIds() {
    return events().stream().map(ContainerEvent::getEventId).collect(Collectors.toSet());
  }

  private static void kafkaTakesAll(String metrics) {
    assertThat(figure(metrics, KAFKA_REACHABLE)).isOne();
    assertThat(figure(metrics, "events", "spooled")).isZero();
  }

  @Test
  void whatKafkaHasNotTakenIsSentAtTheNextStart() {
    int port = broker.port();
    RunningAgent agent = start();
    eventually(() -> assertThat(agent.status().kafkaReachable()).isTrue());
    broker.close();
    engine.run(ContainerSpec.named("web").build());
    eventually(() -> assertThat(agent.status().events()).isEqualTo(2));
    long unsent = agent.stop();
    assertThat(unsent).isGreaterThanOrEqualTo(2);
    figuresAddUp(agent);

    broker = EmbeddedBroker.start(new BrokerConfig(temporary.resolve("kafka"), port));
    try (RunningAgent again = start()) {
      assertThat(again.status().lanes().stream().mapToLong(Lane.LaneSnapshot::inherited).sum())
          .isEqualTo(unsent);
      eventually(() ->
          assertThat(events())
              .extracting(ContainerEvent::getRawAction)
              .contains("create", "start"));
      figuresAddUp(again);
      eventually(() -> assertThat(again.status().kafkaReachable()).isTrue());
      assertThat(again.stop()).as("Kafka took everything").isZero();
    }
  }
}
