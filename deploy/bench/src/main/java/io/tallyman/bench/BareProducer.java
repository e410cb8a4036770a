package io.tallyman.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Sends what a topic holds to another one, at a steady rate and with nothing but a producer, and
 * says what the second half of that cost.
 */
public final class BareProducer {

  /** Begins the line that says how many seconds of CPU it took, and how many records. */
  static final String ANNOUNCEMENT = "bare ";

  /** Header with the nanoseconds since 1970 when the record was handed over. */
  static final String SENT = "sent";

  private BareProducer() {}

  /** Takes bootstrap servers, source, target, number of records and records a second. */
  public static void main(String[] args) throws IOException {
    List<ConsumerRecord<byte[], byte[]>> records =
        read(args[0], args[1], Integer.parseInt(args[3]));
    int half = records.size() / 2;
    int perSecond = Integer.parseInt(args[4]);
    Map<String, Object> settings =
        Map.of(
            "bootstrap.servers", args[0],
            "compression.type", "zstd",
            "acks", "all",
            "enable.idempotence", "true");
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
      send(producer, args[2], records.subList(0, half), perSecond);
      double before = cpuSeconds();
      send(producer, args[2], records.subList(half, records.size()), perSecond);
      producer.flush();
      System.out.printf(
          Locale.ROOT, "%s%.3f %d%n", ANNOUNCEMENT, cpuSeconds() - before, records.size() - half);
    }
    while (System.in.read() >= 0) {
      // Nothing is said to it.
    }
  }

  private static List<ConsumerRecord<byte[], byte[]>> read(
      String bootstrapServers, String topic, int count) {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", bootstrapServers),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(each -> new TopicPartition(topic, each.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      long end = consumer.endOffsets(partitions).values().stream().mapToLong(each -> each).sum();
      long seen = 0;
      while (seen < end && records.size() < count) {
        for (ConsumerRecord<byte[], byte[]> each : consumer.poll(Duration.ofSeconds(1))) {
          seen++;
          if (records.size() < count) {
            records.add(each);
          }
        }
      }
    }
    return records;
  }

  private static void send(
      KafkaProducer<byte[], byte[]> producer,
      String topic,
      List<ConsumerRecord<byte[], byte[]>> records,
      int perSecond) {
    long begin = System.nanoTime();
    for (int i = 0; i < records.size(); i++) {
      long due = begin + i * 1_000_000_000L / perSecond;
      for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
        // Not shorter: a wait for each record would cost more than the record.
        LockSupport.parkNanos(Math.max(left, 1_000_000));
      }
      ConsumerRecord<byte[], byte[]> each = records.get(i);
      ProducerRecord<byte[], byte[]> record =
          new ProducerRecord<>(topic, null, each.key(), each.value(), each.headers());
      record.headers().add(SENT, ByteBuffer.allocate(Long.BYTES).putLong(nowNanos()).array());
      var _ = producer.send(record);
    }
  }

  private static long nowNanos() {
    Instant now = Instant.now();
    return Math.addExact(now.getEpochSecond() * 1_000_000_000L, now.getNano());
  }

  private static double cpuSeconds() {
    return ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class)
            .getProcessCpuTime()
        / 1e9;
  }
}
