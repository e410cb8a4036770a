package io.tallyman.agent.events;

import static io.tallyman.agent.events.PipelineBench.T0;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.tallyman.agent.engine.EngineEvent;
import io.tallyman.agent.events.ScriptedEngine.Container;
import io.tallyman.agent.inventory.Selection;
import io.tallyman.v1.Action;
import io.tallyman.v1.ContainerEvent;
import io.tallyman.v1.GapReason;
import io.tallyman.v1.Origin;
import io.tallyman.v1.Stream;
import io.tallyman.v1.StreamGap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A watch that goes on where another was, with all its parts on the test's thread. */
class WatchResumeTest {

  private static final String ID = "c1";
  private static final Instant STARTED = T0.minusSeconds(60);

  @TempDir Path directory;

  private static Container container() {
    return new Container(ID, STARTED.minusSeconds(1)).running(STARTED);
  }

  private PipelineBench bench(Instant startedAt, Mechanism... off) {
    return new PipelineBench(Selection.ALL, directory, Set.of(off), startedAt);
  }

  /** The next run, on the same engine. */
  private PipelineBench after(PipelineBench before, Duration pause, Mechanism... off) {
    PipelineBench next = bench(before.clock.now.plus(pause), off);
    next.engine.containers.putAll(before.engine.containers);
    next.engine.ring.addAll(before.engine.ring);
    return next;
  }

  private PipelineBench watched(Mechanism... off) {
    PipelineBench bench = bench(T0, off);
    bench.engine.put(container().details());
    bench.started();
    bench.passes(Duration.ofSeconds(60));
    bench.round();
    bench.passes(Duration.ofSeconds(20));
    return bench;
  }

  private static void reconcile(PipelineBench bench) {
    bench.round();
    bench.passes(Inspections.ROUTINE_SPREAD);
    bench.passes(Duration.ofSeconds(1));
    bench.round();
  }

  /** Concludes a death that the ring has forgotten; its own event comes after a restart. */
  private List<ContainerEvent> lateTwin(Mechanism... off) throws IOException {
    directory = Files.createTempDirectory(directory, "run");
    PipelineBench first = watched(off);
    Instant finished = first.clock.now;
    first.engine.put(container().exited(finished, 7).details());
    reconcile(first);
    assertThat(first.rawActions()).containsExactly("die");
    first.stop();
    PipelineBench second = after(first, Duration.ofSeconds(1), off);
    second.started();
    second.brings(PipelineBench.event(finished.plusMillis(40), "die", ID, "exitCode", "7"));
    return second.events();
  }

  @Test
  @Tag("mechanism")
  void theTwinOfAConclusionIsKnownByTheNextRun() throws IOException {
    assertThat(lateTwin()).isEmpty();
    assertThat(lateTwin(Mechanism.TWIN_SUPPRESSION)).as("without its mechanism").hasSize(1);
  }

  @Test
  void aConclusionIsNotDrawnAgainByTheNextRun() {
    PipelineBench first = watched();
    first.engine.put(container().exited(first.clock.now, 7).details());
    reconcile(first);
    first.stop();
    PipelineBench second = after(first, Duration.ofSeconds(30));
    second.started();
    reconcile(second);

    assertThat(first.rawActions()).containsExactly("die");
    assertThat(second.events()).isEmpty();
    assertThat(second.lastState(ID).getExitCode()).isEqualTo(7);
  }

  @Test
  void whatHappenedWhileNobodyWatchedIsConcluded() {
    PipelineBench first = watched();
    first.stop();
    PipelineBench second = after(first, Duration.ofMinutes(10));
    Instant finished = first.clock.now.plusSeconds(30);
    second.engine.put(container().exited(finished, 7).details());
    second.engine.put(new Container("c2", finished).running(finished.plusSeconds(1)).details());
    second.started();
    reconcile(second);

    assertThat(second.events())
        .extracting(ContainerEvent::getContainerId, ContainerEvent::getAction)
        .containsExactlyInAnyOrder(
            tuple(ID, Action.DIE), tuple("c2", Action.CREATE), tuple("c2", Action.START));
    assertThat(second.events()).allMatch(e -> e.getOrigin() == Origin.RECONCILED);
    assertThat(second.events().getFirst().getLabels()).isEmpty();
  }

