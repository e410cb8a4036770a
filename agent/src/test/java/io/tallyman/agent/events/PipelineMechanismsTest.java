package io.tallyman.agent.events;

import static io.tallyman.agent.events.PipelineBench.T0;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.tallyman.agent.engine.EngineEvent;
import io.tallyman.agent.events.ScriptedEngine.Container;
import io.tallyman.v1.ContainerEvent;
import io.tallyman.v1.GapReason;
import io.tallyman.v1.Origin;
import io.tallyman.v1.StreamGap;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Mechanisms that show with a clock by hand, and that their test notices when they are off. */
class PipelineMechanismsTest {

  private static final String ID = "c1";

  @ParameterizedTest
  @EnumSource(
      value = Mechanism.class,
      names = {"INSPECT_SPACING", "LATENESS", "STREAM_FIRST", "DEAFNESS"})
  void thePipelineKeepsItsPromise(Mechanism mechanism) {
    run(mechanism, Set.of());
  }

  @Tag("mechanism")
  @ParameterizedTest
  @EnumSource(
      value = Mechanism.class,
      names = {"INSPECT_SPACING", "LATENESS", "STREAM_FIRST", "DEAFNESS"})
  void withoutTheMechanismThePromiseIsBroken(Mechanism mechanism) {
    assertThatThrownBy(() -> run(mechanism, Set.of(mechanism))).isInstanceOf(AssertionError.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"exitCode", "signal", "oldName"})
  void aLabelForgesNoAttribute(String attribute) {
    aLabelDoesNotForge(attribute, new PipelineBench());
  }

  @Tag("mechanism")
  @ParameterizedTest
  @ValueSource(strings = {"exitCode", "signal", "oldName"})
  void withoutProofALabelForgesAnAttribute(String attribute) {
    PipelineBench bench = new PipelineBench(Set.of(Mechanism.ATTRIBUTE_PROOF));
    assertThatThrownBy(() -> aLabelDoesNotForge(attribute, bench))
        .isInstanceOf(AssertionError.class);
  }

  private static void run(Mechanism mechanism, Set<Mechanism> off) {
    PipelineBench bench = new PipelineBench(off);
    switch (mechanism) {
      case INSPECT_SPACING -> aStormIsInspectedOnceASecond(bench);
      case LATENESS -> whatIsDroppedBetweenTwoAuditsIsAGap(bench);
      case STREAM_FIRST -> whatTheStreamStillBringsIsNotOvertaken(bench);
      case DEAFNESS -> aStreamThatBringsNothingIsOpenedAgain(bench);
      case CURSOR,
          DEDUPLICATION,
          AUDIT,
          RING_JUDGEMENT,
          RECONCILE,
          OVERLAP,
          TWIN_SUPPRESSION,
          REFUSED_AGAIN,
          ATTRIBUTE_PROOF,
          CLOCK_SET_BACK ->
          throw new IllegalArgumentException(mechanism + " has a test elsewhere");
    }
  }

  private static void aLabelDoesNotForge(String attribute, PipelineBench bench) {
    bench.started();
    for (String action : List.of("create", "start", "rename", "kill")) {
      bench.happens(action, ID, attribute, "1");
    }
    bench.passes(Duration.ofSeconds(5));
    bench.engine.put(
        new Container(ID, T0).running(T0).exited(bench.clock.now.minusMillis(3), 137).details());
    bench.happens("die", ID, attribute, "1");

    assertThat(bench.events())
        .extracting(ContainerEvent::getSignal, ContainerEvent::getOldName)
        .containsOnly(tuple(null, null));
    assertThat(bench.lastEvent().getExitCode())
        .isEqualTo(attribute.equals("exitCode") ? (Integer) 137 : null);
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

  private static void whatTheStreamStillBringsIsNotOvertaken(PipelineBench bench) {
    bench.started();
    bench.passes(Duration.ofSeconds(60));
    EngineEvent onItsWay = bench.logged("kill", ID, "signal", "1");
    bench.audit();
    bench.brings(onItsWay);

    assertThat(bench.lastEvent().getOrigin()).isEqualTo(Origin.LIVE);
  }

  private static void aStreamThatBringsNothingIsOpenedAgain(PipelineBench bench) {
    bench.started();
    bench.passes(Duration.ofSeconds(60));
    bench.logged("kill", ID, "signal", "1");
    bench.passes(Duration.ofSeconds(10));
    bench.audit();
    bench.passes(StreamCheck.STREAM_DELAY);
    bench.audit();

    assertThat(bench.reopened).isPositive();
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
