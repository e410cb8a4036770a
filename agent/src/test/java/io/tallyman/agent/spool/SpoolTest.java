package io.tallyman.agent.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tallyman.agent.spool.AppendOutcome.Accepted;
import io.tallyman.agent.spool.AppendOutcome.Refusal;
import io.tallyman.agent.spool.AppendOutcome.Refused;
import io.tallyman.agent.spool.SpoolSettings.WhenFull;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SpoolTest {

  @Test
  void recordIsAcceptedOnlyOnceItIsDurable() throws IOException {
    ModelSpool it = new ModelSpool(WhenFull.REFUSE);

    CompletableFuture<AppendOutcome> outcome = it.spool().append(Issued.record(0, 10));

    assertThat(outcome).isNotDone();
    assertThat(it.ids()).isEmpty();
    it.spool().commitPending();
    assertThat(outcome).isCompletedWithValue(new Accepted(1));
    assertThat(it.ids()).containsExactly(0);
  }

  @Test
  void recordsAreThereRightAfterTheirSegmentWasCreated() throws IOException {
    for (int i = 0; i < 100; i++) {
      ModelSpool it = new ModelSpool(WhenFull.REFUSE);
      for (int skip = 0; skip < i; skip++) {
        it.files.losePower();
        it.open();
      }
      it.append(0, 1, 10);
      it.files.losePower();
      it.open();
      assertThat(it.ids()).containsExactly(0);
    }
  }

  @Test
  void newReaderBeginsAtTheCursor() throws IOException {
    ModelSpool it = new ModelSpool(WhenFull.REFUSE);
    it.append(0, 10, 100);
    SpoolReader reader = it.spool().reader();
    it.read(reader);

    assertThat(reader.commit(4)).isEqualTo(4);
    assertThat(reader.commit(4)).isZero();

    assertThat(it.ids()).isEqualTo(IntStream.range(4, 10).boxed().toList());
    assertThat(it.spool().snapshot().spooled()).isEqualTo(6);
    assertThatThrownBy(() -> reader.commit(11)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void whatWasNotCommittedIsInherited() throws IOException {
    ModelSpool it = new ModelSpool(WhenFull.REFUSE);
    it.append(0, 20, 300);
    it.spool().reader().commit(7);
    it.spool().close();

    RecoveryReport report = it.open().recovery();

    assertThat(report.inheritedRecords()).isEqualTo(13);
    assertThat(report.damage()).isEmpty();
    assertThat(report.bytes()).isEqualTo(it.spool().snapshot().bytes());
    assertThat(it.append(20, 21, 10)).containsExactly(new Accepted(21));
  }

  @Test
  void nothingIsLeftOfWhatWasCommitted() throws IOException {
    ModelSpool it = new ModelSpool(WhenFull.REFUSE);
    it.append(0, 20, 300);
    it.spool().reader().commit(20);
    it.spool().close();

    assertThat(it.segments()).isEmpty();
    assertThat(it.open().recovery().inheritedRecords()).isZero();
    assertThat(it.append(20, 21, 10)).containsExactly(new Accepted(21));
  }

  @Test
  void crashBetweenCursorAndUnlinkSendsNothingTwice() throws IOException {
    ModelSpool it = new ModelSpool(WhenFull.REFUSE);
    it.append(0, 20, 300);
    Path oldest = it.segments().getFirst();
    byte[] content = it.files.content(oldest);
    it.spool().reader().commit(19);
    it.spool().close();
    assertThat(it.segments()).doesNotContain(oldest);

    it.files.restore(oldest, content);

    assertThat(it.open().recovery().damage()).isEmpty();
    assertThat(it.ids()).containsExactly(19);
  }

  @Test
  void segmentThatIsGoneBeforeTheCursorMovedIsReportedAndNoMore() throws IOException {
    ModelSpool it = new ModelSpool(WhenFull.REFUSE);
    it.append(0, 20, 300);
    it.spool().close();
    it.files.remove(it.segments().getFirst());

    List<Integer> rest = reopened(it);

    assertThat(it.spool().recovery().damage()).hasSize(1);
    assertThat(rest).isNotEmpty().contains(19);
    assertThat(reopened(it)).isEqualTo(rest);
  }

  private static List<Integer> reopened(ModelSpool it) throws IOException {
    it.files.kill();
    it.open();
    return it.ids();
  }

  @Test
  void fullSpoolRefusesButKeepsRoomForAReservedRecord() throws IOException {
    ModelSpool it = new ModelSpool(WhenFull.REFUSE);
    Refused refused = fill(it);

    assertThat(refused.refusal()).isEqualTo(Refusal.FULL);
    assertThat(it.spool().snapshot().state()).isEqualTo(SpoolSnapshot.State.FULL);
    CompletableFuture<AppendOutcome> gap = it.spool().appendReserved(Issued.record(500, 200));
    it.spool().commitPending();
    assertThat(gap.join()).isInstanceOf(Accepted.class);
    long last = ((Accepted) gap.join()).sequence();
    assertThat(it.spool().snapshot().bytes()).isLessThanOrEqualTo(16_000);

    it.spool().reader().commit(last);

    assertThat(it.append(501, 502, 300)).allMatch(Accepted.class::isInstance);
  }

  private static Refused fill(ModelSpool it) {
    for (int id = 0; id < 400; id++) {
      if (it.append(id, id + 1, 300).getFirst() instanceof Refused refused) {
        return refused;
      }
    }
    throw new AssertionError("never full");
  }

  @Test
  void fullSpoolOfSamplesShedsTheOldestAndSaysHowMany() throws IOException {
    ModelSpool it = new ModelSpool(WhenFull.SHED_OLDEST);
    for (int id = 0; id < 200; id++) {
      assertThat(it.append(id, id + 1, 300)).allMatch(Accepted.class::isInstance);
      assertThat(it.spool().snapshot().bytes()).isLessThanOrEqualTo(16_000);
    }

    int shed = (int) it.shed.stream().mapToLong(SpoolListener.Shed::records).sum();

    assertThat(shed).isPositive().isEqualTo((int) it.spool().snapshot().shed());
    assertThat(it.ids()).isEqualTo(IntStream.range(shed, 200).boxed().toList());
  }

  @Test
  void recordThatWasReadAndThenShedIsNotCountedAsCommitted() throws IOException {
    ModelSpool it = new ModelSpool(WhenFull.SHED_OLDEST);
    it.append(0, 5, 300);
    SpoolReader reader = it.spool().reader();
    assertThat(it.read(reader)).hasSize(5);
    for (int id = 5; id < 100; id++) {
      it.append(id, id + 1, 300);
    }

    assertThat(reader.commit(5)).isZero();

    assertThat(it.read(reader)).endsWith(99).isSorted();
  }

  @Test
  void recordLargerThanAFrameIsRefused() throws IOException {
    ModelSpool it = new ModelSpool(WhenFull.REFUSE);

    assertThat(it.append(0, 1, 1_500)).allMatch(o -> isRefused(o, Refusal.TOO_LARGE));
    SpoolRecord plain = Issued.record(1, 1);
    String key = "k".repeat(70_000);
    assertThat(
            it.spool()
                .append(new SpoolRecord(plain.topic(), key, 1, plain.time(), plain.payload()))
                .join())
        .matches(o -> isRefused(o, Refusal.TOO_LARGE));

    assertThat(it.append(2, 3, 1_300)).allMatch(Accepted.class::isInstance);
    assertThat(it.spool().snapshot().refused()).isEqualTo(2);
  }

  @Test
  void moreThanMayWaitForTheDiskIsTurnedAwayUncounted() throws IOException {
    ModelSpool it = new ModelSpool(WhenFull.REFUSE);

    List<CompletableFuture<AppendOutcome>> all =
        IntStream.range(0, 20).mapToObj(id -> it.spool().append(Issued.record(id, 300))).toList();
    it.spool().commitPending();

    List<AppendOutcome> outcomes = all.stream().map(CompletableFuture::join).toList();
    assertThat(outcomes).anyMatch(o -> isRefused(o, Refusal.BACKLOG));
    long accepted = outcomes.stream().filter(Accepted.class::isInstance).count();
    assertThat(it.spool().snapshot().offered()).isEqualTo(accepted);
    assertThat(it.append(20, 21, 300)).allMatch(Accepted.class::isInstance);
  }

  @Test
  void closedSpoolRefuses() throws IOException {
    ModelSpool it = new ModelSpool(WhenFull.REFUSE);
    CompletableFuture<AppendOutcome> last = it.spool().append(Issued.record(0, 10));

    it.spool().close();

    assertThat(last.join()).isInstanceOf(Accepted.class);
    assertThat(it.spool().append(Issued.record(1, 10)).join())
        .matches(o -> isRefused(o, Refusal.CLOSED));
  }

  @Test
  void nothingOfARecordIsPrinted() {
    SpoolRecord record = new SpoolRecord("t", "k", 1, Instant.EPOCH, new byte[] {1, 2});
    assertThat(record).hasToString("t k schema 1 2 bytes");
  }

  private static boolean isRefused(AppendOutcome outcome, Refusal refusal) {
    return outcome instanceof Refused refused && refused.refusal() == refusal;
  }
}
