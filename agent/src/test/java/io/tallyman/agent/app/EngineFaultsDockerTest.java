package io.tallyman.agent.app;

import static io.tallyman.agent.app.AgentBench.figure;
import static io.tallyman.agent.app.AgentBench.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.tallyman.agent.engine.ContainerDetails;
import io.tallyman.agent.engine.CuttingProxy;
import io.tallyman.agent.engine.DockerJavaEngine;
import io.tallyman.agent.engine.EngineEndpoint;
import io.tallyman.agent.engine.OwnEngine;
import io.tallyman.agent.engine.RealEngine;
import io.tallyman.broker.BrokerConfig;
import io.tallyman.broker.EmbeddedBroker;
import io.tallyman.v1.Action;
import io.tallyman.v1.ContainerEvent;
import io.tallyman.v1.ContainerState;
import io.tallyman.v1.GapReason;
import io.tallyman.v1.Origin;
import io.tallyman.v1.Stream;
import io.tallyman.v1.StreamGap;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.apache.avro.specific.SpecificRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong between a real engine and an agent, judged by what stands in Kafka then. */
@Tag("docker")
class EngineFaultsDockerTest {

  private static final Duration PATIENCE = Duration.ofSeconds(40);
  private static final String NO_NETWORK = "{\"NetworkMode\":\"none\"}";

  @TempDir Path temporary;

  private EmbeddedBroker broker;

  @BeforeEach
  void open() {
    broker = EmbeddedBroker.start(new BrokerConfig(temporary.resolve("kafka"), 0));
  }

  @AfterEach
  void close() {
    broker.close();
  }

  @Test
  void deathsDuringAnEngineRestartAreConcludedAndTheRestartIsAGap() throws Exception {
    try (OwnEngine own = new OwnEngine();
        RealEngine docker = new RealEngine(own.endpoint());
        DockerJavaEngine engine = new DockerJavaEngine(own.endpoint());
        RunningAgent agent = start(own.endpoint())) {
      List<ContainerDetails> running = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        String id = docker.create("c" + i, Map.of(), NO_NETWORK, "sleep", "1000");
        docker.start(id);
        running.add(engine.inspect(id, PATIENCE));
      }
      eventually(() -> assertThat(events(Action.START)).hasSize(5));
      own.goDown();
      for (ContainerDetails each : running) {
        OwnEngine.killProcess(Objects.requireNonNull(each.pid()));
      }
      own.comeBack();

      eventually(() -> assertThat(events(Action.DIE)).hasSize(5));
      eventually(() ->
          assertThat(gaps())
              .extracting(StreamGap::getReason)
              .containsExactly(GapReason.ENGINE_RESTART));
      assertThat(agent.stop()).as("Kafka has not taken").isZero();
      assertThat(gaps()).hasSize(1);
      assertThat(events(Action.DIE))
          .extracting(ContainerEvent::getContainerId)
          .containsExactlyInAnyOrderElementsOf(running.stream().map(ContainerDetails::id).toList());
      assertThat(events(Action.DIE))
          .allSatisfy(die -> {
            assertThat(die.getOrigin()).isEqualTo(Origin.RECONCILED);
            assertThat(die.getExitCode())
                .isEqualTo(engine.inspect(die.getContainerId(), PATIENCE).exitCode());
          });
    }
  }

  @Test
  void aProxyThatCutsAndForbidsInspectCostsNoEvent() throws Exception {
    try (RealEngine docker = new RealEngine();
        CuttingProxy proxy =
            new CuttingProxy(
                temporary.resolve("proxy"),
                docker.endpoint(),
                Pattern.compile("/containers/[0-9a-f]+/json"));
        RunningAgent agent = start(proxy.endpoint())) {
      List<String> ids = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        String id = docker.run("tallyman-cut-" + System.nanoTime(), Map.of(), "sleep", "1000");
        ids.add(id);
        proxy.cut();
        docker.kill(id);
        eventually(() -> assertThat(lastStateOf(id)).isEqualTo("exited"));
      }

      assertThat(figure(get(agent, "/metrics").body(), "tallyman_agent_inspects_failed_total"))
          .isPositive();
      assertThat(agent.stop()).as("Kafka has not taken").isZero();
      for (String id : ids) {
        List<ContainerEvent> told =
            events().stream().filter(event -> event.getContainerId().equals(id)).toList();
        assertThat(told)
            .extracting(ContainerEvent::getAction)
            .containsExactly(Action.CREATE, Action.START, Action.KILL, Action.DIE);
        assertThat(told.getLast().getExitCode()).isEqualTo(137);
      }
      assertThat(events()).extracting(ContainerEvent::getEventId).doesNotHaveDuplicates();
      assertThat(gaps()).isEmpty();
    }
  }

  private RunningAgent start(EngineEndpoint engine) {
    RunningAgent agent =
        AgentApplication.start(
            AgentBench.config(
                engine.host(), broker.bootstrapServers(), temporary.resolve("agent")));
    eventually(() -> assertThat(agent.status().watchingSince()).isNotNull());
    eventually(() -> assertThat(agent.status().kafkaReachable()).isTrue());
    return agent;
  }

  private List<ContainerEvent> events() {
    return read("docker.events.v1", ContainerEvent.class);
  }

  private List<ContainerEvent> events(Action action) {
    return events().stream().filter(event -> event.getAction() == action).toList();
  }

  private List<StreamGap> gaps() {
    return read("docker.gaps.v1", StreamGap.class).stream()
        .filter(gap -> gap.getStream() == Stream.EVENTS)
        .toList();
  }

  private String lastStateOf(String containerId) {
    return read("docker.containers.v1", ContainerState.class).stream()
        .filter(state -> state.getContainerId().equals(containerId))
        .toList()
        .getLast()
        .getState();
  }

  /** Tombstones left out. */
  private <T extends SpecificRecord> List<T> read(String topic, Class<T> type) {
    return AgentBench.read(broker.bootstrapServers(), topic, type).stream()
        .map(AgentBench.Written::value)
        .filter(Objects::nonNull)
        .toList();
  }

  private static void eventually(Runnable assertion) {
    Awaitility.await().atMost(PATIENCE).ignoreExceptions().untilAsserted(assertion::run);
  }
}
