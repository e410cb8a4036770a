package io.tallyman.e2e.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tallyman.broker.BrokerConfig;
import io.tallyman.broker.EmbeddedBroker;
import io.tallyman.simulator.Call;
import io.tallyman.simulator.ContainerSpec;
import io.tallyman.simulator.Storm;
import io.tallyman.simulator.Storm.Kind;
import io.tallyman.v1.GapReason;
import io.tallyman.v1.Origin;
import io.tallyman.v1.Stream;
import io.tallyman.v1.StreamGap;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong between an engine and an agent, judged by what stands in Kafka then. */
@Tag("kafka")
class EngineFaultsTest {

  private static final long SEED = Long.getLong("tallyman.test.seed", System.nanoTime());
  private static final Duration LIMIT = Duration.ofMinutes(1);
  private static final Duration BRIEFLY = Duration.ofSeconds(3);
  private static final Duration LONG =
      Duration.ofSeconds(Long.getLong("tallyman.test.deaf-seconds", 30));
  private static final int EVENTS_PER_SECOND = 2_000;

  /** Three events each, and so more than the engine remembers. */
  private static final int PROBES = 334;

  /** Fewer than the engine remembers: what else happens takes some of its memory. */
  private static final int LATEST = 64;

  private static final Duration STREAM_LIFE = Duration.ofMillis(250);
  private static final Duration SOON = Duration.ofSeconds(1);
  private static final int CUTS = 10;

  @TempDir Path directory;

  private EmbeddedBroker broker;
  private TallyLog log;
  private StormyHost host;
  private JavaProcess agent;

  @BeforeEach
  void start() {
    broker = EmbeddedBroker.start(new BrokerConfig(directory.resolve("broker"), 0));
    log = new TallyLog(broker.bootstrapServers());
    // The engine does not wait for a listener, so that a storm keeps its rate.
    host = new StormyHost(directory, Duration.ZERO);
    agent =
        Agents.agent(
            directory.resolve("agent"),
            StormyHost.ID,
            host.engine().dockerHost(),
            broker.bootstrapServers());
    agent.start();
    until(host::isWatched);
  }

  @AfterEach
  void stop() {
    agent.close();
    host.close();
    log.close();
    broker.close();
  }

  @Test
  void deathsDuringARestartOfTheEngineAreConcludedAndTheRestartIsAGap() throws Exception {
    var ids = IntStream.range(0, 5).mapToObj(i -> run("c" + i)).toList();
    ids.forEach(id -> untilTold(id, "start"));
    var before = Instant.now();
    host.engine().goDown();
    ids.forEach(id -> host.engine().kill(id, 9, 1 + ids.indexOf(id)));
    var after = Instant.now();
    host.engine().comeBack(true);

    ids.forEach(id -> untilTold(id, "die"));
    var gap = untilGap(GapReason.ENGINE_RESTART);
    assertThat(gap.getFrom()).isBeforeOrEqualTo(before);
    assertThat(gap.getTo()).isAfterOrEqualTo(after);
    ids.forEach(id -> until(() -> "exited".equals(log.stateOf(id))));
    var revived = ids.getFirst();
    host.engine().start(revived);
    until(() -> "running".equals(log.stateOf(revived)));
    assertThat(gaps()).hasSize(1);
    var verdict = judged();
    // The engine never logged them.
    assertThat(verdict.unknown()).allMatch(Told::isReconciled);
    assertThat(verdict.unknown()).extracting(Told::rawAction).containsOnly("die");
    assertThat(verdict.unknown())
        .extracting(Told::containerId)
        .containsExactlyInAnyOrderElementsOf(ids);
    assertThat(verdict.unknown())
        .allSatisfy(
            die -> assertThat(die.exitCode()).isEqualTo(1 + ids.indexOf(die.containerId())));
    assertThat(verdict.notTold()).isEmpty();
    assertThat(verdict.duplicates()).isZero();
  }

  @Test
  void whatAFullMemoryForgotWhileNobodyListenedIsAGap() throws Exception {
    var dies = run("dies");
    var checked = run("checked");
    untilTold(checked, "start");
    host.engine().faults().forbid(Call.EVENTS);
    host.engine().cutStreams();
    until(() -> !host.isWatched());
    host.engine().kill(dies, 9, 9);
    host.engine().execs(checked, PROBES);
    host.engine().faults().clear();

    untilGap(GapReason.RING_OVERFLOW);
    untilTold(dies, "die");
    assertThat(gaps()).hasSize(1);
    var verdict = judged();
    assertThat(verdict.unknown()).isEmpty();
    assertThat(verdict.notTold()).extracting(Happened::rawAction).containsExactly("kill");
    assertThat(told(dies, "die")).extracting(Told::origin).containsExactly(Origin.RECONCILED);
    assertThat(told(dies, "die")).extracting(Told::exitCode).containsExactly(9);
    assertThat(verdict.duplicates()).isZero();
  }

