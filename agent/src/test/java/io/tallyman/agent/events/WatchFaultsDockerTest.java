package io.tallyman.agent.events;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallyman.agent.engine.ContainerDetails;
import io.tallyman.agent.engine.CuttingProxy;
import io.tallyman.agent.engine.DockerJavaEngine;
import io.tallyman.agent.engine.OwnEngine;
import io.tallyman.agent.engine.RealEngine;
import io.tallyman.v1.Action;
import io.tallyman.v1.ContainerEvent;
import io.tallyman.v1.GapReason;
import io.tallyman.v1.Origin;
import io.tallyman.v1.Stream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong between a real engine and a watch. */
@Tag("docker")
class WatchFaultsDockerTest {

  private static final Duration PATIENCE = Duration.ofSeconds(40);
  private static final String NO_NETWORK = "{\"NetworkMode\":\"none\"}";

  @TempDir Path directory;

  @Test
  void deathsDuringAnEngineRestartAreConcludedAndTheRestartIsAGap() throws Exception {
    try (OwnEngine own = new OwnEngine();
        RealEngine docker = new RealEngine(own.endpoint());
        DockerJavaEngine engine = new DockerJavaEngine(own.endpoint());
        WatchRig rig = WatchRig.on(engine, directory)) {
      rig.patience = PATIENCE;
      rig.start();
      List<ContainerDetails> running = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        String id = docker.create("c" + i, Map.of(), NO_NETWORK, "sleep", "1000");
        docker.start(id);
        rig.untilEvent(id, Action.START);
        running.add(engine.inspect(id, PATIENCE));
      }
      own.goDown();
      for (ContainerDetails each : running) {
        OwnEngine.killProcess(Objects.requireNonNull(each.pid()));
      }
      own.comeBack();

      for (ContainerDetails each : running) {
        ContainerEvent die = rig.untilEvent(each.id(), Action.DIE);
        assertThat(die.getOrigin()).isEqualTo(Origin.RECONCILED);
        assertThat(die.getExitCode()).isEqualTo(engine.inspect(each.id(), PATIENCE).exitCode());
      }
      rig.untilGap(Stream.EVENTS, GapReason.ENGINE_RESTART);
      rig.untilQuiet();
      assertThat(rig.gaps(Stream.EVENTS)).hasSize(1);
      assertThat(rig.events().stream().filter(e -> e.getAction() == Action.DIE)).hasSize(5);
    }
  }

  @Test
  void aProxyThatCutsAndForbidsInspectCostsNoEvent() throws Exception {
    try (RealEngine docker = new RealEngine();
        CuttingProxy proxy =
            new CuttingProxy(
                directory.resolve("proxy"),
                docker.endpoint(),
                Pattern.compile("/containers/[0-9a-f]+/json"));
        DockerJavaEngine engine = new DockerJavaEngine(proxy.endpoint());
        WatchRig rig = WatchRig.on(engine, directory)) {
      rig.patience = PATIENCE;
      rig.start();
      for (int i = 0; i < 5; i++) {
        String id = docker.run("tallyman-cut-" + System.nanoTime(), Map.of(), "sleep", "1000");
        proxy.cut();
        docker.kill(id);
        assertThat(rig.untilEvent(id, Action.DIE).getExitCode()).isEqualTo(137);
        rig.until(() -> rig.lastState(id) != null);
        assertThat(rig.events().stream().filter(e -> e.getContainerId().equals(id)))
            .extracting(ContainerEvent::getAction)
            .containsExactly(Action.CREATE, Action.START, Action.KILL, Action.DIE);
      }
      rig.untilQuiet();

      assertThat(rig.toldIds()).doesNotHaveDuplicates();
      assertThat(rig.gaps(Stream.EVENTS)).isEmpty();
      assertThat(rig.watch().figures().inspectsFailed()).isPositive();
    }
  }
}
