package io.tallyman.agent.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallyman.agent.spool.FailingDisk.Trouble;
import io.tallyman.agent.spool.SpoolSnapshot.State;
import io.tallyman.v1.GapReason;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The disk under a lane is full or fails. */
class DiskFaultTest {

  @TempDir Path directory;

  private LaneBench bench() {
    return new LaneBench(directory, Set.of()).answeringAtOnce();
  }

  @ParameterizedTest
  @EnumSource(names = {"FULL_ON_APPEND", "FULL_ON_FSYNC"})
  void onAFullDiskEventsAreRefusedAndCountedUntilThereIsRoom(Trouble trouble) throws Exception {
    try (LaneBench it = bench().events().start()) {
      List<Acceptance> decided = new ArrayList<>(LaneBench.decided(it.offer(0, 10)));
      it.disk.trouble(trouble);
      for (int i = 10; i < 30; i++) {
        decided.addAll(LaneBench.decided(it.offer(i, i + 1)));
        it.figures();
      }
      assertThat(it.lane().spoolState()).isEqualTo(State.NO_SPACE);
      long refused = LaneBench.count(decided, Acceptance.REFUSED);
      assertThat(refused).isEqualTo(20);

      it.disk.trouble(Trouble.NONE);
      LaneBench.eventually(() -> assertThat(it.roomAgain).hasValue(1));
      decided.addAll(LaneBench.decided(it.offer(30, 40)));

      assertThat(it.gaps)
          .singleElement()
          .satisfies(gap -> {
            assertThat(gap.reason()).isEqualTo(GapReason.SPOOL_FULL);
            assertThat(gap.lost()).isEqualTo(refused);
          });
      everythingAcceptedIsSent(it, decided);
    }
  }

  private static void everythingAcceptedIsSent(LaneBench it, List<Acceptance> decided)
      throws InterruptedException {
    List<String> accepted = new ArrayList<>();
    for (int i = 0; i < decided.size(); i++) {
      if (decided.get(i) == Acceptance.ACCEPTED) {
        accepted.add(Integer.toString(i));
      }
    }
    HandProducer producer = it.nextProducer();
    LaneBench.eventually(() -> assertThat(producer.keys()).containsAll(accepted));
    assertThat(producer.keys()).containsExactlyElementsOf(accepted);
    LaneBench.eventually(() -> assertThat(it.figures().acknowledged()).isEqualTo(accepted.size()));
  }

  @Test
  void aCursorThatCannotBeWrittenHoldsUpNothing() throws Exception {
    try (LaneBench it = bench().events().start()) {
      it.disk.trouble(Trouble.FULL_ON_CURSOR);
      List<Acceptance> decided = LaneBench.decided(it.offer(0, 40));
      assertThat(decided).containsOnly(Acceptance.ACCEPTED);
      everythingAcceptedIsSent(it, decided);
      LaneBench.eventually(() -> assertThat(it.disk.failures()).isGreaterThan(2));
      it.disk.trouble(Trouble.NONE);
      LaneBench.decided(it.offer(40, 41));
      LaneBench.eventually(() -> assertThat(it.figures().acknowledged()).isEqualTo(41));
    }
    try (LaneBench again = bench().events().start()) {
      assertThat(again.figures().inherited()).as("the cursor was written").isZero();
    }
  }

  @Test
  void afterAFailedFsyncNothingIsAcceptedThatIsNotOnDisk() throws Exception {
    try (LaneBench it = bench().events().start()) {
      List<Acceptance> decided = new ArrayList<>(LaneBench.decided(it.offer(0, 5)));
      it.disk.trouble(Trouble.DYING);
      decided.addAll(LaneBench.decided(it.offer(5, 8)));
      assertThat(it.lane().spoolState()).as("readiness looks at it").isEqualTo(State.FAILED);
      assertThat(decided.subList(5, 8)).containsOnly(Acceptance.REFUSED);
      it.disk.trouble(Trouble.NONE);
      LaneBench.eventually(() -> assertThat(it.lane().spoolState()).isEqualTo(State.ACCEPTING));
      decided.addAll(LaneBench.decided(it.offer(8, 12)));
      assertThat(decided.subList(8, 12)).containsOnly(Acceptance.ACCEPTED);
      LaneBench.eventually(() -> assertThat(it.gaps).hasSize(1));
      everythingAcceptedIsSent(it, decided);
    }
  }

  @Test
  void onAFullDiskReadingsAreDroppedAndCountedWhileKafkaIsAway() throws Exception {
    LaneBench it = bench();
    it.kafkaIsAway(true);
    try (it) {
      it.stats().start();
      LaneBench.eventually(() -> assertThat(it.lane().lastError()).isNotNull());
      it.disk.trouble(Trouble.FULL_ON_APPEND);
      it.offer(0, 10);
      LaneBench.eventually(() -> assertThat(it.figures().dropped()).isEqualTo(10));
      it.disk.trouble(Trouble.NONE);
      LaneBench.eventually(() -> assertThat(it.lane().spoolState()).isEqualTo(State.ACCEPTING));
      it.offer(10, 20);
      it.kafkaIsAway(false);
      HandProducer producer = it.nextProducer();
      LaneBench.eventually(() -> assertThat(producer.keys()).isEqualTo(LaneBench.keys(10, 20)));
      LaneBench.eventually(() -> assertThat(it.figures().acknowledged()).isEqualTo(10));
      assertThat(it.gaps).extracting(LaneBench.Gap::lost).containsExactly(10L);
    }
  }
}
