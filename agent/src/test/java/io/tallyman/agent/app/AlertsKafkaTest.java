package io.tallyman.agent.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallyman.broker.BrokerConfig;
import io.tallyman.broker.EmbeddedBroker;
import io.tallyman.simulator.ContainerSpec;
import io.tallyman.simulator.Endpoint;
import io.tallyman.simulator.SimulatedEngine;
import io.tallyman.simulator.SimulatorConfig;
import io.tallyman.simulator.Workload;
import io.tallyman.v1.AlertPhase;
import io.tallyman.v1.ContainerAlert;
import io.tallyman.v1.Resource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From a container's label to the record on Kafka. */
@Tag("kafka")
class AlertsKafkaTest {

  private static final long MIB = 1 << 20;

  @TempDir Path temporary;

  private SimulatedEngine engine;
  private EmbeddedBroker broker;

  @BeforeEach
  void open() {
    engine =
        SimulatedEngine.start(
            SimulatorConfig.at(new Endpoint.UnixSocket(temporary.resolve("d.sock"))).build());
    broker = EmbeddedBroker.start(new BrokerConfig(temporary.resolve("kafka"), 0));
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

  private List<ContainerAlert> alerts() {
    return AgentBench.read(broker.bootstrapServers(), "docker.alerts.v1", ContainerAlert.class)
        .stream()
        .map(written -> Objects.requireNonNull(written.value()))
        .toList();
  }

  private static void eventually(Runnable assertion) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .ignoreExceptions()
        .untilAsserted(assertion::run);
  }

  @Test
  void anEpisodeIsToldOnceThoughTheAgentIsRestartedInBetween() {
    String busy =
        engine.run(
            ContainerSpec.named("busy")
                .compose("shop", "busy")
                .label("tallyman.max-cpu", "50")
                .workload(Workload.steady(95, 64 * MIB))
                .build());
    engine.run(
        ContainerSpec.named("modest")
            .label("tallyman.max-cpu", "99")
            .label("tallyman.max-memory", "ninety")
            .workload(Workload.steady(95, 64 * MIB))
            .build());
    try (RunningAgent agent = start()) {
      eventually(() -> assertThat(alerts()).hasSize(1));
      eventually(() -> assertThat(agent.status().isReady()).isTrue());
    }
    try (RunningAgent agent = start()) {
      eventually(() -> assertThat(agent.status().readings()).isGreaterThan(6));
      engine.exit(busy, 0);
      eventually(() -> assertThat(alerts()).hasSize(2));
    }

    ContainerAlert raised = alerts().getFirst();
    assertThat(raised.getContainerId()).isEqualTo(busy);
    assertThat(raised.getContainerName()).isEqualTo("busy");
    assertThat(raised.getProject()).isEqualTo("shop");
    assertThat(raised.getResource()).isEqualTo(Resource.CPU);
    assertThat(raised.getPhase()).isEqualTo(AlertPhase.RAISED);
    assertThat(raised.getThresholdPercent()).isEqualTo(50);
    assertThat(raised.getObservedPercent()).isBetween(90.0, 100.0);
    ContainerAlert cleared = alerts().getLast();
    assertThat(cleared.getPhase()).isEqualTo(AlertPhase.CLEARED);
    assertThat(cleared.getAlertId()).isEqualTo(raised.getAlertId());
    assertThat(cleared.getIncarnation()).isEqualTo(raised.getIncarnation() + 1);
  }

  @Test
  void memoryIsComparedWithItsLimit() {
    engine.run(
        ContainerSpec.named("full")
            .label("tallyman.max-memory", "80")
            .memoryLimitBytes(100 * MIB)
            .workload(Workload.steady(1, 90 * MIB))
            .build());
    try (RunningAgent agent = start()) {
      eventually(() -> assertThat(alerts()).hasSize(1));
      eventually(() -> assertThat(agent.status().isReady()).isTrue());
    }
    assertThat(alerts().getFirst().getResource()).isEqualTo(Resource.MEMORY);
    assertThat(alerts().getFirst().getObservedPercent()).isBetween(85.0, 95.0);
  }
}
