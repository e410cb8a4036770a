package io.tallyman.e2e.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tallyman.e2e.faults.Agents;
import io.tallyman.e2e.faults.BrokerProcess;
import io.tallyman.e2e.faults.JavaProcess;
import io.tallyman.e2e.faults.Progress;
import io.tallyman.e2e.faults.TallyLog;
import io.tallyman.e2e.faults.Verdict;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.DockerClientFactory;

/** On a real engine, too, nothing is lost silently when the agent is killed or Kafka is away. */
@Tag("docker")
class KilledAgentDockerTest {

  private static final String HOST = "real";
  private static final long SEED = Long.getLong("tallyman.test.seed", System.nanoTime());
  private static final int KILLS = 4;
  private static final int MAX_LIFE_MILLIS = 2_500;
  private static final Duration OUTAGE = Duration.ofSeconds(10);
  private static final Duration START_LIMIT = Duration.ofMinutes(1);
  private static final Duration DRAIN_LIMIT = Duration.ofSeconds(90);

  /** An engine that is busy logs an event well after the moment that inspect tells. */
  private static final Duration SAME_MOMENT = Duration.ofSeconds(2);

  @TempDir Path directory;

  private final Random random = new Random(SEED);
  private BrokerProcess broker;
  private TallyLog log;
  private BusyEngine engine;
  private JavaProcess agent;

  @BeforeEach
  void start() throws Exception {
    broker = new BrokerProcess(directory).start();
    log = new TallyLog(broker.bootstrapServers());
    engine = new BusyEngine(HOST);
    agent =
        Agents.agent(
            directory.resolve("agent"),
            HOST,
            address(),
            broker.bootstrapServers(),
            engine.selection());
    agent.start();
    await().atMost(START_LIMIT).until(() -> !log.heartbeats().isEmpty());
    engine.begin();
    await().atMost(START_LIMIT).until(() -> log.eventCount() > 0);
  }

  @AfterEach
  void stop() throws Exception {
    agent.close();
    engine.close();
    log.close();
    broker.close();
  }

  @Test
  void whatHappensIsToldThoughTheAgentIsKilled() throws Exception {
    for (var i = 0; i < KILLS; i++) {
      agent.liveFor(Duration.ofMillis(random.nextInt(MAX_LIFE_MILLIS)));
      agent.kill();
      agent.start();
    }
    agent.liveFor(Duration.ofMillis(MAX_LIFE_MILLIS));
    allIsAccountedFor();
  }

  @Test
  void whatHappensWhileKafkaIsAwayIsToldAfterwards() throws Exception {
    broker.kill();
    agent.liveFor(OUTAGE);
    broker.start();
    allIsAccountedFor();
    assertThat(verdict().notTold()).isEmpty();
  }

  private void allIsAccountedFor() throws Exception {
    engine.calm();
    await()
        .atMost(DRAIN_LIMIT)
        .untilAsserted(() -> assertThat(verdict().losses()).as("seed %d", SEED).isEmpty());
    log.awaitDrained();
    assertThat(agent.stop()).as("exit code").isZero();
    var verdict = verdict();
    Progress.tell("real engine, seed %d: %s", SEED, verdict.summary());
    assertThat(verdict.unknown()).as("never happened, seed %d", SEED).isEmpty();
    assertThat(verdict.disorder()).as("out of order, seed %d", SEED).isEmpty();
    assertThat(log.unbalanced()).as("lanes that do not add up, seed %d", SEED).isEmpty();
  }

  private Verdict verdict() {
    return new Verdict(engine.happened(), log.events(), log.gaps(), SAME_MOMENT);
  }

  private static URI address() {
    return DockerClientFactory.instance().getTransportConfig().getDockerHost();
  }
}
