package io.tallyman.e2e.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tallyman.simulator.Storm;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Kafka is away while much happens, and afterwards everything is there, in order. */
@Tag("kafka")
class KafkaOutageTest {

  private static final long SEED = Long.getLong("tallyman.test.seed", System.nanoTime());
  private static final Duration SHORT = Duration.ofSeconds(10);
  private static final Duration LONG =
      Duration.ofSeconds(Long.getLong("tallyman.test.outage-seconds", 1_800));
  private static final Duration QUIET = Duration.ofSeconds(2);
  private static final Duration START_LIMIT = Duration.ofMinutes(1);
  private static final Duration DRAIN_LIMIT = Duration.ofMinutes(2);
  private static final long MAX_RESIDENT_BYTES = (Agents.HEAP_MIB + 256L) << 20;
  private static final long MAX_GROWTH_BYTES = 64L << 20;

  /** More than the engine remembers. */
  private static final int RING_EVENTS = 256;

  /** What was on its way when Kafka went away, and not all that was sent before or after. */
  private static final int EVENTS_PER_COPY = 4;

  @TempDir Path directory;

  private BrokerProcess broker;
  private TallyLog log;
  private StormyHost host;
  private JavaProcess agent;

  @BeforeEach
  void start() {
    broker = new BrokerProcess(directory).start();
    log = new TallyLog(broker.bootstrapServers());
    host = new StormyHost(directory);
    agent =
        Agents.agent(
            directory.resolve("agent"),
            StormyHost.ID,
            host.engine().dockerHost(),
            broker.bootstrapServers());
    agent.start();
    await().atMost(START_LIMIT).until(host::isWatched);
  }

  @AfterEach
  void stop() {
    agent.close();
    host.close();
    log.close();
    broker.close();
  }

  @Test
  void afterAShortOutageAllIsThereInOrder() throws Exception {
    outage(SHORT, 200);
  }

  @Test
  @Tag("soak")
  @Timeout(value = 2, unit = TimeUnit.HOURS)
  void afterALongOutageAllIsThereInOrderAndMemoryStayedFlat() throws Exception {
    var resident = outage(LONG, 60);
    var half = resident.size() / 2;
    assertThat(max(resident.subList(half, resident.size())) - max(resident.subList(0, half)))
        .as("growth in the second half")
        .isLessThan(MAX_GROWTH_BYTES);
  }

  @Test
  void whatWasAcceptedDuringAnOutageOutlivesTheAgent() throws Exception {
    host.storm(Storm.of(SEED, 20, 100));
    await().atMost(START_LIMIT).until(() -> log.eventCount() > 0);
    broker.kill();
    agent.liveFor(QUIET);
    host.engine().calm();
    agent.liveFor(QUIET);
    agent.kill();
    host.engine().execs(host.engine().containerIds().getFirst(), RING_EVENTS);
    agent.start();
    await().atMost(START_LIMIT).until(host::isWatched);
    broker.start();

    allIsThereInOrder();
  }

  private List<Long> outage(Duration length, int eventsPerSecond) throws Exception {
    List<Long> resident = new ArrayList<>();
    host.storm(Storm.of(SEED, 20, eventsPerSecond));
    await().atMost(START_LIMIT).until(() -> log.eventCount() > 0);
    broker.kill();
    var end = System.nanoTime() + length.toNanos();
    for (var second = 1; System.nanoTime() < end; second++) {
      agent.liveFor(Duration.ofSeconds(1));
      resident.add(agent.residentBytes());
      if (second % 60 == 0) {
        Progress.tell(
            "outage of %d s: %d s, %d happened, %d MiB resident",
            length.toSeconds(), second, host.happened().size(), resident.getLast() >> 20);
      }
    }
    broker.start();
    agent.liveFor(QUIET);
    host.engine().calm();

    allIsThereInOrder();
    Progress.tell("outage of %d s: at most %d MiB", length.toSeconds(), max(resident) >> 20);
    assertThat(max(resident)).isLessThan(MAX_RESIDENT_BYTES);
    return resident;
  }

  private void allIsThereInOrder() throws Exception {
    await()
        .atMost(DRAIN_LIMIT)
        .untilAsserted(() -> assertThat(verdict().notTold()).as("seed %d", SEED).isEmpty());
    var verdict = verdict();
    Progress.tell("seed %d: %s", SEED, verdict.summary());
    assertThat(verdict.unknown()).as("never happened, seed %d", SEED).isEmpty();
    assertThat(verdict.disorder()).as("out of order, seed %d", SEED).isEmpty();
    assertThat(verdict.duplicates())
        .as("copies, seed %d", SEED)
        .isLessThan(verdict.happened().size() / EVENTS_PER_COPY);
    log.awaitDrained();
    assertThat(log.unbalanced()).as("lanes that do not add up, seed %d", SEED).isEmpty();
    assertThat(agent.stop()).as("exit code").isZero();
  }

  private Verdict verdict() {
    return new Verdict(host.happened(), log.events(), log.gaps(), StormyHost.SAME_MOMENT);
  }

  private static long max(List<Long> values) {
    return values.stream().mapToLong(Long::longValue).max().orElse(0);
  }
}
