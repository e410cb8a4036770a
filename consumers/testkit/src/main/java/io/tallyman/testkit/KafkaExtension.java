package io.tallyman.testkit;

import io.tallyman.broker.BrokerConfig;
import io.tallyman.broker.EmbeddedBroker;
import io.tallyman.schemas.TopicSettings;
import io.tallyman.schemas.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A real Kafka broker, one for all test classes of a JVM; started when the first needs it.
 *
 * <p>Declare it as {@code @RegisterExtension static final KafkaExtension kafka = new
 * KafkaExtension()}. Classes and methods share the broker, so each works under a {@link
 * #uniquePrefix} of its own.
 */
public final class KafkaExtension implements BeforeAllCallback {

  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(KafkaExtension.class);
  private static final AtomicInteger PREFIXES = new AtomicInteger();
  private static final Duration MAX_READ = Duration.ofSeconds(30);

  private @Nullable SharedBroker shared;

  @Override
  public void beforeAll(ExtensionContext context) {
    shared =
        context
            .getRoot()
            .getStore(NAMESPACE)
            .getOrComputeIfAbsent(
                SharedBroker.class, key -> new SharedBroker(), SharedBroker.class);
  }

  /** The address of the broker, {@code host:port}. */
  public String bootstrapServers() {
    return broker().bootstrapServers();
  }

  /** A prefix for topics and groups that nobody else in this JVM has. */
  public String uniquePrefix() {
    return "test" + PREFIXES.incrementAndGet() + ".";
  }

  /** Makes all topics of the catalogue under a prefix, with one partition each. */
  public void createTopics(String prefix) {
    createTopics(prefix, 1);
  }

  /** Makes all topics of the catalogue under a prefix. */
  public void createTopics(String prefix, int partitions) {
    try (var admin = admin()) {
      Topics.createMissing(admin, new TopicSettings(prefix, partitions, OptionalInt.empty()));
    }
  }

  /** Makes a topic that is not in the catalogue. */
  public void createTopic(String name, int partitions) {
    try (var admin = admin()) {
      admin.createTopics(List.of(new NewTopic(name, partitions, (short) 1))).all().get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("could not make the topic " + name, e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  public Admin admin() {
    return Admin.create(Map.of("bootstrap.servers", bootstrapServers()));
  }

  /**
   * A producer of raw bytes that waits for all replicas, and for one request before the next: a
   * busy machine may make the broker lose the first of several on a topic that is new to it.
   */
  public Producer<byte[], byte[]> producer() {
    return new KafkaProducer<>(
        Map.of(
            "bootstrap.servers",
            bootstrapServers(),
            "acks",
            "all",
            "max.in.flight.requests.per.connection",
            "1"),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }

  /** Writes records and returns when all are acknowledged. */
  public void send(List<ProducerRecord<byte[], byte[]>> records) {
    try (var producer = producer()) {
      var futures = records.stream().map(producer::send).toList();
      producer.flush();
      for (var future : futures) {
        future.get();
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("a record was not written", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** A consumer of raw bytes without a group, for {@code assign}. */
  public KafkaConsumer<byte[], byte[]> consumer() {
    return new KafkaConsumer<>(
        Map.of(
            "bootstrap.servers", bootstrapServers(),
            "enable.auto.commit", "false",
            "auto.offset.reset", "earliest"),
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer());
  }

  /** A consumer of raw bytes in a group. */
  public KafkaConsumer<byte[], byte[]> consumer(String groupId) {
    return new KafkaConsumer<>(
        Map.of(
            "bootstrap.servers",
            bootstrapServers(),
            "group.id",
            groupId,
            "enable.auto.commit",
            "false",
            "auto.offset.reset",
            "earliest"),
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer());
  }

  /** Everything that stands in a topic now, each partition in order; the topic must exist. */
  public List<ConsumerRecord<byte[], byte[]>> readAll(String topic) {
    try (var consumer = consumer()) {
      var partitions =
          consumer.partitionsFor(topic).stream()
              .map(info -> new TopicPartition(topic, info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      var ends = consumer.endOffsets(partitions);
      var records = new ArrayList<ConsumerRecord<byte[], byte[]>>();
      var deadline = Instant.now().plus(MAX_READ);
      while (partitions.stream().anyMatch(p -> consumer.position(p) < end(ends, p))) {
        if (Instant.now().isAfter(deadline)) {
          throw new IllegalStateException("could not read all of " + topic + " in " + MAX_READ);
        }
        consumer.poll(Duration.ofMillis(100)).forEach(records::add);
      }
      return records;
    }
  }

  private static long end(Map<TopicPartition, Long> ends, TopicPartition partition) {
    Long end = ends.get(partition);
    return end == null ? 0 : end;
  }

  /** What a group has committed; partitions without a commit are not in it. */
  public Map<TopicPartition, Long> committed(String groupId) {
    var deadline = Instant.now().plus(MAX_READ);
    while (true) {
      try {
        var offsets = new HashMap<TopicPartition, Long>();
        Map<TopicPartition, OffsetAndMetadata> committed =
            shared().admin.listConsumerGroupOffsets(groupId).partitionsToOffsetAndMetadata().get();
        committed.forEach((partition, offset) -> offsets.put(partition, offset.offset()));
        return offsets;
      } catch (ExecutionException e) {
        // A busy broker may be late.
        if (!(e.getCause() instanceof RetriableException) || Instant.now().isAfter(deadline)) {
          throw new IllegalStateException("could not read the offsets of " + groupId, e.getCause());
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }
  }

  private EmbeddedBroker broker() {
    return shared().broker;
  }

  private SharedBroker shared() {
    if (shared == null) {
      throw new IllegalStateException(
          "KafkaExtension is not registered: a static field it must be");
    }
    return shared;
  }

  /** Closed by JUnit after the last class. */
  private static final class SharedBroker implements AutoCloseable {

    private final Path directory;
    private final EmbeddedBroker broker;

    /** For what is asked often. */
    private final Admin admin;

    SharedBroker() {
      try {
        directory = Files.createTempDirectory("tallyman-test-broker");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      broker = EmbeddedBroker.start(new BrokerConfig(directory, 0));
      admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
    }

    @Override
    public void close() throws IOException {
      admin.close();
      broker.close();
      try (var files = Files.walk(directory)) {
        for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(file);
        }
      }
    }
  }
}
