package io.tallyman.e2e.docker;

import io.tallyman.schemas.ReleasedSchemas;
import io.tallyman.schemas.TallymanDeserializer;
import io.tallyman.schemas.Topics;
import io.tallyman.v1.ContainerEvent;
import io.tallyman.v1.ContainerStats;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.StringDeserializer;

/** What is on the topics of a broker with one partition each, from their beginning, as it comes. */
final class TopicLog implements AutoCloseable {

  /** A record, and when the broker had it. */
  record Stored(Instant appendedAt, SpecificRecord value) {}

  private final List<Stored> records = new CopyOnWriteArrayList<>();
  private final KafkaConsumer<String, SpecificRecord> consumer;
  private final Thread thread;

  TopicLog(String bootstrapServers) {
    consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", bootstrapServers),
            new StringDeserializer(),
            new TallymanDeserializer(ReleasedSchemas.resolver(), Clock.systemUTC()));
    consumer.assign(
        Stream.of(Topics.EVENTS, Topics.STATS)
            .map(topic -> new TopicPartition(topic.name(), 0))
            .toList());
    consumer.seekToBeginning(consumer.assignment());
    thread = Thread.ofPlatform().name("topic-log").start(this::read);
  }

  List<ContainerStats> stats() {
    return of(ContainerStats.class);
  }

  /** The samples of a container. */
  List<Stored> samples(String containerId) {
    return records.stream()
        .filter(record ->
            record.value() instanceof ContainerStats stats
                && stats.getContainerId().equals(containerId))
        .toList();
  }

  List<ContainerEvent> events(String containerId) {
    return of(ContainerEvent.class).stream()
        .filter(event -> event.getContainerId().equals(containerId))
        .toList();
  }

  @Override
  public void close() {
    consumer.wakeup();
    try {
      thread.join(Duration.ofSeconds(10));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private <T> List<T> of(Class<T> type) {
    return records.stream().map(Stored::value).filter(type::isInstance).map(type::cast).toList();
  }

  private static Stored stored(ConsumerRecord<String, SpecificRecord> record) {
    return new Stored(Instant.ofEpochMilli(record.timestamp()), record.value());
  }

  private void read() {
    try (consumer) {
      while (true) {
        consumer.poll(Duration.ofMillis(200)).forEach(record -> records.add(stored(record)));
      }
    } catch (WakeupException e) {
      // The test has read enough.
    }
  }
}
