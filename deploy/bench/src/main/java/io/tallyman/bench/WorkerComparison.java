package io.tallyman.bench;

import io.tallyman.broker.BrokerConfig;
import io.tallyman.broker.EmbeddedBroker;
import io.tallyman.schemas.TallymanDeserializer;
import io.tallyman.schemas.TallymanSerializer;
import io.tallyman.schemas.TopicSettings;
import io.tallyman.schemas.Topics;
import io.tallyman.sink.RecordSink;
import io.tallyman.sink.SinkContext;
import io.tallyman.sink.SinkOption;
import io.tallyman.sink.SinkProvider;
import io.tallyman.sink.SinkRecord;
import io.tallyman.sink.app.RunningSink;
import io.tallyman.sink.app.SinkApplication;
import io.tallyman.sink.app.SinkConfig;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The worker with a sink that does nothing against a bare {@code KafkaConsumer} that decodes the
 * same records and commits nothing. The time is that from the first batch that was decoded to the
 * last, so that nobody's way into a group counts.
 */
final class WorkerComparison {

  private static final double REQUIRED = 0.8;
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final String TOPIC = Topics.STATS.name();

  private final String bootstrapServers;
  private final int records;
  private int instances;

  private WorkerComparison(String bootstrapServers, int records) {
    this.bootstrapServers = bootstrapServers;
    this.records = records;
  }

  /** Runs it: one round for what the JVM has to compile, not counted, and then the others. */
  static void measure(Report report, Path directory, int rounds, int records) {
    try (EmbeddedBroker broker =
        EmbeddedBroker.start(new BrokerConfig(directory.resolve("kafka"), 0))) {
      WorkerComparison comparison = new WorkerComparison(broker.bootstrapServers(), records);
      comparison.fill();
      Race cold = new Race();
      comparison.round(cold);
      Race warm = new Race();
      for (int round = 0; round < rounds; round++) {
        comparison.round(warm);
      }
      report(report, cold, warm, (long) rounds * records);
    }
  }

  private void fill() {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers));
        TallymanSerializer serializer = new TallymanSerializer();
        KafkaProducer<byte[], byte[]> producer =
            new KafkaProducer<>(
                Map.of(
                    "bootstrap.servers",
                    bootstrapServers,
                    "compression.type",
                    "zstd",
                    "linger.ms",
                    "20"),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
      Topics.createMissing(admin, new TopicSettings("", 1, OptionalInt.empty()));
      byte[] key = SyntheticStats.HOST_ID.getBytes(StandardCharsets.UTF_8);
      for (int n = 0; n < records; n++) {
        byte[] value = serializer.serialize(TOPIC, SyntheticStats.sample(n));
        Future<RecordMetadata> _ = producer.send(new ProducerRecord<>(TOPIC, key, value));
      }
      producer.flush();
    }
  }

  private void round(Race race) {
    race.round(this::worker, this::bare);
  }

  /** Counts, and does nothing else. */
  private static final class NullSink implements RecordSink, SinkProvider {

    private final int expected;
    private final CountDownLatch done = new CountDownLatch(1);
    private int seen;
    private long firstNanos;
    private volatile double seconds;

    NullSink(int expected) {
      this.expected = expected;
    }

    @Override
    public void put(List<SinkRecord> batch) {
      if (seen == 0) {
        firstNanos = System.nanoTime();
      }
      seen += batch.size();
      if (seen >= expected) {
        seconds = Race.secondsSince(firstNanos);
        done.countDown();
      }
    }

    @Override
    public void open(SinkContext context) {}

    @Override
    public void flush() {}

    @Override
    public void close() {}

    @Override
    public String name() {
      return "null";
    }

    @Override
    public String description() {
      return "Writes nothing";
    }

    @Override
    public List<SinkOption> options() {
      return List.of();
    }

    @Override
    public List<String> topics() {
      return List.of(TOPIC);
    }

    @Override
    public RecordSink create() {
      return this;
    }
  }

  private double worker() {
    NullSink sink = new NullSink(records);
    SinkConfig config =
        new SinkConfig(
            "null-" + ++instances,
            bootstrapServers,
            Map.of(),
            new TopicSettings("", 1, OptionalInt.empty()),
            List.of(),
            1,
            "127.0.0.1",
            0,
            Map.of());
    try (RunningSink running = SinkApplication.start(config, sink)) {
      if (!sink.done.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new BenchException("the worker read no more: " + running.states());
      }
      return sink.seconds;
    } catch (InterruptedException e) {
      throw new BenchException("interrupted", e);
    }
  }

  private double bare() {
    try (TallymanDeserializer deserializer = new TallymanDeserializer();
        KafkaConsumer<byte[], byte[]> consumer =
            new KafkaConsumer<>(
                Map.of(
                    "bootstrap.servers",
                    bootstrapServers,
                    "enable.auto.commit",
                    "false",
                    "max.poll.records",
                    Integer.toString(BenchSinks.BATCH)),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
      deserializer.configure(Map.of("bootstrap.servers", bootstrapServers), false);
      List<TopicPartition> partitions = List.of(new TopicPartition(TOPIC, 0));
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      int seen = 0;
      long firstNanos = 0;
      while (seen < records) {
        ConsumerRecords<byte[], byte[]> polled = consumer.poll(Duration.ofMillis(500));
        for (ConsumerRecord<byte[], byte[]> record : polled) {
          deserializer.deserialize(TOPIC, record.headers(), record.value());
        }
        if (seen == 0) {
          firstNanos = System.nanoTime();
        }
        seen += polled.count();
      }
      return Race.secondsSince(firstNanos);
    }
  }

  private static void report(Report report, Race cold, Race warm, long records) {
    report
        .add("worker: records, after a first round that is not counted", records)
        .add("worker: records a second, worker with a null sink", warm.ourRate(records), 0)
        .add("worker: records a second, bare consumer that decodes", warm.peerRate(records), 0)
        .add("worker: worker / bare consumer", warm.ratio(), 2)
        .add("worker: worker / bare consumer by round: min / median / max", warm.minMedianMax())
        .add("worker: worker / bare consumer in the first round", cold.ratio(), 2)
        .require(warm.ratio() >= REQUIRED, "the worker has less than 0.8 of a consumer's speed");
  }
}
