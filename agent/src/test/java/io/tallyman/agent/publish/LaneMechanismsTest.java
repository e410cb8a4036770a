package io.tallyman.agent.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tallyman.agent.publish.Lane.LaneSnapshot;
import io.tallyman.agent.publish.LaneBench.Gap;
import io.tallyman.agent.spool.FailingDisk.Trouble;
import io.tallyman.v1.GapReason;
import io.tallyman.v1.Stream;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What each mechanism is for, and that its test notices when it is off. */
class LaneMechanismsTest {

  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource(Mechanism.class)
  void theLaneKeepsItsPromise(Mechanism mechanism) throws Exception {
    run(mechanism, Set.of());
  }

  @Tag("mechanism")
  @ParameterizedTest
  @EnumSource(Mechanism.class)
  void withoutTheMechanismThePromiseIsBroken(Mechanism mechanism) {
    assertThatThrownBy(() -> run(mechanism, EnumSet.of(mechanism)))
        .isInstanceOfAny(AssertionError.class, ConditionTimeoutException.class);
  }

  private void run(Mechanism mechanism, Set<Mechanism> off) throws Exception {
    try (LaneBench it = new LaneBench(directory, off)) {
      switch (mechanism) {
        case SPOOL_BEFORE_ACCEPT -> whatIsNotOnDiskIsNotAccepted(it);
        case IN_ORDER_COMMIT -> anAnswerThatComesEarlyForgetsNothing(it);
        case REWIND -> afterAFailureAllFromTheFirstOpenRecordIsSentAgain(it);
        case STOP_AFTER_FAILURE -> nothingIsSentBehindAFailure(it);
        case TOO_LARGE_ISOLATION -> aRecordThatIsTooLargeHoldsUpNothing(it);
        case STATS_SPOOL -> readingsWaitOnDiskWhileKafkaIsAway(it);
        case LOSS_MARK -> theNextRunTellsWhatThisOneCouldNot(it, off);
      }
      it.figures();
    }
  }

  private static void whatIsNotOnDiskIsNotAccepted(LaneBench it) throws Exception {
    it.events().start();
    it.disk.trouble(Trouble.FSYNC_ERROR);
    assertThat(LaneBench.decided(it.offer(0, 3))).containsOnly(Acceptance.REFUSED);
  }

  private static void anAnswerThatComesEarlyForgetsNothing(LaneBench it) throws Exception {
    it.events().start();
    it.offer(0, 3);
    HandProducer first = it.nextProducer();
    LaneBench.eventually(() -> assertThat(first.keys()).hasSize(3));
    first.acknowledge(1, 2);
    first.fail(0, new TimeoutException("expired"));

    HandProducer second = it.nextProducer();
    LaneBench.eventually(() -> assertThat(second.keys()).containsExactly("0", "1", "2"));
  }

  private static void afterAFailureAllFromTheFirstOpenRecordIsSentAgain(LaneBench it)
      throws Exception {
    it.events().start();
    it.offer(0, 4);
    HandProducer first = it.nextProducer();
    LaneBench.eventually(() -> assertThat(first.keys()).hasSize(4));
    first.acknowledge(0);
    first.fail(1, new TimeoutException("expired"));
    it.offer(4, 5);

    HandProducer second = it.nextProducer();
    LaneBench.eventually(() -> assertThat(second.keys()).containsExactly("1", "2", "3", "4"));
    assertThat(it.lane().lastError()).as("until something is acknowledged").isEqualTo("expired");
    second.acknowledgeAll();
    LaneBench.eventually(() -> assertThat(it.figures().acknowledged()).isEqualTo(5));
    assertThat(it.lane().lastError()).isNull();
    first.acknowledge(2);
    assertThat(it.figures().acknowledged()).as("late answers do not count").isEqualTo(5);
  }

  private static void nothingIsSentBehindAFailure(LaneBench it) throws Exception {
    it.events().start();
    it.offer(0, 2);
    HandProducer first = it.nextProducer();
    LaneBench.eventually(() -> assertThat(first.keys()).hasSize(2));
    first.fail(0, new TimeoutException("expired"));
    assertThat(first.closedBy()).isEqualTo(Thread.currentThread());
  }

  private void aRecordThatIsTooLargeHoldsUpNothing(LaneBench it) throws Exception {
    it.events().start();
    it.offer(0, 3);
    HandProducer producer = it.nextProducer();
    LaneBench.eventually(() -> assertThat(producer.keys()).hasSize(3));
    producer.acknowledge(0, 2);
    producer.fail(1, new RecordTooLargeException("too large"));

    LaneBench.eventually(() ->
        assertThat(it.figures())
            .isEqualTo(
                new LaneSnapshot(LaneBench.NAME, 3, 0, 2, 0, 0, 1, it.figures().spoolBytes())));
    assertThat(it.made).as("no other producer").isEmpty();
    assertThat(it.gaps)
        .isEqualTo(
            List.of(
                new Gap(
                    Stream.EVENTS,
                    GapReason.RECORD_TOO_LARGE,
                    LaneBench.NOW.plusSeconds(1),
                    LaneBench.NOW.plusSeconds(1),
                    1L)));
    assertThat(directory.resolve("rejected-test.jsonl"))
        .content()
        .contains("\"key\":\"1\"")
        .contains("too large");
  }

  private static void readingsWaitOnDiskWhileKafkaIsAway(LaneBench it) throws Exception {
    it.kafkaIsAway(true);
    it.stats().start();
    for (int i = 0; i < 60; i += 10) {
      assertThat(LaneBench.decided(it.offer(i, i + 10))).containsOnly(Acceptance.ACCEPTED);
      LaneBench.eventually(() -> assertThat(it.figures().queued()).isLessThan(30));
    }
    it.kafkaIsAway(false);
    HandProducer producer = it.nextProducer();
    LaneBench.eventually(() -> assertThat(producer.keys()).isEqualTo(LaneBench.keys(0, 60)));
    producer.acknowledgeAll();
    LaneBench.eventually(() -> assertThat(it.figures().acknowledged()).isEqualTo(60));
  }

  private void theNextRunTellsWhatThisOneCouldNot(LaneBench it, Set<Mechanism> off)
      throws Exception {
    long refused;
    try (LaneBench killed = new LaneBench(directory, off).events().start()) {
      refused = LaneBench.count(LaneBench.decided(killed.offer(0, 300)), Acceptance.REFUSED);
      assertThat(killed.gaps).as("a full spool tells nothing").isEmpty();
    }
    it.answeringAtOnce().events().start();
    LaneBench.eventually(() -> assertThat(it.gaps).extracting(Gap::lost).containsExactly(refused));
    assertThat(refused).isPositive();
  }
}
