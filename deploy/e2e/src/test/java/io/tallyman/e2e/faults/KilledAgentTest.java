package io.tallyman.e2e.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tallyman.simulator.Storm;
import io.tallyman.simulator.Storm.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The agent is killed again and again while much happens, and loses nothing silently. */
@Tag("kafka")
class KilledAgentTest {

  private static final long SEED = Long.getLong("tallyman.test.seed", System.nanoTime());
  private static final int KILLS = Integer.getInteger("tallyman.test.kills", 200);
  private static final int FEW_KILLS = 6;
  private static final int CONTAINERS = 20;
  private static final int EVENTS_PER_SECOND = 500;
  private static final int MAX_LIFE_MILLIS = 2_500;
  private static final Duration START_LIMIT = Duration.ofMinutes(1);
  private static final Duration DRAIN_LIMIT = Duration.ofMinutes(2);

  private static final Duration AT_WORK_AFTER = Duration.ofMillis(500);

  private record Period(Instant from, Instant to) {}

  @TempDir Path directory;

  private final Random random = new Random(SEED);
  private final List<Period> atWork = new ArrayList<>();

  @Test
  void whatWasAcceptedOutlivesAFewKills() throws Exception {
    kill(FEW_KILLS);
  }

  @Test
  @Tag("soak")
  @Timeout(value = 1, unit = TimeUnit.HOURS)
  void whatWasAcceptedOutlivesHundredsOfKills() throws Exception {
    kill(KILLS);
  }

  private void kill(int times) throws Exception {
    Set<String> accepted = new HashSet<>();
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
      host.storm(
          Storm.of(SEED, CONTAINERS, EVENTS_PER_SECOND)
              .only(Kind.START_STOP, Kind.RENAME, Kind.OOM, Kind.HEALTH, Kind.REPLACE));
      for (int i = 1; i <= times; i++) {
        if (random.nextInt(3) == 0) {
          var told = log.eventCount();
          await().atMost(START_LIMIT).until(() -> log.eventCount() > told);
        }
        live(agent, host, random.nextInt(MAX_LIFE_MILLIS));
        agent.kill();
        accepted.addAll(SpooledIds.in(directory.resolve("agent"), directory.resolve("copy")));
        await().atMost(START_LIMIT).until(() -> !host.isWatched());
        agent.start();
        if (random.nextInt(4) > 0) {
          await().atMost(START_LIMIT).until(host::isWatched);
        }
        Progress.tell(
            "kill %d of %d: %d happened, %d told, %d found in spools",
            i, times, host.happened().size(), log.eventCount(), accepted.size());
      }
      await().atMost(START_LIMIT).until(host::isWatched);
      live(agent, host, MAX_LIFE_MILLIS);
      host.engine().calm();

      await()
          .atMost(DRAIN_LIMIT)
          .pollInterval(Duration.ofSeconds(1))
          .untilAsserted(() ->
              assertThat(verdict(host, log).losses())
                  .as("lost silently, seed %d: %s", SEED, log.gapTimes())
                  .isEmpty());
      log.awaitDrained();
      assertThat(agent.stop()).as("exit code").isZero();
      judge(verdict(host, log), accepted, times);
      assertThat(log.unbalanced()).as("lanes that do not add up, seed %d", SEED).isEmpty();
    }
  }

  /** Notes when the agent surely was at work. */
  private void live(JavaProcess agent, StormyHost host, int millis) throws InterruptedException {
    var watched = host.isWatched();
    var from = Instant.now();
    agent.liveFor(Duration.ofMillis(millis));
    if (watched && millis > 2 * AT_WORK_AFTER.toMillis()) {
      atWork.add(new Period(from.plus(AT_WORK_AFTER), Instant.now().minus(AT_WORK_AFTER)));
    }
  }

  private void judge(Verdict verdict, Set<String> accepted, int times) {
    Progress.tell("%d kills, seed %d: %s", times, SEED, verdict.summary());
    assertThat(accepted).as("found in spools, seed %d", SEED).isNotEmpty();
    assertThat(verdict.missing(accepted)).as("accepted and not told, seed %d", SEED).isEmpty();
    assertThat(verdict.unknown()).as("never happened, seed %d", SEED).isEmpty();
    assertThat(verdict.disorder()).as("out of order, seed %d", SEED).isEmpty();

    var seen = verdict.happened().stream().filter(this::whileAtWork).count();
    var excused = verdict.notTold().stream().filter(this::whileAtWork).count();
    Progress.tell("while the agent was at work: %d happened, %d in gaps", seen, excused);
    assertThat(excused)
        .as("in gaps though an agent was there, seed %d", SEED)
        .isLessThan(seen / 10);
  }

  private boolean whileAtWork(Happened event) {
    var time = Instant.EPOCH.plusNanos(event.timeNanos());
    return atWork.stream()
        .anyMatch(period -> time.isAfter(period.from()) && time.isBefore(period.to()));
  }

  private static Verdict verdict(StormyHost host, TallyLog log) {
    return new Verdict(host.happened(), log.events(), log.gaps(), StormyHost.SAME_MOMENT);
  }
}
