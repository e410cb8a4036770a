package io.tallyman.sink;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tallyman.schemas.ReleasedSchemas;
import io.tallyman.schemas.SchemaResolver;
import io.tallyman.schemas.SchemaSourceException;
import io.tallyman.schemas.TallymanDeserializer;
import io.tallyman.schemas.TallymanSerializer;
import io.tallyman.schemas.Topics;
import io.tallyman.v1.GapReason;
import io.tallyman.v1.Stream;
import io.tallyman.v1.StreamGap;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A worker with everything around it under a test's control. A test says step by step what happens
 * at each poll, and {@link #run} plays it on the test's own thread, then stops the worker.
 */
final class WorkerBench implements AfterEachCallback {

  static final String TOPIC = "t." + Topics.GAPS.name();
  static final TopicPartition P0 = new TopicPartition(TOPIC, 0);
  static final TopicPartition P1 = new TopicPartition(TOPIC, 1);

  /** No schema has it. */
  static final int UNKNOWN_ID = 99;

  final List<String> journal = new ArrayList<>();
  final ManualClock clock = new ManualClock();
  final JournalingConsumer consumer = new JournalingConsumer();
  final ScriptedSink sink = new ScriptedSink(journal);
  final ScriptedDeadLetters deadLetters = new ScriptedDeadLetters(journal);
  final CountingSinkMetrics metrics = new CountingSinkMetrics();
  final Map<TopicPartition, Long> nextOffsets = new HashMap<>();
  private final Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> log = new HashMap<>();
  boolean registryIsDown;
  Runnable onPrepare = () -> {};
  final SinkWorker worker;

  WorkerBench() {
    // The longest wait that jitter may choose: tests then know when it is over.
    RandomGenerator longest =
        new RandomGenerator() {
          @Override
          public long nextLong() {
            return 0;
          }

          @Override
          public long nextLong(long bound) {
            return bound - 1;
          }
        };
    SchemaResolver resolver =
        SchemaResolver.chain(
            ReleasedSchemas.resolver(),
            id -> {
              if (registryIsDown) {
                throw new SchemaSourceException("down", new IllegalStateException("down"));
              }
              return Optional.empty();
            });
    worker =
        new SinkWorker(
            new SinkContext(
                "bench",
                SinkOptions.of(List.of(), Map.of()),
                List.of(Topics.GAPS.name()),
                "t.",
                metrics),
            Reading.GROUP,
            () -> onPrepare.run(),
            consumer,
            new TallymanDeserializer(resolver, clock),
            sink,
            deadLetters,
            new Backoff(Duration.ofMillis(100), Duration.ofMillis(400), longest),
            clock);
    at(() -> assign(P0, P1));
  }

  /** The next poll begins so. */
  WorkerBench at(Runnable step) {
    consumer.schedulePollTask(step);
    return this;
  }

  /** The next poll finds nothing new. */
  WorkerBench idle() {
    return at(() -> {});
  }

  /** Plays the steps, and stops the worker at the poll after the last. */
  void run() {
    at(worker::stop);
    worker.run();
  }

  /** Whatever happened: the identity holds, nothing stays in flight, everything is closed. */
  @Override
  public void afterEach(ExtensionContext test) {
    assertThat(metrics.figures().inFlight()).isZero();
    assertThat(sink.closed).isTrue();
    assertThat(deadLetters.closed).isTrue();
    assertThat(consumer.closed()).isTrue();
  }

  void assign(TopicPartition... partitions) {
    for (var partition : partitions) {
      consumer.updateBeginningOffsets(Map.of(partition, 0L));
      consumer.updateEndOffsets(Map.of(partition, nextOffsets.getOrDefault(partition, 0L)));
    }
    consumer.rebalance(List.of(partitions));
  }

  /** One commit follows the flush, and one comes before the next poll. */
  void failCommitsUntilTheNextPoll() {
    consumer.commitFailures.add(new TimeoutException("slow"));
    consumer.commitFailures.add(new TimeoutException("slow"));
  }

  /** Adds that many good records. */
  void good(TopicPartition partition, int count) {
    IntStream.range(0, count).forEach(i -> add(partition, gapBytes()));
  }

  /** Adds a record that is no frame at all. */
  void garbage(TopicPartition partition) {
    add(partition, "garbage".getBytes(UTF_8));
  }

  /** Adds a record with a schema id that nobody knows. */
  void unknownSchema(TopicPartition partition) {
    add(partition, ByteBuffer.allocate(6).put((byte) 0).putInt(UNKNOWN_ID).put((byte) 2).array());
  }

  void tombstone(TopicPartition partition) {
    add(partition, null);
  }

  private void add(TopicPartition partition, byte @Nullable [] value) {
    long offset = nextOffsets.merge(partition, 1L, Long::sum) - 1;
    var record =
        new ConsumerRecord<>(
            partition.topic(), partition.partition(), offset, "host".getBytes(UTF_8), value);
    log.computeIfAbsent(partition, p -> new ArrayList<>()).add(record);
    consumer.addRecord(record);
    consumer.updateEndOffsets(Map.of(partition, offset + 1));
  }

  long committed(TopicPartition partition) {
    var offset = consumer.committedAtClose.get(partition);
    return offset == null ? 0 : offset.offset();
  }

  private static byte @Nullable [] gapBytes() {
    var gap =
        StreamGap.newBuilder()
            .setGapId("g")
            .setHostId("host")
            .setStream(Stream.EVENTS)
            .setTo(Instant.EPOCH)
            .setReason(GapReason.AGENT_DOWN)
            .build();
    try (var serializer = new TallymanSerializer()) {
      return serializer.serialize(Topics.GAPS.name(), gap);
    }
  }

  /** Kafka's fake, which also writes down commits and forgets nothing when it is closed. */
  final class JournalingConsumer extends MockConsumer<byte[], byte[]> {

    final Map<TopicPartition, OffsetAndMetadata> committedAtClose = new HashMap<>();
    final Deque<RuntimeException> commitFailures = new ArrayDeque<>();
    final Deque<RuntimeException> endFailures = new ArrayDeque<>();
    @Nullable ConsumerRebalanceListener listener;

    JournalingConsumer() {
      super("earliest");
    }

    @Override
    public void subscribe(Collection<String> topics, ConsumerRebalanceListener listener) {
      journal.add("subscribe " + topics);
      this.listener = listener;
      super.subscribe(topics, listener);
    }

    @Override
    public synchronized ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
      journal.add(paused().isEmpty() ? "poll" : "poll paused");
      return super.poll(timeout);
    }

    /** Kafka's fake drops what it gave out; a real topic does not. */
    @Override
    public synchronized void seek(TopicPartition partition, long offset) {
      super.seek(partition, offset);
      log.getOrDefault(partition, List.of()).stream()
          .filter(record -> record.offset() >= offset)
          .forEach(this::addRecord);
    }

    @Override
    public synchronized Map<TopicPartition, Long> endOffsets(
        Collection<TopicPartition> partitions, Duration timeout) {
      var failure = endFailures.poll();
      if (failure != null) {
        throw failure;
      }
      return super.endOffsets(partitions, timeout);
    }

    @Override
    public synchronized void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets) {
      journal.add("commit");
      var failure = commitFailures.poll();
      if (failure != null) {
        throw failure;
      }
      super.commitSync(offsets);
      committedAtClose.putAll(offsets);
    }
  }
}
