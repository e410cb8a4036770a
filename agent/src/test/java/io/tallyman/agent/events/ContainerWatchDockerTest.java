package io.tallyman.agent.events;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallyman.agent.engine.DockerJavaEngine;
import io.tallyman.agent.engine.RealEngine;
import io.tallyman.agent.identity.AgentIdentity;
import io.tallyman.agent.identity.RecordSequence;
import io.tallyman.agent.inventory.Inventory;
import io.tallyman.agent.inventory.LabelPolicy;
import io.tallyman.agent.inventory.Selection;
import io.tallyman.agent.publish.Acceptance;
import io.tallyman.agent.publish.Lane;
import io.tallyman.agent.publish.OutgoingRecord;
import io.tallyman.v1.Action;
import io.tallyman.v1.ContainerEvent;
import io.tallyman.v1.ContainerState;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a real engine's events become. */
@Tag("docker")
class ContainerWatchDockerTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Map<String, String> LYING = Map.of("exitCode", "0", "signal", "1");

  private final Queue<OutgoingRecord> records = new ConcurrentLinkedQueue<>();
  private final RealEngine docker = new RealEngine();
  private final DockerJavaEngine engine = new DockerJavaEngine(docker.endpoint());
  private final Inventory inventory =
      new Inventory(new LabelPolicy(List.of(), true, 256, List.of()), Selection.ALL);
  private final ContainerWatch watch =
      new ContainerWatch(
          engine,
          inventory,
          new AgentIdentity("host", "host", "agent", 1, "run"),
          new RecordSequence(),
          new QueueLane(),
          (stream, reason, from, to, lost, whenSafe) -> {},
          id -> {},
          Duration.ofSeconds(5),
          null,
          Clock.systemUTC());

  private final class QueueLane implements Lane {
    @Override
    public CompletableFuture<Acceptance> offer(OutgoingRecord record) {
      records.add(record);
      return CompletableFuture.completedFuture(Acceptance.ACCEPTED);
    }

    @Override
    public LaneSnapshot snapshot() {
      return new LaneSnapshot("events", 0, 0, 0, 0, 0, 0, 0);
    }

    @Override
    public void close() {}
  }

  @BeforeEach
  void start() {
    watch.start();
    Awaitility.await().atMost(PATIENCE).until(() -> watch.connectedSince() != null);
  }

  @AfterEach
  void stop() throws IOException {
    watch.close();
    engine.close();
    docker.close();
  }

  private List<ContainerEvent> events(String id) {
    return records.stream()
        .filter(r -> r.value() instanceof ContainerEvent)
        .map(r -> (ContainerEvent) r.value())
        .filter(event -> event.getContainerId().equals(id))
        .toList();
  }

  private @Nullable ContainerState lastState(String id) {
    List<OutgoingRecord> states =
        records.stream()
            .filter(r -> r.topic().equals("docker.containers.v1") && r.key().equals(id))
            .toList();
    return states.isEmpty() ? null : (ContainerState) states.getLast().value();
  }

  private List<ContainerEvent> deaths(String id, int count) {
    Awaitility.await()
        .atMost(PATIENCE)
        .until(() -> events(id).stream().filter(e -> e.getAction() == Action.DIE).count() == count);
    return events(id).stream().filter(e -> e.getAction() == Action.DIE).toList();
  }

  private String run(Map<String, String> labels) {
    String id = docker.run("tallyman-watch-" + System.nanoTime(), labels, "sleep", "1000");
    Awaitility.await()
        .atMost(PATIENCE)
        .until(() -> {
          ContainerState state = lastState(id);
          return state != null && state.getState().equals("running");
        });
    return id;
  }

  @Test
  void aLabelDoesNotForgeTheExitCode() {
    String id = run(LYING);
    docker.kill(id);

    assertThat(deaths(id, 1).getFirst().getExitCode()).isEqualTo(137);
    assertThat(events(id))
        .filteredOn(event -> event.getAction() == Action.KILL)
        .extracting(ContainerEvent::getSignal)
        .containsOnlyNulls();
  }

  @Test
  void aRestartKeepsTheExitCodeThatInspectForgets() {
    String id = run(Map.of());
    docker.restart(id);

    assertThat(deaths(id, 1).getFirst().getExitCode()).isEqualTo(137);
    Awaitility.await()
        .atMost(PATIENCE)
        .until(() -> events(id).getLast().getAction() == Action.RESTART);
    assertThat(events(id))
        .filteredOn(event -> event.getAction() == Action.KILL)
        .extracting(ContainerEvent::getSignal)
        .contains(9);
  }

  @Test
  void aForcedRemovalKeepsTheExitCodeAndBuriesTheState() {
    String id = run(Map.of());
    docker.remove(id);

    assertThat(deaths(id, 1).getFirst().getExitCode()).isEqualTo(137);
    Awaitility.await().atMost(PATIENCE).until(() -> lastState(id) == null);
    assertThat(events(id).getLast().getAction()).isEqualTo(Action.DESTROY);
  }

  @Test
  void aRestartOfALyingContainerIsNeverToldWrong() {
    String id = run(LYING);
    docker.restart(id);

    assertThat(deaths(id, 1).getFirst().getExitCode()).isIn(137, null);
  }
}
