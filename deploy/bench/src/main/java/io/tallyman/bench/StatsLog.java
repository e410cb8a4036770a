package io.tallyman.bench;

import io.tallyman.schemas.ReleasedSchemas;
import io.tallyman.schemas.TallymanDeserializer;
import io.tallyman.schemas.Topics;
import io.tallyman.v1.ContainerStats;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.LogDirDescription;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/** What the topic of stats holds, told by reading all of it. Used by one thread. */
final class StatsLog {

  /** Readings of one tick. */
  static final class TickRow {
    private final Set<String> containers = new HashSet<>();
    private long records;
    private Instant lastSampledAt = Instant.MIN;
    private Instant lastAppendedAt = Instant.MIN;

    int containers() {
      return containers.size();
    }

    long records() {
      return records;
    }

    double millisToLastReading(Instant tick) {
      return tick.until(lastSampledAt).toNanos() / 1e6;
    }

    double millisToLastAppend(Instant tick) {
      return tick.until(lastAppendedAt).toNanos() / 1e6;
    }
  }

  private static final Duration POLL = Duration.ofMillis(500);

  private final NavigableMap<Instant, TickRow> ticks = new TreeMap<>();
  private long records;
  private long valueBytes;
  private long fileBytes;

  private StatsLog() {}

  static StatsLog read(String bootstrapServers) {
    StatsLog all = new StatsLog();
    all.readRecords(bootstrapServers);
    all.readSize(bootstrapServers);
    return all;
  }

  /** Ticks with readings, from {@code first} to {@code last}, both included. */
  NavigableMap<Instant, TickRow> ticks(Instant first, Instant last) {
    return ticks.subMap(first, true, last, true);
  }

  long records() {
    return records;
  }

  /** Framed Avro, before compression. */
  double valueBytesPerRecord() {
    return (double) valueBytes / records;
  }

  /** What the topic takes on the broker's disk. */
  double fileBytesPerRecord() {
    return (double) fileBytes / records;
  }

  private void readRecords(String bootstrapServers) {
    Map<String, Object> settings = Map.of("bootstrap.servers", bootstrapServers);
    try (KafkaConsumer<byte[], byte[]> consumer =
            new KafkaConsumer<>(
                settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        TallymanDeserializer deserializer =
            new TallymanDeserializer(ReleasedSchemas.resolver(), Clock.systemUTC())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(Topics.STATS.name()).stream()
              .map(each -> new TopicPartition(each.topic(), each.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      long end = consumer.endOffsets(partitions).values().stream().mapToLong(each -> each).sum();
      while (records < end) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          take(record, deserializer);
        }
      }
    }
  }

  private void take(ConsumerRecord<byte[], byte[]> record, TallymanDeserializer deserializer) {
    records++;
    valueBytes += record.value().length;
    ContainerStats stats = (ContainerStats) deserializer.read(record.topic(), record.value());
    Instant tick = stats.getTick();
    if (tick == null) {
      return;
    }
    TickRow row = ticks.computeIfAbsent(tick, each -> new TickRow());
    row.records++;
    row.containers.add(stats.getContainerId());
    row.lastSampledAt = later(row.lastSampledAt, stats.getSampledAt());
    row.lastAppendedAt = later(row.lastAppendedAt, Instant.ofEpochMilli(record.timestamp()));
  }

  private static Instant later(Instant one, @Nullable Instant other) {
    return other == null || one.isAfter(other) ? one : other;
  }

  private void readSize(String bootstrapServers) {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
      int broker = admin.describeCluster().nodes().get().iterator().next().id();
      Map<String, LogDirDescription> directories =
          Objects.requireNonNull(
              admin.describeLogDirs(List.of(broker)).allDescriptions().get().get(broker));
      directories
          .values()
          .forEach(directory ->
              directory
                  .replicaInfos()
                  .forEach((partition, replica) -> {
                    if (partition.topic().equals(Topics.STATS.name())) {
                      fileBytes += replica.size();
                    }
                  }));
    } catch (ExecutionException e) {
      throw new BenchException("the broker does not tell the size of its logs", e);
    } catch (InterruptedException e) {
      throw new BenchException("interrupted", e);
    }
  }
}
