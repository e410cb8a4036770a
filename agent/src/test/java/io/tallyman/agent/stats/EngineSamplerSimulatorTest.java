package io.tallyman.agent.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tallyman.agent.engine.ContainerDetails;
import io.tallyman.agent.engine.DockerJavaEngine;
import io.tallyman.agent.engine.EngineEndpoint;
import io.tallyman.agent.engine.EngineInfo;
import io.tallyman.simulator.Call;
import io.tallyman.simulator.ContainerSpec;
import io.tallyman.simulator.Endpoint;
import io.tallyman.simulator.EngineProfile;
import io.tallyman.simulator.SimulatedEngine;
import io.tallyman.simulator.SimulatorConfig;
import io.tallyman.v1.ContainerStats;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Facade and sampler over a socket, on engines whose one-shot readings are fast and slow. */
@SuppressWarnings("NullAway") // A null where a value must be fails the test anyhow.
class EngineSamplerSimulatorTest {

  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final Duration PATIENCE = SamplerHarness.PATIENCE;

  static Stream<EngineProfile> fastEngines() {
    return Stream.of(EngineProfile.DOCKER_26_1, EngineProfile.DOCKER_28_5, EngineProfile.DOCKER_29);
  }

  @ParameterizedTest
  @MethodSource("fastEngines")
  void fastEnginesAreReadByCalls(EngineProfile profile) {
    try (Rig rig = Rig.withoutSlowness(profile)) {
      EngineInfo info = rig.engine.info();
      assertThat(info.engineVersion()).isEqualTo(profile.engineVersion());
      assertThat(info.apiVersion()).isEqualTo(profile.apiVersion());
      for (int i = 0; i < 20; i++) {
        rig.run("c" + i);
      }
      for (int tick = 0; tick < 3; tick++) {
        Instant due = rig.harness.tick();
        Set<String> names = new HashSet<>();
        for (int i = 0; i < 20; i++) {
          ContainerStats.Builder stats = rig.harness.next();
          assertThat(stats.getTick()).isEqualTo(due);
          assertThat(stats.getCpu().getPercent() == null).isEqualTo(tick == 0);
          names.add(stats.getContainerName());
        }
        assertThat(names).hasSize(20);
        await().atMost(PATIENCE).until(() -> rig.harness.sampler.callsUnderWay() == 0);
      }
      assertThat(rig.harness.sampler.source()).isEqualTo("engine");
      assertThat(rig.harness.sampler.figures().failed()).isZero();
    }
  }

