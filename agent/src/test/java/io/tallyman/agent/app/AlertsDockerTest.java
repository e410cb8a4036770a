package io.tallyman.agent.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallyman.agent.engine.RealEngine;
import io.tallyman.broker.BrokerConfig;
import io.tallyman.broker.EmbeddedBroker;
import io.tallyman.v1.AlertPhase;
import io.tallyman.v1.ContainerAlert;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A container that is really busy. */
@Tag("docker")
class AlertsDockerTest {

  private static final String HALF_A_PROCESSOR = "{\"NanoCpus\":500000000}";

  @TempDir Path temporary;

  @Test
  void aBusyContainerRaisesAnAlertAndItsEndClearsIt() throws IOException {
    try (RealEngine engine = new RealEngine();
        EmbeddedBroker broker =
            EmbeddedBroker.start(new BrokerConfig(temporary.resolve("kafka"), 0));
        RunningAgent agent =
            AgentApplication.start(
                AgentBench.config(
                    engine.endpoint().host(),
                    broker.bootstrapServers(),
                    temporary.resolve("agent")))) {
      String id =
          engine.create(
              "tallyman-test-busy-" + System.nanoTime(),
              Map.of("tallyman.max-cpu", "10"),
              HALF_A_PROCESSOR,
              "sh",
              "-c",
              "while :; do :; done");
      engine.start(id);
      eventually(() -> assertThat(alerts(broker, id)).isNotEmpty());
      assertThat(alerts(broker, id).getFirst().getObservedPercent()).isGreaterThan(10);

      engine.kill(id);
      // On a busy machine it may get so little that episodes end by themselves.
      eventually(
          () -> assertThat(alerts(broker, id).getLast().getPhase()).isEqualTo(AlertPhase.CLEARED));
      assertThat(alerts(broker, id))
          .extracting(ContainerAlert::getPhase)
          .startsWith(AlertPhase.RAISED, AlertPhase.CLEARED);
      eventually(() -> assertThat(agent.status().isReady()).isTrue());
    }
  }

  private static List<ContainerAlert> alerts(EmbeddedBroker broker, String id) {
    return AgentBench.read(broker.bootstrapServers(), "docker.alerts.v1", ContainerAlert.class)
        .stream()
        .map(written -> Objects.requireNonNull(written.value()))
        .filter(alert -> alert.getContainerId().equals(id))
        .toList();
  }

  private static void eventually(Runnable assertion) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .ignoreExceptions()
        .untilAsserted(assertion::run);
  }
}
