package io.tallyman.agent.events;

import static io.tallyman.agent.events.PipelineBench.T0;
import static org.assertj.core.api.Assertions.assertThat;

import io.tallyman.agent.engine.EngineEvent;
import io.tallyman.agent.events.ScriptedEngine.Container;
import io.tallyman.v1.Action;
import io.tallyman.v1.ContainerEvent;
import io.tallyman.v1.GapReason;
import io.tallyman.v1.Origin;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** An audit finds at once what a stream that is late brings later, or never. */
class LaggingStreamTest {

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
    bench.round();
    bench.passes(Duration.ofSeconds(5));
  }

  /** Happenings of one container, which stay on their way. */
  private List<EngineEvent> late(int count, Duration apart) {
    List<EngineEvent> late = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      bench.passes(apart);
      late.add(bench.logged("kill", ID, "signal", "1"));
    }
    return late;
  }

  private List<Origin> origins() {
    return bench.events().stream().map(ContainerEvent::getOrigin).toList();
  }

  private void assertToldInOrder(List<EngineEvent> events) {
    assertThat(bench.events())
        .extracting(ContainerEvent::getTimeNanos)
        .containsExactlyElementsOf(events.stream().map(EngineEvent::timeNanos).toList());
  }

  @Test
  void whatIsOnItsWayIsLeftToTheStream() {
    watched();
    List<EngineEvent> late = late(3, Duration.ofMillis(100));
    bench.audit();
    assertThat(bench.events()).isEmpty();

    late.forEach(bench::brings);
    bench.audit();

    assertToldInOrder(late);
    assertThat(origins()).containsOnly(Origin.LIVE);
    assertThat(bench.auditsAsked).as("more work because of a few milliseconds").isZero();
  }

  @Test
  void aStreamThatLagsFarBehindIsNotOvertaken() {
    watched();
    List<EngineEvent> late = late(600, Duration.ofMillis(50));
    int brought = 0;
    for (int second = 0; second < 60; second++) {
      for (int i = 0; i < 10; i++) {
        bench.brings(late.get(brought++));
      }
      bench.passes(Duration.ofSeconds(1));
      bench.audit();
    }

    assertToldInOrder(late);
    assertThat(origins()).containsOnly(Origin.LIVE);
    assertThat(bench.figures.missedByStream()).isZero();
    assertThat(bench.reopened).isZero();
    assertThat(bench.gaps()).isEmpty();
    assertThat(bench.auditsAsked).isPositive();
  }

  @Test
  void whatTheStreamWentPastIsToldAtOnce() {
    watched();
    List<EngineEvent> dropped = late(2, Duration.ofMillis(100));
    bench.passes(Duration.ofMillis(100));
    bench.happens("rename", ID, "oldName", "/before");
    List<EngineEvent> late = late(2, Duration.ofMillis(100));
    bench.audit();

    assertThat(bench.rawActions()).containsExactly("rename", "kill", "kill");
    assertThat(bench.lastEvent().getOrigin()).isEqualTo(Origin.RING);
    assertThat(bench.lastEvent().getTimeNanos()).isEqualTo(dropped.getLast().timeNanos());

    late.forEach(bench::brings);
    assertThat(bench.lastEvent().getOrigin()).isEqualTo(Origin.LIVE);
  }

  @Test
  void aStreamThatBringsNothingMoreIsDeafAndOvertaken() {
    watched();
    bench.engine.put(container().exited(bench.clock.now.minusMillis(5), 7).details());
    bench.logged("die", ID, "exitCode", "7");
    bench.passes(Duration.ofSeconds(10));
    bench.audit();
    assertThat(bench.events()).isEmpty();
    assertThat(bench.auditsAsked).isEqualTo(1);
    bench.passes(StreamCheck.STREAM_DELAY);
    bench.audit();

    assertThat(bench.lastEvent().getOrigin()).isEqualTo(Origin.RING);
    assertThat(bench.lastEvent().getExitCode()).isEqualTo(7);
    assertThat(bench.figures.missedByStream()).isEqualTo(1);
    assertThat(bench.figures.reconciled()).isZero();
    assertThat(bench.reopened).isEqualTo(1);
  }

  @Test
  void whatWasPassedOverIsToldThoughTheEngineHasForgottenItSince() {
    watched();
    List<EngineEvent> dropped = late(2, Duration.ofMillis(100));
    bench.audit();
    bench.engine.ring.clear();
    bench.passes(Duration.ofSeconds(1));
    bench.happens("rename", ID, "oldName", "/before");
    bench.audit();

    assertThat(bench.rawActions()).containsExactly("rename", "kill", "kill");
    assertThat(bench.lastEvent().getTimeNanos()).isEqualTo(dropped.getLast().timeNanos());
  }

  @Test
  void whatAStreamThatLagsHasNotBroughtWhenItIsCutIsAGapOnceItIsForgotten() {
    watched();
    bench.happens("rename", ID, "oldName", "/before");
    Instant brought = bench.clock.now;
    late(RingView.CAPACITY + 44, Duration.ofMillis(10));
    bench.engine.ring.subList(0, bench.engine.ring.size() - RingView.CAPACITY).clear();
    Instant remembered = Nanos.toInstant(bench.engine.ring.getFirst().timeNanos());
    bench.closeStream();
    bench.passes(Duration.ofSeconds(1));
    bench.openStream();

    assertThat(bench.gaps())
        .singleElement()
        .satisfies(gap -> {
          assertThat(gap.getReason()).isEqualTo(GapReason.RING_OVERFLOW);
          assertThat(gap.getFrom()).isEqualTo(brought);
          assertThat(gap.getTo()).isEqualTo(remembered);
        });
  }

  @Test
  void anEngineThatWasQuietUntilTheStreamWasCutLeavesNoGap() {
    bench.engine.ring.add(PipelineBench.event(T0.minusSeconds(90), "kill", ID, "signal", "1"));
    watched();
    bench.audit();
    bench.passes(Duration.ofSeconds(9));
    bench.closeStream();
    bench.passes(Duration.ofSeconds(1));
    bench.openStream();

    assertThat(bench.gaps()).isEmpty();
  }

  @Test
  void aMemoryFullOfOtherEventsIsNoProofThatTheStreamBroughtAll() {
    watched();
    Instant heard = bench.clock.now;
    bench.audit();
    for (int i = 0; i < RingView.CAPACITY; i++) {
      bench.passes(Duration.ofMillis(10));
      bench.engine.noise.add(PipelineBench.event(bench.clock.now, "exec_start", ID));
    }
    bench.audit();
    bench.closeStream();
    bench.openStream();

    assertThat(bench.gaps())
        .singleElement()
        .satisfies(gap -> {
          assertThat(gap.getReason()).isEqualTo(GapReason.RING_OVERFLOW);
          assertThat(gap.getFrom()).isEqualTo(heard);
        });
  }

  @Test
  void whatWasPassedOverIsToldWhenTheStreamEndsWithoutIt() {
    watched();
    List<EngineEvent> late = late(2, Duration.ofMillis(100));
    bench.audit();
    bench.closeStream();

    assertToldInOrder(late);
    assertThat(origins()).containsOnly(Origin.RING);
  }

  @Test
  void whatIsDroppedAndForgottenWhileTheStreamIsDeafIsAGap() {
    watched();
    Instant before = bench.clock.now;
    List<EngineEvent> dropped = late(400, Duration.ofMillis(20));
    bench.engine.ring.subList(0, bench.engine.ring.size() - RingView.CAPACITY).clear();
    bench.audit();
    assertThat(bench.gaps()).isEmpty();
    bench.passes(StreamCheck.STREAM_DELAY);
    bench.audit();

    assertToldInOrder(dropped.subList(400 - RingView.CAPACITY, 400));
    assertThat(bench.gaps())
        .singleElement()
        .satisfies(gap -> {
          assertThat(gap.getReason()).isEqualTo(GapReason.LISTENER_OVERFLOW);
          assertThat(gap.getFrom()).isBeforeOrEqualTo(before);
          assertThat(Nanos.of(gap.getTo()))
              .isGreaterThan(dropped.get(399 - RingView.CAPACITY).timeNanos());
        });
  }

  @Test
  void nothingIsConcludedThatTheStreamHasNotReached() {
    watched();
    List<EngineEvent> late = late(5, Duration.ofSeconds(1));
    bench.passes(Duration.ofSeconds(1));
    EngineEvent death = bench.logged("die", ID, "exitCode", "7");
    bench.engine.put(container().exited(bench.clock.now.minusMillis(1), 7).details());
    for (EngineEvent each : late) {
      bench.brings(each);
      bench.passes(Duration.ofSeconds(2));
      bench.round();
    }
    bench.brings(death);
    bench.passes(Duration.ofSeconds(2));
    bench.round();

    assertThat(bench.lastEvent().getAction()).isEqualTo(Action.DIE);
    assertThat(origins()).containsOnly(Origin.LIVE);
    assertThat(bench.figures.reconciled()).isZero();
  }
}