  @Test
  void anEngineWithSlowOneShotsIsReadByStreams() {
    try (Rig rig = new Rig(EngineProfile.DOCKER_20_10)) {
      for (int i = 0; i < 20; i++) {
        rig.run("c" + i);
      }
      rig.harness.tick();
      await().atMost(PATIENCE).until(() -> rig.harness.sampler.source().equals("engine-stream"));
      await().atMost(PATIENCE).until(() -> rig.harness.sampler.streamsKept() == 20);

      Map<String, Double> percents = new HashMap<>();
      await()
          .pollInterval(Duration.ofMillis(500))
          .atMost(PATIENCE)
          .until(() -> {
            rig.harness.tick();
            while (rig.harness.waiting() > 0) {
              ContainerStats.Builder stats = rig.harness.next();
              if (stats.getTick() != null && stats.getCpu().getPercent() != null) {
                percents.put(stats.getContainerName(), stats.getCpu().getPercent());
              }
            }
            return percents.size() == 20;
          });

      String late = rig.run("late");
      long begun = System.nanoTime();
      rig.harness.sampler.readNow(late);
      ContainerStats.Builder stats = rig.harness.next();
      while (!stats.getContainerId().equals(late)) {
        stats = rig.harness.next();
      }
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(10));
      assertThat(stats.getTick()).isNull();
    }
  }

  @Test
  void anEngineThatWasSlowForAMomentIsReadByCallsAgain() {
    try (Rig rig = new Rig(EngineProfile.DOCKER_28_5)) {
      rig.simulator.faults().delay(Call.STATS_ONE_SHOT, Duration.ofMillis(400));
      rig.run("web");
      rig.harness.tick();
      await().atMost(PATIENCE).until(() -> rig.harness.sampler.source().equals("engine-stream"));
      rig.simulator.faults().clear();

      // On a slow machine a trial may find them slow once more.
      await()
          .atMost(PATIENCE)
          .until(() -> {
            rig.harness.settle();
            rig.nanosAhead.addAndGet(EngineSampler.LONGEST_RETRIAL.toNanos());
            rig.harness.tick();
            rig.harness.settle();
            return rig.harness.sampler.source().equals("engine");
          });
      Instant due = rig.harness.tick();
      ContainerStats.Builder stats = rig.harness.next();
      while (!due.equals(stats.getTick())) {
        stats = rig.harness.next();
      }
      assertThat(rig.harness.sampler.streamsKept()).isZero();
    }
  }

  @Test
  void containersWhoseStatsHangAreCutAndTheOthersReadOnEveryTick() {
    try (Rig rig = Rig.withoutSlowness(EngineProfile.DOCKER_28_5)) {
      String well = rig.run("well");
      rig.harness.tick();
      rig.harness.next();
      await().atMost(PATIENCE).until(() -> rig.harness.sampler.callsUnderWay() == 0);
      String hung = rig.run("hung");
      rig.simulator.faults().hangStats(hung);

      for (int i = 0; i < 3; i++) {
        Instant due = rig.harness.tick();
        ContainerStats.Builder stats = rig.harness.next();
        assertThat(stats.getContainerId()).isEqualTo(well);
        assertThat(stats.getTick()).isEqualTo(due);
        await().atMost(PATIENCE).until(() -> rig.harness.sampler.callsUnderWay() <= 1);
      }
      await().atMost(PATIENCE).until(() -> rig.harness.sampler.callsUnderWay() == 0);
      assertThat(rig.harness.sampler.figures().failed()).isGreaterThanOrEqualTo(1);
      assertThat(rig.harness.sampler.readings(hung).lastError()).isNotNull();
    }
  }

  @Test
  void aRestartIsSeenAsAReset() {
    try (Rig rig = Rig.withoutSlowness(EngineProfile.DOCKER_28_5)) {
      String id = rig.run("again");
      rig.harness.tick();
      assertThat(rig.harness.next().getReset()).isFalse();
      await().atMost(PATIENCE).until(() -> rig.harness.sampler.callsUnderWay() == 0);
      rig.simulator.restart(id, 137);
      rig.learn(id);
      rig.harness.tick();

      ContainerStats.Builder stats = rig.harness.next();
      assertThat(stats.getReset()).isTrue();
      assertThat(stats.getCpu().getPercent()).isNull();
    }
  }

  private static final class Rig implements AutoCloseable {
    private final SimulatedEngine simulator;
    private final DockerJavaEngine engine;
    private final SamplerHarness harness;
    private final AtomicLong nanosAhead = new AtomicLong();

    private Rig(EngineProfile profile) {
      this(profile, System::nanoTime);
    }

    private Rig(EngineProfile profile, LongSupplier time) {
      simulator =
          SimulatedEngine.start(SimulatorConfig.at(new Endpoint.Tcp(0)).profile(profile).build());
      engine = new DockerJavaEngine(EngineEndpoint.of(simulator.dockerHost()));
      harness = new SamplerHarness(engine, () -> time.getAsLong() + nanosAhead.get());
    }

    /** No call takes any time by its clock, however slow the machine is. */
    private static Rig withoutSlowness(EngineProfile profile) {
      return new Rig(profile, () -> 0);
    }

    private String run(String name) {
      String id = simulator.run(ContainerSpec.named(name).build());
      learn(id);
      return id;
    }

    private void learn(String id) {
      ContainerDetails details = engine.inspect(id, TIMEOUT);
      harness.inventory.learn(details);
    }

    @Override
    public void close() {
      harness.close();
      engine.close();
      simulator.close();
    }
  }
}
