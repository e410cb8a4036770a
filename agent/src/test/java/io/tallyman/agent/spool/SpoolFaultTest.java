package io.tallyman.agent.spool;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallyman.agent.spool.AppendOutcome.Accepted;
import io.tallyman.agent.spool.AppendOutcome.Refusal;
import io.tallyman.agent.spool.AppendOutcome.Refused;
import io.tallyman.agent.spool.SpoolSettings.WhenFull;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SpoolFaultTest {

  private static final int MOST_CALLS = 400;

  @Test
  void powerLossAtAnyCallLosesNothingThatWasAccepted() throws IOException {
    faultAtEachCall(
        ModelFaults::powerFailsIn,
        it -> {
          it.files.losePower();
          it.open();
        });
  }

  @Test
  void killAtAnyCallLosesNothingThatWasAccepted() throws IOException {
    faultAtEachCall(
        ModelFaults::powerFailsIn,
        it -> {
          it.files.kill();
          it.open();
        });
  }

  @Test
  void fullDiskAtAnyCallRefusesAndRecovers() throws IOException {
    faultAtEachCall(ModelFaults::noSpaceIn, SpoolFaultTest::recoversByItself);
  }

  @Test
  void deviceErrorAtAnyCallRefusesAndRecovers() throws IOException {
    faultAtEachCall(ModelFaults::ioFailsIn, SpoolFaultTest::recoversByItself);
  }

  private static void recoversByItself(ModelSpool it) {
    it.passMillis(1_000);
    it.spool().commitPending();
    assertThat(it.append(9_000, 9_001, 10)).singleElement().isInstanceOf(Accepted.class);
  }

  private interface Aftermath {
    void on(ModelSpool it) throws IOException;
  }

  /** One life, repeated with the fault at the first call, at the second, and so on to the last. */
  private static void faultAtEachCall(BiConsumer<ModelFaults, Integer> fault, Aftermath aftermath)
      throws IOException {
    boolean reached = true;
    int call = 1;
    for (; reached && call < MOST_CALLS; call++) {
      ModelSpool it = new ModelSpool(WhenFull.REFUSE);
      List<Integer> accepted = new ArrayList<>();
      List<Integer> committed = new ArrayList<>();
      int end = it.files.faults().calls() + call;
      fault.accept(it.files.faults(), call);
      try {
        life(it, accepted, committed);
      } catch (ModelFaults.PowerLoss e) {
        assertThat(it.files.faults().calls()).isGreaterThanOrEqualTo(end);
      }
      reached = it.files.faults().calls() >= end;
      it.files.faults().clear();

      aftermath.on(it);

      List<Integer> found = it.ids();
      accepted.removeAll(committed);
      assertThat(found).as("call %d", call).containsAll(accepted).isSorted();
    }
    assertThat(call).as("calls of the life").isBetween(30, MOST_CALLS - 1);
  }

  private static void life(ModelSpool it, List<Integer> accepted, List<Integer> committed) {
    for (int round = 0; round < 5; round++) {
      for (int id = 10 * round; id < 10 * round + 10; id++) {
        if (it.append(id, id + 1, 300).getFirst() instanceof Accepted) {
          accepted.add(id);
        }
      }
      drainHalf(it, committed);
      it.passMillis(100);
    }
  }

  private static void drainHalf(ModelSpool it, List<Integer> committed) {
    SpoolReader reader = it.spool().reader();
    try {
      SpoolBatch batch = reader.read(5, 1 << 20);
      batch.records().forEach(found -> committed.add(Issued.idOf(found.record())));
      if (!batch.records().isEmpty()) {
        reader.commit(batch.records().getLast().sequence());
      }
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("Input/output error");
    }
  }

  @Test
  void nothingIsAcceptedAfterAFailedFsyncUntilTheDiskWasReadAgain() throws IOException {
    ModelSpool it = new ModelSpool(WhenFull.REFUSE);
    it.append(0, 3, 100);
    it.files.faults().nextForceFails();

    assertThat(it.append(3, 5, 100)).allSatisfy(o -> refusedFor(o, Refusal.FAILED));
    assertThat(it.spool().snapshot().state()).isEqualTo(SpoolSnapshot.State.FAILED);
    assertThat(it.append(5, 6, 100)).allSatisfy(o -> refusedFor(o, Refusal.FAILED));
    it.passMillis(1_000);
    it.spool().commitPending();

    assertThat(it.spool().snapshot().state()).isEqualTo(SpoolSnapshot.State.ACCEPTING);
    assertThat(it.append(6, 7, 100)).allMatch(Accepted.class::isInstance);
    assertThat(it.segments()).hasSize(2);
    it.files.losePower();
    it.open();
    assertThat(it.ids()).containsExactly(0, 1, 2, 6);
    assertThat(it.spool().recovery().damage()).isEmpty();
  }

  @Test
  void spoolThatFilledTheDiskMakesRoomByDraining() throws IOException {
    ModelSpool it = new ModelSpool(WhenFull.REFUSE);
    it.files.faults().capacity(32_768 + 8_000);
    List<AppendOutcome> outcomes = new ArrayList<>();
    for (int id = 0; id < 30; id++) {
      outcomes.addAll(it.append(id, id + 1, 300));
      it.passMillis(1_000);
    }
    assertThat(outcomes.getLast()).satisfies(o -> refusedFor(o, Refusal.NO_SPACE));
    assertThat(it.spool().snapshot().state()).isEqualTo(SpoolSnapshot.State.NO_SPACE);
    int kept = (int) outcomes.stream().filter(Accepted.class::isInstance).count();
    assertThat(it.ids()).isEqualTo(IntStream.range(0, kept).boxed().toList());

    it.spool().reader().commit(kept);
    it.passMillis(1_000);

    assertThat(it.append(100, 110, 300)).allMatch(Accepted.class::isInstance);
    assertThat(it.ids()).isEqualTo(IntStream.range(100, 110).boxed().toList());
  }

  private static void refusedFor(AppendOutcome outcome, Refusal refusal) {
    assertThat(outcome).isInstanceOf(Refused.class);
    assertThat(((Refused) outcome).refusal()).isEqualTo(refusal);
  }
}