  @Test
  void whatVanishedWhileNobodyWatchedIsDestroyedAndBuried() {
    PipelineBench first = watched();
    first.stop();
    PipelineBench second = after(first, Duration.ofMinutes(10));
    second.engine.containers.clear();
    second.started();
    second.passes(Duration.ofSeconds(1));
    second.round();

    assertThat(second.rawActions()).containsExactly("destroy");
    assertThat(second.lastEvent().getContainerName()).isEqualTo("name-of-c1");
    assertThat(second.isBuried(ID)).isTrue();
  }

  /** An event reaches the ring after a later one, and the audit has to find it. */
  private List<String> lateInTheRing(Mechanism... off) throws IOException {
    directory = Files.createTempDirectory(directory, "run");
    PipelineBench bench = watched(off);
    bench.happens("pause", ID);
    bench.passes(Duration.ofSeconds(1));
    bench.audit();
    EngineEvent late = PipelineBench.event(bench.clock.now.minusMillis(4), "unpause", ID);
    bench.engine.ring.add(late);
    bench.passes(Duration.ofSeconds(10));
    bench.audit();
    bench.passes(StreamCheck.STREAM_DELAY);
    bench.audit();
    return bench.rawActions();
  }

  @Test
  @Tag("mechanism")
  void anAuditReachesBackBeforeTheLast() throws IOException {
    assertThat(lateInTheRing()).containsExactly("pause", "unpause");
    assertThat(lateInTheRing(Mechanism.OVERLAP))
        .as("without its mechanism")
        .containsExactly("pause");
  }

  @Test
  void aQuietEngineAndAShortStopAreNoGap() {
    PipelineBench first = watched();
    first.happens("pause", ID);
    first.stop();
    PipelineBench second = after(first, Duration.ofSeconds(2));
    second.started();

    assertThat(second.gaps()).isEmpty();
  }

  @Test
  void anEngineThatHasForgottenTheLastEventIsAGapToItsFirst() {
    PipelineBench first = watched();
    first.happens("pause", ID);
    first.stop();
    PipelineBench second = after(first, Duration.ofHours(1));
    second.engine.ring.clear();
    second.clock.now = second.clock.now.minusSeconds(60);
    second.logged("unpause", ID);
    Instant covered = second.clock.now;
    second.clock.now = second.clock.now.plusSeconds(60);
    second.started();

    assertThat(second.gaps())
        .filteredOn(gap -> gap.getStream() == Stream.EVENTS)
        .hasSize(1)
        .first()
        .satisfies(gap -> {
          assertThat(gap.getReason()).isEqualTo(GapReason.AGENT_DOWN);
          assertThat(gap.getFrom()).isEqualTo(first.clock.now);
          assertThat(gap.getTo()).isEqualTo(covered);
        });
    assertThat(second.gaps())
        .filteredOn(gap -> gap.getStream() == Stream.STATS)
        .extracting(StreamGap::getReason)
        .containsExactly(GapReason.AGENT_DOWN);
  }

  @Test
  void readingsThatMayHaveBeenInMemoryWhenTheAgentWasKilledAreAGap() throws Exception {
    PipelineBench killed = watched();
    Instant told = Nanos.toInstant(new CheckpointFile(directory.resolve("watch")).read().told());
    PipelineBench second = after(killed, Duration.ofSeconds(1));
    second.started();

    assertThat(second.gaps())
        .extracting(StreamGap::getStream, StreamGap::getReason, StreamGap::getFrom)
        .containsExactly(
            tuple(Stream.STATS, GapReason.AGENT_DOWN, told.minus(GapJudge.READINGS_AT_RISK)));
  }

