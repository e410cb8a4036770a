package io.tallyman.agent.events;

import static io.tallyman.agent.events.PipelineBench.T0;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tallyman.agent.engine.EngineEvent;
import io.tallyman.agent.events.ScriptedEngine.Container;
import io.tallyman.v1.GapReason;
import io.tallyman.v1.StreamGap;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Mechanisms that show with a clock by hand, and that their test notices when they are off. */
class PipelineMechanismsTest {

  private static final String ID = "c1";

  @ParameterizedTest
  @EnumSource(
      value = Mechanism.class,
      names = {"EXIT_CODE_PROOF", "INSPECT_SPACING", "LATENESS"})
  void thePipelineKeepsItsPromise(Mechanism mechanism) {
    run(mechanism, Set.of());
  }

  @Tag("mechanism")
  @ParameterizedTest
  @EnumSource(
      value = Mechanism.class,
      names = {"EXIT_CODE_PROOF", "INSPECT_SPACING", "LATENESS"})
  void withoutTheMechanismThePromiseIsBroken(Mechanism mechanism) {
    assertThatThrownBy(() -> run(mechanism, Set.of(mechanism))).isInstanceOf(AssertionError.class);
  }

  private static void run(Mechanism mechanism, Set<Mechanism> off) {
    PipelineBench bench = new PipelineBench(off);
    switch (mechanism) {
      case EXIT_CODE_PROOF -> aLabelDoesNotForgeTheExitCode(bench);
      case INSPECT_SPACING -> aStormIsInspectedOnceASecond(bench);
      case LATENESS -> whatIsDroppedBetweenTwoAuditsIsAGap(bench);
      case CURSOR,
          DEDUPLICATION,
          AUDIT,
          RING_JUDGEMENT,
          RECONCILE,
          OVERLAP,
          TWIN_SUPPRESSION,
          REFUSED_AGAIN ->
          throw new IllegalArgumentException(mechanism + " has a test elsewhere");
    }
  }

  private static void aLabelDoesNotForgeTheExitCode(PipelineBench bench) {
    bench.started();
    bench.happens("create", ID, "exitCode", "0");
    bench.happens("start", ID, "exitCode", "0");
    bench.passes(Duration.ofSeconds(5));
    bench.engine.put(
        new Container(ID, T0).running(T0).exited(bench.clock.now.minusMillis(3), 137).details());
    bench.happens("die", ID, "exitCode", "0");

    assertThat(bench.lastEvent().getExitCode()).isEqualTo(137);
  }

  private static void aStormIsInspectedOnceASecond(PipelineBench bench) {
    bench.engine.put(new Container(ID, T0).running(T0.minusSeconds(9)).details());
    bench.started();
    int before = bench.engine.inspects;
    for (int i = 0; i < 300; i++) {
      bench.passes(Duration.ofMillis(7));
      bench.happens("oom", ID);
    }

    assertThat(bench.engine.inspects - before).isBetween(1, 3);
  }

  /** The stream goes on behind what was dropped, so the audit alone sees nothing. */
  private static void whatIsDroppedBetweenTwoAuditsIsAGap(PipelineBench bench) {
    bench.engine.put(new Container(ID, T0).running(T0.minusSeconds(9)).details());
    bench.started();
    bench.passes(Duration.ofSeconds(60));
    bench.happens("kill", ID, "signal", "1");
    bench.audit();
    Lateness lateness = new Lateness(Lateness.SLOTS);
    Duration delay = Lateness.PATIENCE.plusMillis(50);
    Instant begun = bench.clock.now;
    long timely = Nanos.of(begun);
    lateness.read(timely, timely);
    for (int i = 0; i < Lateness.SLOTS + RingView.CAPACITY; i++) {
      bench.passes(Duration.ofMillis(1));
      EngineEvent event = bench.logged("kill", ID, "signal", "1");
      Long since = lateness.read(event.timeNanos(), event.timeNanos() + delay.toNanos());
      if (since != null) {
        bench.doubts(since);
      }
      if (i < RingView.CAPACITY || i >= Lateness.SLOTS) {
        bench.brings(event);
      }
    }
    bench.engine.ring.subList(0, bench.engine.ring.size() - RingView.CAPACITY).clear();
    bench.passes(delay);
    bench.audit();

    assertThat(bench.gaps())
        .extracting(StreamGap::getReason)
        .containsExactly(GapReason.LISTENER_OVERFLOW);
    assertThat(bench.gaps().getFirst().getFrom()).isAfter(begun);
  }
}
