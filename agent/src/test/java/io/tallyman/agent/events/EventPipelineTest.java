package io.tallyman.agent.events;

import static io.tallyman.agent.events.PipelineBench.T0;
import static org.assertj.core.api.Assertions.assertThat;

import io.tallyman.agent.engine.EngineEvent;
import io.tallyman.agent.events.ScriptedEngine.Container;
import io.tallyman.agent.publish.OutgoingRecord;
import io.tallyman.schemas.EventIds;
import io.tallyman.v1.Action;
import io.tallyman.v1.ContainerEvent;
import io.tallyman.v1.ContainerState;
import io.tallyman.v1.Origin;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class EventPipelineTest {

  private static final String ID = "c1";

  private final PipelineBench bench = new PipelineBench();

  private Container runningSince(Instant startedAt) {
    return new Container(ID, startedAt).running(startedAt);
  }

  @Test
  void everyContainerOfTheFirstListHasAState() {
    bench.engine.put(runningSince(T0.minusSeconds(60)).details());
    bench.engine.put(
        new Container("c2", T0.minusSeconds(90))
            .running(T0.minusSeconds(80))
            .exited(T0.minusSeconds(70), 3)
            .details());

    bench.started();

    assertThat(bench.lastState(ID).getState()).isEqualTo("running");
    assertThat(bench.lastState(ID).getPid()).isEqualTo(42);
    assertThat(bench.lastState("c2").getExitCode()).isEqualTo(3);
    assertThat(bench.events()).isEmpty();
  }

  @Test
  void recordsCarryTheIdentityAndRisingNumbers() {
    bench.started();
    bench.engine.put(runningSince(bench.clock.now).details());
    bench.happens("create", ID, "com.docker.compose.project", "shop", "secret", "x");
    bench.happens("start", ID);

    ContainerEvent create = bench.events().getFirst();
    assertThat(create.getHostId()).isEqualTo(PipelineBench.HOST);
    assertThat(create.getAgentId()).isEqualTo("agent-1");
    assertThat(create.getIncarnation()).isEqualTo(3);
    assertThat(create.getProject()).isEqualTo("shop");
    assertThat(create.getLabels()).isEqualTo(Map.of("com.docker.compose.project", "shop"));
    assertThat(create.getContainerName()).isEqualTo("name-of-c1");
    assertThat(create.getOrigin()).isEqualTo(Origin.LIVE);
    assertThat(create.getEventId())
        .isEqualTo(EventIds.eventId("host-1", Nanos.of(T0), "create", ID, null));
    assertThat(bench.lane.records.stream().map(EventPipelineTest::sequence)).isSorted();
    assertThat(bench.lane.records).extracting(OutgoingRecord::hostId).containsOnly("host-1");
  }

  private static long sequence(OutgoingRecord record) {
    return record.value() instanceof ContainerEvent event
        ? event.getSequence()
        : ((ContainerState) Objects.requireNonNull(record.value())).getSequence();
  }

  @Test
  void anEventThatComesAgainIsToldOnce() {
    bench.started();
    EngineEvent create = bench.logged("create", ID);
    bench.brings(create);
    bench.brings(create);
    bench.round();

    assertThat(bench.rawActions()).containsExactly("create");
    assertThat(bench.figures.deduplicated()).isEqualTo(2);
  }

  @Test
  void whatHappensWhileTheListIsMadeIsNotLost() {
    bench.engine.whileListing =
        () -> {
          bench.clock.now = bench.clock.now.plusMillis(5);
          bench.queues(bench.logged("create", ID));
          bench.clock.now = bench.clock.now.plusMillis(5);
          bench.queues(bench.logged("start", ID));
          bench.engine.put(new Container(ID, T0).running(bench.clock.now).details());
        };
    bench.started();
    bench.engine.whileListing = () -> {};
    bench.passes(Duration.ofSeconds(60));
    bench.round();
    bench.passes(Duration.ofSeconds(1));
    bench.round();

    assertThat(bench.rawActions()).containsExactly("create", "start");
    assertThat(bench.lastState(ID).getState()).isEqualTo("running");
    assertThat(bench.figures.reconciled()).isZero();
  }

  @Test
  void aStateFollowsItsEventOnTheLane() {
    bench.started();
    bench.engine.put(runningSince(T0).details());
    bench.happens("start", ID);

    assertThat(bench.lane.records)
        .extracting(OutgoingRecord::topic)
        .containsExactly("docker.events.v1", "docker.containers.v1");
  }

  @Test
  void theEventsOwnExitCodeIsTakenThoughInspectHasForgottenIt() {
    bench.started();
    bench.happens("create", ID);
    bench.happens("start", ID);
    bench.passes(Duration.ofSeconds(5));
    bench.happens("kill", ID, "signal", "15");
    bench.engine.put(runningSince(bench.clock.now.plusMillis(10)).details());
    bench.happens("die", ID, "exitCode", "137", "execDuration", "5");

    assertThat(bench.events().get(2).getSignal()).isEqualTo(15);
    assertThat(bench.lastEvent().getExitCode()).isEqualTo(137);
  }

  @Test
  void aLabelDoesNotForgeTheExitCode() {
    String[] labels = {"exitCode", "0", "signal", "1"};
    bench.started();
    bench.happens("create", ID, labels);
    bench.happens("start", ID, labels);
    bench.passes(Duration.ofSeconds(5));
    bench.happens("kill", ID, labels);
    bench.engine.put(runningSince(T0).exited(bench.clock.now.minusMillis(3), 137).details());
    bench.happens("die", ID, labels);

    assertThat(bench.events().get(2).getSignal()).isNull();
    assertThat(bench.lastEvent().getExitCode()).isEqualTo(137);
    assertThat(bench.lastState(ID).getExitCode()).isEqualTo(137);
  }

  @Test
  void aLyingLabelIsKnownFromTheListToo() {
    bench.engine.put(runningSince(T0.minusSeconds(9)).labels(Map.of("exitCode", "0")).details());
    bench.started();
    bench.passes(Duration.ofSeconds(5));
    bench.engine.put(
        runningSince(T0.minusSeconds(9)).exited(bench.clock.now.minusMillis(2), 9).details());
    bench.happens("die", ID, "exitCode", "0");

    assertThat(bench.lastEvent().getExitCode()).isEqualTo(9);
  }

  @Test
  void anExitCodeIsNullWhenTheLabelLiesAndInspectShowsAnotherRun() {
    bench.started();
    bench.happens("create", ID, "exitCode", "0");
    bench.happens("start", ID, "exitCode", "0");
    bench.passes(Duration.ofSeconds(5));
    bench.engine.put(runningSince(bench.clock.now).details());
    bench.happens("die", ID, "exitCode", "0");

    assertThat(bench.lastEvent().getExitCode()).isNull();
  }

  @Test
  void anExitCodeIsNullWhenTheLabelLiesAndTheContainerIsGone() {
    bench.started();
    bench.happens("create", ID, "exitCode", "0");
    bench.happens("start", ID, "exitCode", "0");
    bench.passes(Duration.ofSeconds(5));
    bench.happens("die", ID, "exitCode", "0");

    assertThat(bench.lastEvent().getExitCode()).isNull();
  }

  @Test
  void aDeathAfterOutOfMemorySaysSo() {
    bench.started();
    bench.happens("create", ID);
    bench.happens("start", ID);
    bench.passes(Duration.ofSeconds(1));
    bench.happens("oom", ID);
    bench.passes(Duration.ofMillis(10));
    bench.happens("die", ID, "exitCode", "137");
    bench.passes(Duration.ofSeconds(1));
    bench.happens("start", ID);
    bench.passes(Duration.ofSeconds(1));
    bench.happens("die", ID, "exitCode", "0");

    assertThat(bench.events().stream().filter(e -> e.getAction() == Action.DIE))
        .extracting(ContainerEvent::getOomKilled)
        .containsExactly(true, false);
  }

  @Test
  void aRenameKeepsTheIdAndChangesTheName() {
    bench.engine.put(runningSince(T0.minusSeconds(9)).details());
    bench.started();
    bench.passes(Duration.ofSeconds(2));
    bench.engine.put(runningSince(T0.minusSeconds(9)).name("new").details());
    bench.happens("rename", ID, "name", "new", "oldName", "/name-of-c1");

    assertThat(bench.lastEvent().getOldName()).isEqualTo("name-of-c1");
    assertThat(bench.lastEvent().getContainerName()).isEqualTo("new");
    assertThat(bench.lastState(ID).getContainerName()).isEqualTo("new");
  }

  @Test
  void aDestroyedContainerGetsATombstone() {
    bench.engine.put(runningSince(T0.minusSeconds(9)).details());
    bench.started();
    bench.engine.containers.clear();
    bench.happens("die", ID, "exitCode", "0");
    bench.happens("destroy", ID);

    assertThat(bench.isBuried(ID)).isTrue();
    assertThat(bench.inventory.all()).isEmpty();
  }

  @Test
  void withoutInspectStatesSayWhatListAndEventsSay() {
    bench.engine.inspectForbidden = true;
    bench.engine.put(runningSince(T0.minusSeconds(9)).details());
    bench.engine.put(runningSince(T0.minusSeconds(9)).name("other").details());
    bench.started();
    assertThat(bench.lastState(ID).getState()).isEqualTo("running");
    int inspects = bench.engine.inspects;

    bench.passes(Duration.ofSeconds(2));
    bench.happens("die", ID, "exitCode", "4");

    assertThat(bench.lastState(ID).getState()).isEqualTo("exited");
    assertThat(bench.lastState(ID).getExitCode()).isEqualTo(4);
    assertThat(bench.engine.inspects).isEqualTo(inspects);
  }

  @Test
  void inAStormEveryEventIsToldAndInspectsAreFew() {
    bench.engine.put(runningSince(T0.minusSeconds(9)).details());
    bench.started();
    int before = bench.engine.inspects;
    for (int i = 0; i < 300; i++) {
      bench.passes(Duration.ofMillis(7));
      bench.happens("oom", ID);
    }

    assertThat(bench.events()).hasSize(300);
    assertThat(bench.engine.inspects - before).isBetween(1, 3);
  }

  @Test
  void aStormOfDeathsWithALyingLabelIsInspectedOnceASecondToo() {
    bench.started();
    bench.happens("create", ID, "exitCode", "0");
    int seconds = 20;
    int before = bench.engine.inspects;
    for (int i = 0; i < seconds * 5; i++) {
      bench.passes(Duration.ofMillis(100));
      bench.engine.put(runningSince(bench.clock.now).details());
      bench.happens("start", ID, "exitCode", "0");
      bench.passes(Duration.ofMillis(100));
      bench.engine.put(runningSince(T0).exited(bench.clock.now.minusMillis(3), 3).details());
      bench.happens("die", ID, "exitCode", "0");
    }

    assertThat(bench.events()).hasSize(1 + seconds * 10);
    assertThat(bench.engine.inspects - before).isBetween(seconds - 1, seconds + 2);
    assertThat(bench.events().stream().filter(e -> e.getAction() == Action.DIE))
        .extracting(ContainerEvent::getExitCode)
        .contains(3)
        .containsOnly(3, null);
  }

  @Test
  void readingsAreAskedForOnStartAndKill() {
    bench.started();
    bench.happens("create", ID);
    bench.happens("start", ID);
    bench.happens("kill", ID, "signal", "9");

    assertThat(bench.readNow).containsExactly(ID, ID);
  }

  @Test
  void anIgnoredContainerLeavesNoTrace() {
    bench.started();
    bench.happens("create", ID, "tallyman.ignore", "true");
    bench.happens("start", ID, "tallyman.ignore", "true");
    bench.happens("die", ID, "tallyman.ignore", "true", "exitCode", "1");

    assertThat(bench.lane.records).isEmpty();
    assertThat(bench.readNow).isEmpty();
    assertThat(bench.figures.unselected()).isEqualTo(3);
  }

  @Test
  void whatIsNotALifecycleActionIsNeverPassedOn() {
    bench.started();
    bench.happens("exec_create: psql -W secret", ID);
    bench.happens("attach", ID);

    assertThat(bench.lane.records).isEmpty();
  }

  @Test
  void republishingTellsEveryStateAgain() {
    bench.engine.put(runningSince(T0.minusSeconds(9)).details());
    bench.started();
    List<ContainerState> before = bench.states(ID);
    bench.passes(Duration.ofHours(1));
    bench.republish();

    assertThat(bench.states(ID)).hasSize(before.size() + 1);
    assertThat(bench.lastState(ID).getAsOf()).isEqualTo(bench.clock.now);
  }
}