  @Test
  void aMemoryThatCannotBeLookedAtAfterAStartIsAGap() {
    PipelineBench first = watched();
    first.happens("pause", ID);
    first.stop();
    PipelineBench second = after(first, Duration.ofSeconds(2));
    second.openStreamUnseen();

    assertThat(second.gaps())
        .extracting(StreamGap::getStream, StreamGap::getReason, StreamGap::getFrom)
        .containsExactly(tuple(Stream.EVENTS, GapReason.AGENT_DOWN, first.clock.now));
    assertThat(second.gaps().getFirst().getTo()).isEqualTo(second.clock.now);
  }

  @Test
  void aCheckpointIsWrittenOnceASecondAndOnlyOfWhatWasAccepted() throws Exception {
    PipelineBench bench = watched();
    bench.happens("pause", ID);
    String pause = bench.lastEvent().getEventId();
    bench.lane.full = true;
    bench.passes(Duration.ofSeconds(2));
    bench.happens("unpause", ID);
    bench.passes(Duration.ofSeconds(2));
    Checkpoint kept = new CheckpointFile(directory.resolve("watch")).read();

    assertThat(kept.eventIds()).containsExactly(pause);
    assertThat(kept.told()).isEqualTo(Nanos.of(bench.clock.now.minusSeconds(4)));
    assertThat(bench.cursor.isBehindRefusal()).isTrue();
    assertThat(bench.figures.refused()).isEqualTo(1);

    bench.lane.full = false;
    bench.round();
    assertThat(bench.rawActions()).containsExactly("pause", "unpause");
    assertThat(bench.cursor.isBehindRefusal()).isFalse();
    assertThat(bench.cursor.told()).isEqualTo(Nanos.of(bench.clock.now));
  }

  @Test
  void aDeathThatWasRefusedAndForgottenByTheRingIsConcluded() {
    PipelineBench bench = watched();
    bench.lane.full = true;
    bench.engine.put(container().exited(bench.clock.now, 7).details());
    bench.happens("die", ID, "exitCode", "7");
    bench.passes(Duration.ofSeconds(20));
    bench.engine.ring.clear();
    bench.lane.full = false;
    reconcile(bench);

    assertThat(bench.rawActions()).containsExactly("die");
    assertThat(bench.lastEvent().getOrigin()).isEqualTo(Origin.RECONCILED);
    assertThat(bench.lastEvent().getExitCode()).isEqualTo(7);
    assertThat(bench.lastState(ID).getState()).isEqualTo("exited");
  }

  @Test
  void aTombstoneThatWasRefusedIsPublishedOnceThereIsRoom() {
    PipelineBench bench = watched();
    bench.engine.containers.clear();
    bench.lane.full = true;
    bench.happens("destroy", ID);
    assertThat(bench.isBuried(ID)).isFalse();
    bench.lane.full = false;
    bench.round();

    assertThat(bench.isBuried(ID)).isTrue();
    assertThat(bench.rawActions()).containsExactly("destroy");
  }

  @Test
  void aCheckpointThatIsNotWholeIsNotTaken() throws Exception {
    watched().stop();
    Path file = directory.resolve("watch");
    List<String> lines = Files.readAllLines(file);
    Checkpoint whole = Checkpoint.parse(lines);
    assertThat(whole.lines()).isEqualTo(lines);
    assertThat(whole.containers()).extracting(Checkpoint.Kept::id).containsExactly(ID);
    Files.write(file, lines.subList(0, lines.size() - 1));

    assertThatThrownBy(() -> new CheckpointFile(file).read()).hasMessageContaining("damaged");
  }

  @Test
  void whatIsNotKnownIsStillNotKnownAfterReading() {
    Checkpoint.Kept odd = new Checkpoint.Kept("id", "name", null, null, "exited", T0, null, true);
    Checkpoint all =
        new Checkpoint(
            1,
            2,
            null,
            List.of("e"),
            List.of(odd),
            List.of(new Checkpoint.Concluded("id", Action.DIE, T0)),
            List.of("gone"),
            true);

    assertThat(Checkpoint.parse(all.lines())).isEqualTo(all);
  }
}
