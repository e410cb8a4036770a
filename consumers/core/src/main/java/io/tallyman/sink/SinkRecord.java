package io.tallyman.sink;

import java.time.Instant;
import java.util.Objects;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * A record as it was read from Kafka. Two are equal when they stand at the same place: topic,
 * partition and offset.
 *
 * @param topic name in the catalogue, without the prefix; {@code original} has the full one
 * @param key UTF-8 text of the Kafka key; null when the record has none
 * @param value null for a tombstone
 * @param original the bytes as they came
 */
public record SinkRecord(
    String topic,
    @Nullable String key,
    @Nullable SpecificRecord value,
    ConsumerRecord<byte[], byte[]> original) {

  public int partition() {
    return original.partition();
  }

  public long offset() {
    return original.offset();
  }

  public Headers headers() {
    return original.headers();
  }

  /** When the broker appended it. */
  public Instant appendTime() {
    return Instant.ofEpochMilli(original.timestamp());
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof SinkRecord that
        && offset() == that.offset()
        && partition() == that.partition()
        && original.topic().equals(that.original.topic());
  }

  @Override
  public int hashCode() {
    return Objects.hash(original.topic(), partition(), offset());
  }

  /** The place alone: a record may hold what does not belong into a log. */
  @Override
  public String toString() {
    return original.topic() + "-" + partition() + "@" + offset();
  }
}
