package io.tallyman.e2e.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tallyman.v1.Action;
import io.tallyman.v1.ContainerEvent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** What the records say is what the engine says, labels that lie notwithstanding. */
@Tag("docker")
@TestInstance(Lifecycle.PER_CLASS)
class UpTellsTheTruthDockerTest {

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final int SAMPLES = 3;

  /** Says so once it listens: a signal that comes before is lost on the first process. */
  private static final String LEAVES_WITH_7 =
      "trap 'exit 7' TERM; echo listens; while :; do sleep 0.05; done";

  /** Moves every counter, and lets memory only grow, so that it has an order too. */
  private static final String BUSY =
      """
      gateway=$(ip route | sed -n 's/^default via \\([^ ]*\\).*/\\1/p')
      while :; do
        i=0; while [ $i -lt 2000 ]; do i=$((i+1)); done
        dd if=/dev/zero of=/written bs=64k count=4 oflag=direct 2>/dev/null
        ping -c 1 -W 1 $gateway >/dev/null
        dd if=/dev/zero bs=64k count=1 2>/dev/null >>/dev/shm/grows
        sleep 0.1
      done
      """;

  @AutoClose private Containers containers;
  @AutoClose private UpProcess up;
  @AutoClose private TopicLog log;

  @BeforeAll
  void start(@TempDir Path directory) throws Exception {
    containers = new Containers();
    var checkout = new Checkout(Files.createDirectory(directory.resolve("checkout")));
    checkout.build();
    var home = Files.createDirectory(directory.resolve("home"));
    up = UpProcess.start(home, List.of(checkout.launcher().toString(), "up", "--port", "0"));
    log = new TopicLog(up.awaitStarted().kafka());
  }

  @Test
  void aLabelDoesNotHideTheExitCode() {
    var id = started(Map.of("exitCode", "0", "signal", "0"), "sleep 1000");
    containers.engine().killContainerCmd(id).exec();
    assertThat(deathOf(id).getExitCode()).isEqualTo(137);
  }

  @Test
  void aLabelThatCannotBeCheckedAnyMoreIsNotBelieved() {
    var id = started(Map.of("exitCode", "0"), "sleep 1000");
    containers.remove(id);
    assertThat(deathOf(id).getExitCode()).isIn(137, null);
  }

  @Test
  void aRestartTellsTheCodeOfTheRunThatEnded() {
    var id = started(Map.of(), LEAVES_WITH_7);
    await().atMost(LIMIT).until(() -> containers.output(id).contains("listens"));
    containers.engine().restartContainerCmd(id).withTimeout(10).exec();
    assertThat(deathOf(id).getExitCode()).isEqualTo(7);
    awaitEvent(id, Action.RESTART);
    // The state is told after the event, and the query service reads it by itself.
    await().atMost(LIMIT).until(() -> stateOf(id).equals("running"));
  }

  @Test
  void aForcedRemovalTellsTheCode() {
    var id = started(Map.of(), "sleep 1000");
    containers.remove(id);
    assertThat(deathOf(id).getExitCode()).isEqualTo(137);
    awaitEvent(id, Action.DESTROY);
  }

  @Test
  void everyCounterLiesBetweenTheEnginesOwnBeforeAndAfter() throws Exception {
    var id = containers.startCounted("busy", BUSY);
    try (var raw = new RawReadings(containers.engine(), id)) {
      await()
          .atMost(Duration.ofMinutes(2))
          .untilAsserted(() -> {
            var pairs = raw.bracketed(log.samples(id));
            assertThat(pairs).hasSizeGreaterThanOrEqualTo(SAMPLES);
            assertThat(RawReadings.moved(pairs)).as("every counter moved").doesNotContain(0L);
          });
      for (var pair : raw.bracketed(log.samples(id))) {
        System.out.println(pair);
        pair.assertBetween();
      }
    }
  }

  private String started(Map<String, String> labels, String script) {
    var id = containers.start("truth-" + System.nanoTime(), labels, script);
    awaitEvent(id, Action.START);
    return id;
  }

  private ContainerEvent deathOf(String id) {
    return awaitEvent(id, Action.DIE);
  }

  private ContainerEvent awaitEvent(String id, Action action) {
    return Objects.requireNonNull(
        await()
            .atMost(LIMIT)
            .until(
                () ->
                    log.events(id).stream()
                        .filter(event -> event.getAction() == action)
                        .findFirst()
                        .orElse(null),
                Objects::nonNull));
  }

  private String stateOf(String id) {
    return up.get("/api/v1/containers/" + id).path("state").asText();
  }
}
