package io.tallyman.agent.events;

import static io.tallyman.agent.events.PipelineBench.T0;
import static org.assertj.core.api.Assertions.assertThat;

import io.tallyman.agent.events.ScriptedEngine.Container;
import io.tallyman.agent.inventory.Glob;
import io.tallyman.agent.inventory.Selection;
import io.tallyman.agent.publish.OutgoingRecord;
import io.tallyman.schemas.EventIds;
import io.tallyman.v1.Action;
import io.tallyman.v1.ContainerEvent;
import io.tallyman.v1.Origin;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReconciliationTest {

  private static final String ID = "c1";
  private static final Instant STARTED = T0.minusSeconds(60);

  private final PipelineBench bench = new PipelineBench();

  private static Container container() {
    return new Container(ID, STARTED.minusSeconds(1)).running(STARTED);
  }

  private void watched() {
    bench.engine.put(container().details());
    bench.started();
    bench.passes(Duration.ofSeconds(60));
  }

  /** Two rounds: one that raises a suspicion, at once or by routine, one that settles it. */
  private void reconcile() {
    bench.round();
    bench.passes(Inspections.ROUTINE_SPREAD);
    bench.passes(Duration.ofSeconds(1));
    bench.round();
  }

  @Test
  void aDeathWithoutAnEventIsConcluded() {
    watched();
    Instant finished = T0.plusSeconds(20).plusNanos(123_456_789);
    bench.engine.put(container().exited(finished, 137).details());
    reconcile();

    ContainerEvent die = bench.lastEvent();
    assertThat(bench.events()).hasSize(1);
    assertThat(die.getAction()).isEqualTo(Action.DIE);
    assertThat(die.getOrigin()).isEqualTo(Origin.RECONCILED);
    assertThat(die.getTimeNanos()).isEqualTo(Nanos.of(finished));
    assertThat(die.getExitCode()).isEqualTo(137);
    assertThat(die.getEventId())
        .isEqualTo(EventIds.eventId("host-1", Nanos.of(finished), "die", ID, null));
    assertThat(bench.lastState(ID).getState()).isEqualTo("exited");
    assertThat(bench.reopened).isPositive();
  }

  @Test
  void nothingIsConcludedBeforeTheMemoryOfEventsWasReadAgain() {
    watched();
    bench.engine.put(container().exited(T0.plusSeconds(20), 137).details());
    bench.round();

    assertThat(bench.events()).isEmpty();
    assertThat(bench.roundsAsked).isPositive();
  }

  @Test
  void anEventThatWasOnlyLateIsTheOneThatIsTold() {
    watched();
    bench.engine.put(container().exited(bench.clock.now.minusMillis(5), 7).details());
    bench.round();
    bench.happens("die", ID, "exitCode", "7");
    bench.passes(Duration.ofSeconds(1));
    bench.round();

    assertThat(bench.rawActions()).containsExactly("die");
    assertThat(bench.lastEvent().getOrigin()).isEqualTo(Origin.LIVE);
    assertThat(bench.figures.reconciled()).isZero();
  }

  @Test
  void theTwinOfAConclusionIsSuppressed() {
    watched();
    Instant finished = T0.plusSeconds(59);
    bench.engine.put(container().exited(finished, 7).details());
    reconcile();
    bench.brings(PipelineBench.event(finished.plusMillis(40), "die", ID, "exitCode", "7"));

    assertThat(bench.events()).hasSize(1);
    assertThat(bench.figures.suppressedTwins()).isEqualTo(1);
  }

  @Test
  void theNextDeathIsNoTwin() {
    watched();
    bench.engine.put(container().exited(T0.plusSeconds(20), 7).details());
    reconcile();
    bench.happens("start", ID);
    bench.passes(Duration.ofSeconds(20));
    bench.happens("die", ID, "exitCode", "8");

    assertThat(bench.rawActions()).containsExactly("die", "start", "die");
    assertThat(bench.lastEvent().getExitCode()).isEqualTo(8);
  }

  @Test
  void aRestartThatWasMissedIsADeathAndAStart() {
    watched();
    bench.engine.put(
        container().exited(T0.plusSeconds(20), 1).running(T0.plusSeconds(21)).details());
    reconcile();

    assertThat(bench.rawActions()).containsExactly("die", "start");
    assertThat(bench.events().getFirst().getExitCode()).as("zeroed by the restart").isNull();
    assertThat(bench.lastState(ID).getState()).isEqualTo("running");
  }

  @Test
  void aContainerThatAppearsWithoutAnEventIsTold() {
    bench.started();
    bench.passes(Duration.ofSeconds(60));
    bench.engine.put(new Container("c2", T0.plusSeconds(10)).running(T0.plusSeconds(11)).details());
    bench.round();
    assertThat(bench.lastState("c2").getState()).isEqualTo("running");
    bench.passes(Duration.ofSeconds(1));
    bench.round();

    assertThat(bench.rawActions()).containsExactly("create", "start");
  }

  @Test
  void aContainerThatIsGoneWithoutAnEventIsDestroyed() {
    watched();
    bench.engine.containers.clear();
    reconcile();

    assertThat(bench.rawActions()).containsExactly("destroy");
    assertThat(bench.lastEvent().getTimeNanos()).isEqualTo(Nanos.of(STARTED));
    assertThat(bench.isBuried(ID)).isTrue();

    bench.happens("destroy", ID);
    assertThat(bench.rawActions()).containsExactly("destroy");
    assertThat(bench.figures.suppressedTwins()).isEqualTo(1);
  }

  @Test
  void whatDoesNotChangeIsInspectedOncePerPeriodHoweverManyRoundsThereAre() {
    watched();
    int before = bench.engine.inspects;
    for (int second = 0; second < 120; second++) {
      bench.round();
      bench.passes(Duration.ofSeconds(1));
    }

    assertThat(bench.engine.inspects - before).isBetween(2, 3);
  }

  @Test
  void aNewStreamHasEveryRunningContainerInspectedAtOnce() {
    watched();
    bench.round();
    bench.passes(Duration.ofSeconds(30));
    bench.engine.put(
        container().exited(bench.clock.now, 1).running(bench.clock.now.plusMillis(1)).details());
    bench.passes(Duration.ofSeconds(2));
    bench.openStream();
    bench.round();
    bench.passes(Duration.ofSeconds(1));
    bench.round();

    assertThat(bench.rawActions()).containsExactly("die", "start");
  }

  @Test
  void aContainerIsSelectedByItsImageThoughTheTagHasMovedOn() {
    Selection.Globs busybox =
        new Selection.Globs(List.of(), List.of(new Glob("busybox")), List.of());
    PipelineBench including = new PipelineBench(new Selection(busybox, Selection.Globs.NONE));
    PipelineBench excluding = new PipelineBench(new Selection(Selection.Globs.NONE, busybox));
    for (PipelineBench each : List.of(including, excluding)) {
      each.engine.tagsMoved = true;
      each.engine.put(container().details());
      each.started();
      each.passes(Duration.ofSeconds(60));
      each.round();
    }

    assertThat(including.lastState(ID).getImage()).isEqualTo("busybox");
    assertThat(including.inventory.collected()).hasSize(1);
    assertThat(excluding.lane.records).isEmpty();
    assertThat(excluding.inventory.collected()).isEmpty();
  }

  @Test
  void aContainerThatWentWhileTheListWasMadeStaysGone() {
    watched();
    bench.engine.whileListing =
        () -> {
          bench.clock.now = bench.clock.now.plusMillis(5);
          bench.engine.containers.clear();
          bench.queues(bench.logged("destroy", ID));
        };
    bench.round();
    bench.engine.whileListing = () -> {};
    assertThat(bench.isBuried(ID)).isTrue();
    assertThat(bench.inventory.all()).isEmpty();
    bench.passes(Duration.ofSeconds(60));
    reconcile();

    assertThat(bench.rawActions()).containsExactly("destroy");
  }

  @Test
  void whatIsReadFromTheMemoryAfterTheEndIsToldAndBringsNothingBack() {
    bench.started();
    bench.logged("create", ID);
    bench.logged("start", ID);
    bench.passes(Duration.ofMillis(10));
    bench.happens("destroy", ID);
    bench.passes(Duration.ofSeconds(10));
    reconcile();

    assertThat(bench.rawActions()).containsExactly("destroy", "create", "start");
    assertThat(bench.isBuried(ID)).isTrue();
    assertThat(bench.inventory.all()).isEmpty();
    assertThat(bench.readNow).isEmpty();
  }

  @Test
  void aStartAfterAnotherDeathIsNoTwinOfOneThatWasLost() {
    watched();
    Instant restarted = bench.clock.now.plusSeconds(19);
    bench.engine.put(
        container().exited(restarted.minusMillis(200), 1).running(restarted).details());
    reconcile();
    assertThat(bench.rawActions()).containsExactly("die", "start");

    bench.happens("die", ID, "exitCode", "1");
    bench.passes(Duration.ofSeconds(2));
    bench.happens("start", ID);

    assertThat(bench.rawActions()).containsExactly("die", "start", "die", "start");
    assertThat(bench.figures.suppressedTwins()).isZero();
  }

  @Test
  void withoutInspectTheListStillCorrectsTheState() {
    bench.engine.inspectForbidden = true;
    watched();
    bench.engine.put(container().exited(T0.plusSeconds(20), 137).details());
    reconcile();

    assertThat(bench.events()).isEmpty();
    assertThat(bench.lastState(ID).getState()).isEqualTo("exited");
  }

  @Test
  void eventsDoNotWaitForAListThatFails() {
    bench.engine.listBroken = true;
    bench.openStream();
    bench.happens("create", ID);
    assertThat(bench.events()).isEmpty();
    bench.round();

    assertThat(bench.rawActions()).containsExactly("create");
  }

  @Test
  void aPauseThatWasMissedShowsInTheStateAlone() {
    watched();
    var paused = container().details();
    bench.engine.put(
        new io.tallyman.agent.engine.ContainerDetails(
            paused.id(),
            paused.name(),
            paused.image(),
            paused.imageId(),
            paused.createdAt(),
            paused.labels(),
            "paused",
            paused.pid(),
            0,
            false,
            paused.startedAt(),
            null,
            0,
            null,
            null,
            "bridge",
            null,
            null,
            null));
    reconcile();

    assertThat(bench.events()).isEmpty();
    assertThat(bench.lastState(ID).getState()).isEqualTo("paused");
  }

  @Test
  void whatVanishedWhileNoAgentRanIsBuried(@TempDir Path directory) throws Exception {
    Path kept = directory.resolve("containers");
    PipelineBench before = new PipelineBench(Selection.ALL, directory);
    before.engine.put(container().details());
    before.engine.put(new Container("c2", STARTED).running(STARTED).details());
    before.engine.put(new Container("c3", STARTED).running(STARTED).details());
    before.started();
    before.happens("destroy", "c3");
    Files.writeString(kept, "+cut-off-by-a-cra", StandardOpenOption.APPEND);

    PipelineBench after = new PipelineBench(Selection.ALL, directory);
    after.engine.put(new Container("c2", STARTED).running(STARTED).details());
    after.started();

    assertThat(after.isBuried(ID)).isTrue();
    assertThat(after.isBuried("c2")).isFalse();
    assertThat(after.lane.records.stream().map(OutgoingRecord::key))
        .doesNotContain("c3", "cut-off-by-a-cra");
  }
}
