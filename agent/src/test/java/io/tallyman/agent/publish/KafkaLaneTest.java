package io.tallyman.agent.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.tallyman.agent.publish.Lane.LaneSnapshot;
import io.tallyman.agent.publish.LaneBench.Gap;
import io.tallyman.agent.spool.FailingDisk;
import io.tallyman.agent.spool.SpoolInUseException;
import io.tallyman.agent.spool.SpoolSnapshot.State;
import io.tallyman.schemas.CloudEventHeaders;
import io.tallyman.schemas.Topics;
import io.tallyman.v1.ContainerState;
import io.tallyman.v1.GapReason;
import io.tallyman.v1.Stream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KafkaLaneTest {

  @TempDir Path directory;

  private LaneBench bench() {
    return new LaneBench(directory, Set.of());
  }

  private static void acknowledged(LaneBench it, long records) {
    LaneBench.eventually(() -> assertThat(it.figures().acknowledged()).isEqualTo(records));
  }

  @Test
  void eventsAreOnDiskUntilTheyAreAcknowledgedInOrder() throws Exception {
    try (LaneBench it = bench().events().start()) {
      assertThat(LaneBench.decided(it.offer(0, 3))).containsOnly(Acceptance.ACCEPTED);
      HandProducer producer = it.nextProducer();
      LaneBench.eventually(() -> assertThat(producer.keys()).containsExactly("0", "1", "2"));
      assertThat(it.figures().spooled()).isEqualTo(3);
      producer.acknowledge(1);
      assertThat(it.figures().spooled()).as("0 is not acknowledged").isEqualTo(3);
      producer.acknowledge(0);
      assertThat(it.figures().spooled()).isEqualTo(1);
      producer.acknowledge(2);
      assertThat(it.figures().acknowledged()).isEqualTo(3);
      assertThat(it.lane().isKafkaReachable()).isTrue();
    }
  }

  @Test
  void aTombstoneCarriesHeadersAndThePrefixedTopic() throws Exception {
    try (LaneBench it = bench().events().start()) {
      it.offer(7, 8);
      HandProducer producer = it.nextProducer();
      LaneBench.eventually(() -> assertThat(producer.sent()).hasSize(1));

      ProducerRecord<byte[], byte[]> sent = producer.sent().getFirst();
      assertThat(sent.topic()).isEqualTo("p.docker.containers.v1");
      assertThat(sent.value()).isNull();
      assertThat(sent.partition()).as("the partitioner decides").isNull();
      assertThat(sent.headers().lastHeader(CloudEventHeaders.SOURCE).value())
          .asString(StandardCharsets.UTF_8)
          .isEqualTo("urn:docker:host:host-1");
    }
  }

  @Test
  void whatWasNotAcknowledgedIsInheritedAndSentAgainAfterARestart() throws Exception {
    try (LaneBench it = bench().events().start()) {
      LaneBench.decided(it.offer(0, 5));
      HandProducer producer = it.nextProducer();
      LaneBench.eventually(() -> assertThat(producer.keys()).hasSize(5));
      producer.acknowledge(0, 1);
    }
    try (LaneBench again = bench().events().start()) {
      assertThat(again.figures().inherited()).isEqualTo(3);
      HandProducer producer = again.nextProducer();
      LaneBench.eventually(() -> assertThat(producer.keys()).containsExactly("2", "3", "4"));
      producer.acknowledgeAll();
      acknowledged(again, 3);
      assertThat(again.lane().unsent()).isZero();
    }
  }

  @Test
  void aFullLaneOfEventsRefusesAndTellsOfOneGapOnceThereIsRoom() throws Exception {
    try (LaneBench it = bench().events().start()) {
      List<Acceptance> decided = LaneBench.decided(it.offer(0, 300));
      long refused = LaneBench.count(decided, Acceptance.REFUSED);
      assertThat(refused).isPositive();
      assertThat(it.lane().spoolState()).isEqualTo(State.FULL);
      assertThat(it.figures().dropped()).isEqualTo(refused);
      assertThat(it.gaps).as("there is no room yet").isEmpty();
      assertThat(it.lane().offerReserved(LaneBench.record(999)).join())
          .as("room is kept")
          .isEqualTo(Acceptance.ACCEPTED);

      HandProducer producer = it.nextProducer();
      long kept = 300 - refused;
      LaneBench.eventually(() -> assertThat(producer.keys()).hasSize((int) kept + 1));
      producer.acknowledgeAll();

      LaneBench.eventually(() -> assertThat(it.roomAgain).hasValue(1));
      assertThat(it.gaps)
          .singleElement()
          .satisfies(gap -> {
            assertThat(gap.stream()).isEqualTo(Stream.EVENTS);
            assertThat(gap.reason()).isEqualTo(GapReason.SPOOL_FULL);
            assertThat(gap.lost()).isEqualTo(refused);
            assertThat(gap.from()).isBeforeOrEqualTo(gap.to());
          });
      assertThat(LaneBench.decided(it.offer(300, 301))).containsOnly(Acceptance.ACCEPTED);
      it.figures();
    }
  }

  @Test
  void whatAKilledAgentLostAndDidNotTellIsToldByTheNext() throws Exception {
    long refused;
    try (LaneBench killed = bench().events().start()) {
      refused = LaneBench.count(LaneBench.decided(killed.offer(0, 300)), Acceptance.REFUSED);
      assertThat(killed.gaps).isEmpty();
    }
    try (LaneBench it = bench().answeringAtOnce().events().start()) {
      LaneBench.eventually(() -> assertThat(it.gaps).hasSize(1));
      assertThat(it.gaps.getFirst().reason()).isEqualTo(GapReason.SPOOL_FULL);
      assertThat(it.gaps.getFirst().lost()).isEqualTo(refused).isPositive();
      assertThat(it.figures().dropped()).as("by this run").isZero();
    }
    try (LaneBench it = bench().answeringAtOnce().events().start()) {
      acknowledged(it, LaneBench.decided(it.offer(300, 301)).size());
      assertThat(it.gaps).as("told already").isEmpty();
    }
  }

  @Test
  void whatWasToldInVainIsToldAgainByTheNextRun() throws Exception {
    long refused;
    try (LaneBench killed = bench().answeringAtOnce()) {
      killed.gapsAreRefused();
      killed.events();
      refused = LaneBench.count(LaneBench.decided(killed.offer(0, 300)), Acceptance.REFUSED);
      killed.start();
      LaneBench.eventually(() -> assertThat(killed.gaps).hasSize(1));
    }
    try (LaneBench it = bench().answeringAtOnce().events().start()) {
      LaneBench.eventually(() -> assertThat(it.gaps).hasSize(1));
      assertThat(it.gaps.getFirst().lost()).isEqualTo(refused).isPositive();
    }
  }

  @Test
  void aRecordThatIsDamagedAtTheEndIsToldOfAtTheStart() throws Exception {
    try (LaneBench it = bench().events()) {
      LaneBench.decided(it.offer(0, 5));
    }
    Path segment = segments().getFirst();
    byte[] bytes = Files.readAllBytes(segment);
    bytes[bytes.length - 1] ^= 1;
    Files.write(segment, bytes);
    try (LaneBench it = bench()) {
      it.kafkaIsAway(true);
      it.events().start();
      assertThat(it.gaps)
          .extracting(Gap::stream, Gap::reason, Gap::lost)
          .containsExactly(tuple(Stream.EVENTS, GapReason.SPOOL_CORRUPT, null));
    }
  }

  @Test
  void anOfferWaitsWhileTheDiskIsBehind() throws Exception {
    try (LaneBench it = bench().answeringAtOnce().events().start()) {
      int burst = 3 * 16_000 / 300;
      assertThat(LaneBench.decided(it.offer(0, burst))).containsOnly(Acceptance.ACCEPTED);
      acknowledged(it, burst);
    }
  }

  @Test
  void readingsGoThroughMemoryWhileKafkaTakesThem() throws Exception {
    try (LaneBench it = bench().stats().start()) {
      it.offer(0, 3);
      HandProducer producer = it.nextProducer();
      LaneBench.eventually(() -> assertThat(producer.keys()).containsExactly("0", "1", "2"));
      assertThat(it.figures()).isEqualTo(new LaneSnapshot(LaneBench.NAME, 3, 0, 0, 0, 3, 0, 0));
      producer.acknowledgeAll();
      assertThat(it.figures().acknowledged()).isEqualTo(3);
      assertThat(segments()).as("nothing on disk").isEmpty();
    }
  }

  @Test
  void readingsThatKafkaDoesNotAnswerForAreTakenToDisk() throws Exception {
    try (LaneBench it = bench()) {
      it.silence(Duration.ofMillis(200));
      it.stats().start();
      HandProducer silent = it.nextProducer();
      it.offer(0, 3);
      LaneBench.eventually(() -> assertThat(silent.keys()).hasSize(3));
      LaneBench.eventually(() -> assertThat(it.figures().spooled()).isEqualTo(3));
      assertThat(it.lane().isKafkaReachable()).isFalse();

      HandProducer next = it.nextProducer();
      LaneBench.eventually(() -> assertThat(next.keys()).containsExactly("0", "1", "2"));
      next.acknowledgeAll();
      acknowledged(it, 3);
    }
  }

  private List<Path> segments() throws IOException {
    try (java.util.stream.Stream<Path> files = Files.list(directory.resolve(LaneBench.NAME))) {
      return files.filter(file -> file.toString().endsWith(".frames")).toList();
    }
  }

  @Test
  void readingsQueueBehindWhatIsOnDiskAndOrderIsKept() throws Exception {
    try (LaneBench it = bench().stats().start()) {
      HandProducer producer = it.nextProducer();
      // More than the memory holds while Kafka does not answer.
      assertThat(LaneBench.decided(it.offer(0, 50))).containsOnly(Acceptance.ACCEPTED);
      LaneBench.eventually(() -> assertThat(it.figures().spooled()).isPositive());
      it.offer(50, 55);
      LaneBench.eventually(() -> assertThat(producer.keys()).isEqualTo(LaneBench.keys(0, 55)));
      producer.acknowledgeAll();
      acknowledged(it, 55);
      AtomicInteger next = new AtomicInteger(55);
      LaneBench.eventually(() -> {
        it.offer(next.get(), next.incrementAndGet());
        assertThat(it.figures().queued()).as("through memory again").isEqualTo(1);
        producer.acknowledgeAll();
      });
    }
  }

  @Test
  void readingsThatWereInFlightComeBeforeThoseOnDiskAfterAFailure() throws Exception {
    try (LaneBench it = bench().stats().start()) {
      HandProducer first = it.nextProducer();
      it.offer(0, 50);
      LaneBench.eventually(() -> assertThat(first.keys()).hasSize(50));
      first.acknowledge(0, 1);
      first.fail(2, new TimeoutException("expired"));
      it.offer(50, 52);

      HandProducer second = it.nextProducer();
      LaneBench.eventually(() -> assertThat(second.keys()).isEqualTo(LaneBench.keys(2, 52)));
      second.acknowledgeAll();
      acknowledged(it, 52);
    }
  }

  @Test
  void atTheCapTheOldestReadingsGoAndTheirTimesAreTold() throws Exception {
    LaneBench it = bench();
    it.kafkaIsAway(true);
    it.quiet(Duration.ofMinutes(1));
    try (it) {
      it.stats().start();
      LaneBench.eventually(() -> assertThat(it.lane().lastError()).isNotNull());
      for (int i = 0; i < 400; i += 20) {
        LaneBench.decided(it.offer(i, i + 20));
        LaneBench.eventually(() -> assertThat(it.figures().queued()).isZero());
      }
      it.lane().tellLosses();
      LaneSnapshot now = it.figures();
      Gap gap = it.gaps.getFirst();
      assertThat(now.dropped()).isPositive();
      assertThat(now.spooled()).isEqualTo(400 - now.dropped());
      assertThat(gap)
          .isEqualTo(
              new Gap(
                  Stream.STATS,
                  GapReason.SPOOL_FULL,
                  LaneBench.NOW,
                  LaneBench.NOW.plusSeconds(now.dropped() - 1),
                  now.dropped()));
    }
  }

  @Test
  void whatReadingsAreInMemoryAtTheEndStaysOnDisk() throws Exception {
    try (LaneBench it = bench().stats().start()) {
      it.offer(0, 3);
      HandProducer producer = it.nextProducer();
      LaneBench.eventually(() -> assertThat(producer.keys()).hasSize(3));
      producer.acknowledge(0);
      it.lane().close();
      assertThat(it.lane().unsent()).isEqualTo(2);
      it.figures();
    }
    try (LaneBench again = bench().stats().start()) {
      HandProducer producer = again.nextProducer();
      LaneBench.eventually(() -> assertThat(producer.keys()).containsExactly("1", "2"));
    }
  }

  @Test
  void readingsThatAFullDiskDoesNotTakeAtTheEndCountAsUnsent() throws Exception {
    try (LaneBench it = bench().stats().start()) {
      it.offer(0, 3);
      HandProducer silent = it.nextProducer();
      LaneBench.eventually(() -> assertThat(silent.keys()).hasSize(3));
      it.disk.trouble(FailingDisk.Trouble.FULL_ON_APPEND);
      it.lane().close();
      assertThat(it.figures().dropped()).isEqualTo(3);
      assertThat(it.lane().unsent()).isEqualTo(3);
    }
  }

  @Test
  void aReadingThatNoFrameHoldsIsSetAside() throws Exception {
    LaneBench it = bench();
    it.kafkaIsAway(true);
    try (it) {
      it.stats().start();
      LaneBench.eventually(() -> assertThat(it.lane().lastError()).isNotNull());
      assertThat(it.lane().offer(huge()).join()).isEqualTo(Acceptance.REFUSED);
      assertThat(it.figures().dropped()).isEqualTo(1);
      assertThat(it.gaps)
          .extracting(Gap::stream, Gap::reason, Gap::lost)
          .containsExactly(tuple(Stream.STATS, GapReason.RECORD_TOO_LARGE, 1L));
      assertThat(directory.resolve("rejected-test.jsonl")).content().hasLineCount(1);
    }
  }

  private static OutgoingRecord huge() {
    return new OutgoingRecord(
        Topics.CONTAINERS.name(), "x".repeat(10_000), null, LaneBench.NOW, "host-1");
  }

  @Test
  void aRecordThatNoFrameHoldsIsSetAside() throws Exception {
    try (LaneBench it = bench().events().start()) {
      assertThat(it.lane().offer(huge()).join())
          .as("it would be too large again")
          .isEqualTo(Acceptance.ACCEPTED);
      assertThat(it.figures().dropped()).isEqualTo(1);
      assertThat(it.gaps).extracting(Gap::reason).containsExactly(GapReason.RECORD_TOO_LARGE);
    }
  }

  @Test
  void aRecordThatCannotBeWrittenIsCountedAsDropped() throws Exception {
    for (LaneBench each :
        List.of(bench().events(), new LaneBench(directory.resolve("s"), Set.of()).stats())) {
      try (LaneBench it = each.start()) {
        assertThat(
                it.lane()
                    .offer(
                        new OutgoingRecord(
                            Topics.CONTAINERS.name(),
                            "x",
                            new ContainerState(),
                            LaneBench.NOW,
                            "host-1"))
                    .join())
            .isEqualTo(Acceptance.REFUSED);
        assertThat(it.figures().dropped()).isEqualTo(1);
      }
    }
  }

  @Test
  void aSecondLaneOnTheSpoolIsTurnedAway() throws Exception {
    try (LaneBench it = bench().events()) {
      assertThatThrownBy(() -> bench().events())
          .isInstanceOf(SpoolInUseException.class)
          .hasMessageContaining("tallyman.data-dir");
      assertThat(it.lane().spoolState()).isEqualTo(State.ACCEPTING);
    }
  }

  @Test
  void damageIsCountedAndToldOfTheSameWayAgain() throws Exception {
    try (LaneBench it = bench().events()) {
      LaneBench.decided(it.offer(0, 5));
    }
    damageTheThird();
    Gap first;
    try (LaneBench it = bench().events().start()) {
      assertThat(it.figures().inherited()).isEqualTo(5);
      assertThat(it.figures().dropped()).isEqualTo(1);
      HandProducer producer = it.nextProducer();
      LaneBench.eventually(() -> assertThat(producer.keys()).containsExactly("0", "1", "3", "4"));
      assertThat(it.gaps).hasSize(1);
      first = it.gaps.getFirst();
    }
    assertThat(first)
        .isEqualTo(
            new Gap(
                Stream.EVENTS, GapReason.SPOOL_CORRUPT, null, LaneBench.NOW.plusSeconds(3), 1L));
    try (LaneBench it = bench().events().start()) {
      HandProducer producer = it.nextProducer();
      LaneBench.eventually(() -> assertThat(producer.keys()).hasSize(4));
      assertThat(it.gaps).containsExactly(first);
      producer.acknowledgeAll();
      acknowledged(it, 4);
    }
  }

  private void damageTheThird() throws IOException {
    Path segment = segments().getFirst();
    byte[] bytes = Files.readAllBytes(segment);
    bytes[bytes.length / 2] ^= 1;
    Files.write(segment, bytes);
  }

  @Test
  void aProducerThatCannotBeMadeIsTriedAgain() throws Exception {
    LaneBench it = bench();
    it.kafkaIsAway(true);
    try (it) {
      it.events().start();
      LaneBench.decided(it.offer(0, 3));
      LaneBench.eventually(() -> assertThat(it.lane().lastError()).isEqualTo("no broker"));
      assertThat(it.lane().isKafkaReachable()).isFalse();
      it.kafkaIsAway(false);
      HandProducer producer = it.nextProducer();
      LaneBench.eventually(() -> assertThat(producer.keys()).containsExactly("0", "1", "2"));
    }
  }

  @Test
  void flushingWaitsForWhatIsOpen() throws Exception {
    try (LaneBench it = bench().answeringAtOnce().events().start()) {
      it.offer(0, 30);
      it.lane().flush();
      assertThat(it.lane().unsent()).isZero();
      assertThat(it.figures().acknowledged()).isEqualTo(30);
    }
  }
}