  @Test
  void whatABrieflyDeafAgentMissedIsToldLateOrAGap() throws Exception {
    deaf(BRIEFLY);
  }

  @Test
  @Tag("soak")
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void whatADeafAgentMissedIsToldLateOrAGap() throws Exception {
    deaf(LONG);
  }

  private void deaf(Duration length) throws Exception {
    untilTold(run("first"), "start");
    var before = log.eventCount();
    host.storm(
        Storm.of(SEED, 20, EVENTS_PER_SECOND)
            .only(Kind.START_STOP, Kind.RENAME, Kind.OOM, Kind.HEALTH, Kind.REPLACE));
    until(() -> log.eventCount() > before);
    agent.freeze();
    agent.liveFor(length);
    host.engine().calm();
    agent.thaw();

    untilGap(GapReason.LISTENER_OVERFLOW);
    var happened = host.happened();
    var latest = happened.subList(happened.size() - LATEST, happened.size());
    untilAsserted(() -> assertThat(verdict().notTold()).doesNotContainAnyElementsOf(latest));
    untilAsserted(() -> assertThat(verdict().losses()).isEmpty());
    var verdict = judged();
    Progress.tell(
        "deaf for %d s, seed %d: %s; %d dropped, %d told late: %s",
        length.toSeconds(),
        SEED,
        verdict.summary(),
        host.engine().droppedEvents(),
        toldLate(),
        log.gapTimes());
    assertThat(toldLate()).isPositive();
    assertThat(host.engine().droppedEvents()).as("the engine has waited for nobody").isPositive();
    assertThat(verdict.unknown()).as("never happened, seed %d", SEED).isEmpty();
    assertThat(verdict.duplicates()).isZero();
  }

  @Test
  void aStreamThatIsCutAllTheTimeLosesNothingAndStatesAppearWithoutInspect() throws Exception {
    untilTold(run("first"), "start");
    host.engine().faults().forbid(Call.INSPECT);
    host.engine().faults().cutStreamsAfter(STREAM_LIFE);
    host.engine().cutStreams();
    List<Duration> away = new ArrayList<>();
    for (var i = 0; i < CUTS; i++) {
      var id = run("c" + i);
      host.engine().kill(id, 9, 3);
      untilTold(id, "die");
      until(() -> "exited".equals(log.stateOf(id)));
      until(() -> !host.isWatched());
      var cut = Instant.now();
      until(host::isWatched);
      away.add(Duration.between(cut, Instant.now()));
    }

    Progress.tell("away for %s", away);
    assertThat(away.subList(CUTS / 2, CUTS))
        .as("on a busy machine some may take longer")
        .anyMatch(each -> each.compareTo(SOON) < 0);
    assertThat(gaps()).isEmpty();
    var verdict = judged();
    assertThat(verdict.unknown()).isEmpty();
    assertThat(verdict.notTold()).isEmpty();
    assertThat(verdict.duplicates()).isZero();
    assertThat(log.events()).noneMatch(Told::isReconciled);
  }

  private String run(String name) {
    return host.engine().run(ContainerSpec.named(name).build());
  }

  private List<Told> told(String containerId, String rawAction) {
    return log.events().stream()
        .filter(
            event -> event.containerId().equals(containerId) && event.rawAction().equals(rawAction))
        .toList();
  }

  private long toldLate() {
    return log.events().stream().filter(event -> event.origin() == Origin.RING).count();
  }

  private void untilTold(String containerId, String rawAction) {
    until(() -> !told(containerId, rawAction).isEmpty());
  }

  private List<StreamGap> gaps() {
    return log.gaps().stream().filter(gap -> gap.getStream() == Stream.EVENTS).toList();
  }

  private StreamGap untilGap(GapReason reason) {
    until(() -> gaps().stream().anyMatch(gap -> gap.getReason() == reason));
    return gaps().stream().filter(gap -> gap.getReason() == reason).findFirst().orElseThrow();
  }

  private static void until(Callable<Boolean> condition) {
    await().atMost(LIMIT).pollInterval(Duration.ofMillis(10)).until(condition);
  }

  private static void untilAsserted(ThrowingRunnable assertion) {
    await().atMost(LIMIT).untilAsserted(assertion);
  }

  /** Of all that the agent had to say: it is ended first, and has sent everything then. */
  private Verdict judged() throws Exception {
    assertThat(agent.stop()).as("exit code").isZero();
    untilAsserted(() ->
        assertThat(verdict().losses())
            .as("lost silently, seed %d: %s", SEED, log.gapTimes())
            .isEmpty());
    var verdict = verdict();
    assertThat(verdict.disorder()).as("out of order, seed %d", SEED).isEmpty();
    assertThat(log.unbalanced()).as("lanes that do not add up, seed %d", SEED).isEmpty();
    return verdict;
  }

  private Verdict verdict() {
    return new Verdict(host.happened(), log.events(), log.gaps(), StormyHost.SAME_MOMENT);
  }
}
