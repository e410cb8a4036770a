package io.tallyman.agent.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallyman.schemas.CloudEventHeaders;
import io.tallyman.schemas.Topics;
import io.tallyman.v1.ContainerState;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.clients.producer.RoundRobinPartitioner;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KafkaLaneTest {

  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  private final BlockingQueue<MockProducer<byte[], byte[]>> made = new LinkedBlockingQueue<>();
  private final AtomicInteger setupsToFail = new AtomicInteger();
  private final AtomicInteger sendsToBreak = new AtomicInteger();
  private KafkaLane lane = lane(100, 1 << 20, LaneQueue.WhenFull.REFUSE_NEW);

  private KafkaLane lane(int maxRecords, long maxBytes, LaneQueue.WhenFull whenFull) {
    return new KafkaLane(
        new LaneQueue("test", maxRecords, maxBytes, whenFull), "p.", this::setUp, this::producer);
  }

  private void setUp() {
    if (setupsToFail.getAndDecrement() > 0) {
      throw new TimeoutException("no broker");
    }
  }

  private Producer<byte[], byte[]> producer() {
    MockProducer<byte[], byte[]> producer =
        new MockProducer<>(
            false,
            new RoundRobinPartitioner(),
            new ByteArraySerializer(),
            new ByteArraySerializer()) {
          @Override
          public synchronized Future<RecordMetadata> send(
              ProducerRecord<byte[], byte[]> record, Callback callback) {
            if (sendsToBreak.getAndDecrement() > 0) {
              throw new NoClassDefFoundError("no native library");
            }
            return super.send(record, callback);
          }
        };
    made.add(producer);
    return producer;
  }

  @AfterEach
  void close() {
    made.forEach(producer -> {
      while (producer.completeNext()) {
        // Whatever a test left open is acknowledged, so that closing is quick.
      }
    });
    lane.close();
  }

  private static OutgoingRecord record(int number) {
    return new OutgoingRecord(
        Topics.CONTAINERS.name(), Integer.toString(number), null, NOW, "host-1");
  }

  private void offer(int from, int to) {
    IntStream.range(from, to).forEach(i -> assertThat(lane.offer(record(i))).isDone());
  }

  private MockProducer<byte[], byte[]> nextProducer() throws InterruptedException {
    MockProducer<byte[], byte[]> producer = made.poll(10, TimeUnit.SECONDS);
    assertThat(producer).as("a producer within 10 s").isNotNull();
    return producer;
  }

  private static List<String> keys(MockProducer<byte[], byte[]> producer) {
    return producer.history().stream()
        .map(sent -> new String(sent.key(), StandardCharsets.UTF_8))
        .toList();
  }

  private void figures(long observed, long acknowledged, long queued, long dropped) {
    Lane.LaneSnapshot snapshot = lane.snapshot();
    assertThat(snapshot)
        .isEqualTo(new Lane.LaneSnapshot("test", observed, 0, acknowledged, 0, queued, dropped, 0));
    assertThat(snapshot.observed() + snapshot.inherited())
        .isEqualTo(
            snapshot.acknowledged() + snapshot.spooled() + snapshot.queued() + snapshot.dropped());
  }

  private static void eventually(Runnable assertion) {
    Awaitility.await().atMost(Duration.ofSeconds(10)).untilAsserted(assertion::run);
  }

  @Test
  void recordsAreAcknowledgedInOrder() throws InterruptedException {
    lane.start();
    offer(0, 3);
    MockProducer<byte[], byte[]> producer = nextProducer();
    eventually(() -> assertThat(keys(producer)).containsExactly("0", "1", "2"));
    figures(3, 0, 3, 0);
    producer.completeNext();
    figures(3, 1, 2, 0);
    producer.completeNext();
    producer.completeNext();
    figures(3, 3, 0, 0);
    assertThat(lane.isKafkaReachable()).isTrue();
    lane.close();
  }

  @Test
  void aTombstoneCarriesHeadersAndThePrefixedTopic() throws InterruptedException {
    lane.start();
    offer(7, 8);
    MockProducer<byte[], byte[]> producer = nextProducer();
    eventually(() -> assertThat(producer.history()).hasSize(1));

    ProducerRecord<byte[], byte[]> sent = producer.history().getFirst();
    assertThat(sent.topic()).isEqualTo("p.docker.containers.v1");
    assertThat(sent.value()).isNull();
    assertThat(sent.partition()).as("the partitioner decides").isNull();
    assertThat(sent.headers().lastHeader(CloudEventHeaders.SOURCE).value())
        .asString(StandardCharsets.UTF_8)
        .isEqualTo("urn:docker:host:host-1");
  }

  @Test
  void afterAFailureAllFromTheFirstOpenRecordIsSentAgainInOrder() throws InterruptedException {
    lane.start();
    offer(0, 4);
    MockProducer<byte[], byte[]> first = nextProducer();
    eventually(() -> assertThat(first.history()).hasSize(4));
    first.completeNext();
    first.errorNext(new TimeoutException("expired"));
    offer(4, 5);

    MockProducer<byte[], byte[]> second = nextProducer();
    eventually(() -> assertThat(keys(second)).containsExactly("1", "2", "3", "4"));
    figures(5, 1, 4, 0);
    assertThat(first.closed()).isTrue();
    assertThat(lane.lastError()).as("until something is acknowledged").isEqualTo("expired");
    while (second.completeNext()) {
      // One call a record.
    }
    figures(5, 5, 0, 0);
    assertThat(lane.lastError()).isNull();
  }

  @Test
  void aProducerThatCannotBeUsedIsReportedAndTriedAgain() throws InterruptedException {
    sendsToBreak.set(1);
    lane.start();
    offer(0, 2);
    nextProducer();
    MockProducer<byte[], byte[]> second = nextProducer();
    eventually(() -> assertThat(keys(second)).containsExactly("0", "1"));

    assertThat(lane.lastError()).contains("no native library");
    figures(2, 0, 2, 0);
  }

  @Test
  void aRecordThatIsTooLargeIsDroppedAndHoldsUpNothing() throws InterruptedException {
    lane.start();
    offer(0, 3);
    MockProducer<byte[], byte[]> producer = nextProducer();
    eventually(() -> assertThat(producer.history()).hasSize(3));
    producer.completeNext();
    producer.errorNext(new RecordTooLargeException("too large"));
    producer.completeNext();

    figures(3, 2, 0, 1);
    assertThat(made).as("no other producer").isEmpty();
  }

  @Test
  void aFullLaneOfEventsRefusesTheNew() throws InterruptedException {
    lane = lane(3, 1 << 20, LaneQueue.WhenFull.REFUSE_NEW);
    offer(0, 5);
    figures(5, 0, 3, 2);
    assertThat(lane.hasRoom()).isFalse();
    lane.start();
    MockProducer<byte[], byte[]> producer = nextProducer();
    eventually(() -> assertThat(keys(producer)).containsExactly("0", "1", "2"));
  }

  @Test
  void aFullLaneOfStatsShedsTheOldest() throws InterruptedException {
    lane = lane(3, 1 << 20, LaneQueue.WhenFull.SHED_OLDEST);
    offer(0, 5);
    figures(5, 0, 3, 2);
    lane.start();
    MockProducer<byte[], byte[]> producer = nextProducer();
    eventually(() -> assertThat(keys(producer)).containsExactly("2", "3", "4"));
  }

  @Test
  void theLimitOfBytesHoldsToo() {
    lane = lane(1_000, 3_000, LaneQueue.WhenFull.REFUSE_NEW);
    offer(0, 100);

    Lane.LaneSnapshot snapshot = lane.snapshot();
    assertThat(snapshot.queued()).isBetween(1L, 3_000L / LaneQueue.OVERHEAD_BYTES);
    assertThat(snapshot.dropped()).isEqualTo(100 - snapshot.queued());
  }

  @Test
  void aRecordThatCannotBeWrittenIsCountedAsDropped() {
    var _ =
        lane.offer(
            new OutgoingRecord(Topics.CONTAINERS.name(), "x", new ContainerState(), NOW, "host-1"));
    figures(1, 0, 0, 1);
  }

  @Test
  void whileKafkaIsAwayRecordsWaitAndThenGoOutInOrder() throws InterruptedException {
    setupsToFail.set(2);
    lane.start();
    offer(0, 3);
    assertThat(made).isEmpty();
    assertThat(lane.isKafkaReachable()).isFalse();

    MockProducer<byte[], byte[]> producer = nextProducer();
    eventually(() -> assertThat(keys(producer)).containsExactly("0", "1", "2"));
    figures(3, 0, 3, 0);
  }

  @Test
  void closingSendsWhatIsQueued() throws InterruptedException {
    lane.start();
    offer(0, 2);
    MockProducer<byte[], byte[]> producer = nextProducer();
    Thread closing = Thread.ofPlatform().start(lane::close);
    eventually(() -> {
      while (producer.completeNext()) {
        // One call a record.
      }
      figures(2, 2, 0, 0);
    });
    closing.join();

    assertThat(producer.closed()).isTrue();
    assertThat(keys(producer)).containsExactly("0", "1");
  }
}
