package io.tallyman.agent.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.tallyman.agent.engine.DockerJavaEngine;
import io.tallyman.agent.engine.RealEngine;
import io.tallyman.agent.engine.StatsReading;
import io.tallyman.v1.ContainerStats;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The sampler on the engine of this machine, whatever source that makes it choose. */
@Tag("docker")
@SuppressWarnings("NullAway") // A null where a value must be fails the test anyhow.
class EngineSamplerDockerTest {

  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final RealEngine real = new RealEngine();
  private final DockerJavaEngine engine = new DockerJavaEngine(real.endpoint());
  private final SamplerHarness harness = new SamplerHarness(engine, System::nanoTime);

  @AfterEach
  void close() throws Exception {
    harness.close();
    engine.close();
    real.close();
  }

  @Test
  void countersLieBetweenThoseReadBeforeAndAfter() {
    String id = real.run("tallyman-busy", Map.of(), "sh", "-c", "while :; do :; done");
    learn(id);

    StatsReading before = engine.readStats(id, TIMEOUT);
    ContainerStats.Builder first = tickUntilRead();
    ContainerStats.Builder second = tickUntilRead();
    StatsReading after = engine.readStats(id, TIMEOUT);

    assertThat(second.getCpu().getUsageNanos())
        .isGreaterThan(first.getCpu().getUsageNanos())
        .isBetween(before.cpu().totalNanos(), after.cpu().totalNanos());
    assertThat(second.getCpu().getHostNanos())
        .isBetween(before.cpu().systemNanos(), after.cpu().systemNanos());
    assertThat(second.getSampledAt()).isBetween(before.readAt(), after.readAt());
    assertThat(second.getNetworks()).hasSize(1);
    assertThat(second.getReset()).isFalse();
    double expected =
        (double) (second.getCpu().getUsageNanos() - first.getCpu().getUsageNanos())
            / (second.getCpu().getHostNanos() - first.getCpu().getHostNanos())
            * second.getCpu().getOnlineCpus()
            * 100;
    assertThat(second.getCpu().getPercent()).isPositive().isCloseTo(expected, within(1e-9));
  }

  @Test
  void aContainerThatStartsLaterHasAReadingBeforeTheNextTick() {
    String first = real.run("tallyman-early", Map.of(), "sleep", "1000");
    learn(first);
    for (int i = 0; i < 4; i++) {
      tickUntilRead();
    }
    String late = real.run("tallyman-late", Map.of(), "sleep", "1000");
    long started = System.nanoTime();
    learn(late);
    harness.sampler.readNow(late);

    ContainerStats.Builder stats = harness.next();
    while (!stats.getContainerId().equals(late)) {
      stats = harness.next();
    }
    assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(SamplerHarness.PATIENCE);
    assertThat(stats.getTick()).isNull();
    assertThat(stats.getCpu().getPercent()).isNull();
  }

  @Test
  void aContainerThatDiesIsReadNoMore() {
    String id = real.run("tallyman-mortal", Map.of(), "sleep", "1000");
    learn(id);
    tickUntilRead();
    real.kill(id);
    engine.readStats(id, TIMEOUT);
    long reported = harness.sampler.figures().reported();

    for (int i = 0; i < 3; i++) {
      harness.tick();
      engine.readStats(id, TIMEOUT);
    }
    assertThat(harness.sampler.figures().reported()).isLessThanOrEqualTo(reported + 1);
  }

  private void learn(String id) {
    harness.inventory.learn(engine.inspect(id, TIMEOUT));
  }

  /** Ticks until there is a reading: a stream has a new frame once a second only. */
  private ContainerStats.Builder tickUntilRead() {
    await()
        .atMost(SamplerHarness.PATIENCE)
        .pollInterval(Duration.ofMillis(100))
        .until(() -> {
          harness.tick();
          return harness.waiting() > 0;
        });
    return harness.next();
  }
}
