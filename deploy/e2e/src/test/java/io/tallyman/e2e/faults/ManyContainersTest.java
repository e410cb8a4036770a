package io.tallyman.e2e.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tallyman.simulator.ContainerSpec;
import io.tallyman.simulator.Storm;
import io.tallyman.simulator.Storm.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Hundreds of containers start and stop at once, and all of it is told soon. */
@Tag("kafka")
class ManyContainersTest {

  private static final long SEED = Long.getLong("tallyman.test.seed", System.nanoTime());
  private static final int CONTAINERS = 500;
  private static final int EVENTS_PER_SECOND = 250;
  private static final Duration START_LIMIT = Duration.ofMinutes(1);
  private static final Duration DRAIN_LIMIT = Duration.ofSeconds(90);
  private static final long MAX_RESIDENT_BYTES = (Agents.HEAP_MIB + 256L) << 20;

  @TempDir Path directory;

  /** The limit is one that a machine which is busy with other things keeps. */
  @Test
  void aShortStormIsToldWhole() throws Exception {
    storm(Duration.ofSeconds(8), Duration.ofSeconds(30));
  }

  @Test
  @Tag("soak")
  @Timeout(value = 1, unit = TimeUnit.HOURS)
  void aLongStormIsToldWithinTwoSeconds() throws Exception {
    storm(Duration.ofMinutes(5), Duration.ofSeconds(2));
  }

  private void storm(Duration length, Duration limit) throws Exception {
    try (var broker = new BrokerProcess(directory).start();
        var log = new TallyLog(broker.bootstrapServers());
        var host = new StormyHost(directory);
        var agent =
            Agents.agent(
                directory.resolve("agent"),
                StormyHost.ID,
                host.engine().dockerHost(),
                broker.bootstrapServers())) {
      agent.start();
      await().atMost(START_LIMIT).until(host::isWatched);
      // What happens before the agent has found Kafka waits for that.
      host.engine().run(ContainerSpec.named("first").build());
      await().atMost(START_LIMIT).until(() -> log.eventCount() > 0);
      host.storm(new Storm(SEED, "many", CONTAINERS, EVENTS_PER_SECOND, Set.of(Kind.START_STOP)));
      agent.liveFor(length);
      host.engine().calm();
      await()
          .atMost(DRAIN_LIMIT)
          .untilAsserted(() -> assertThat(verdict(host, log).notTold()).isEmpty());

      var delays = log.events().stream().map(Told::delay).sorted().toList();
      var p99 = delays.get((delays.size() - 1) * 99 / 100);
      Progress.tell(
          "%s; seen to appended, p50 %d ms, p99 %d ms; %d MiB resident",
          verdict(host, log).summary(),
          delays.get(delays.size() / 2).toMillis(),
          p99.toMillis(),
          agent.residentBytes() >> 20);
      assertThat(verdict(host, log).unknown()).as("seed %d", SEED).isEmpty();
      assertThat(verdict(host, log).disorder()).as("seed %d", SEED).isEmpty();
      assertThat(agent.residentBytes()).isLessThan(MAX_RESIDENT_BYTES);
      assertThat(p99).isLessThan(limit);
      log.awaitDrained();
      assertThat(log.unbalanced()).as("lanes that do not add up, seed %d", SEED).isEmpty();
      assertThat(agent.stop()).isZero();
    }
  }

  private static Verdict verdict(StormyHost host, TallyLog log) {
    return new Verdict(host.happened(), log.events(), log.gaps(), StormyHost.SAME_MOMENT);
  }
}
