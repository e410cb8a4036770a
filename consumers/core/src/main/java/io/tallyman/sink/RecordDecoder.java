package io.tallyman.sink;

import io.tallyman.schemas.SchemaUnavailableException;
import java.nio.charset.StandardCharsets;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/** Turns what Kafka gave into what sinks take. One thread at a time. */
final class RecordDecoder {

  /** What became of a record. */
  sealed interface Decoded {

    record Good(SinkRecord record) implements Decoded {}

    /** It can never be read. */
    record Poison(DeadLetter letter) implements Decoded {}

    /** Its schema is not there yet. */
    record Later(String reason) implements Decoded {}
  }

  private final Deserializer<SpecificRecord> deserializer;
  private final int prefixLength;

  RecordDecoder(Deserializer<SpecificRecord> deserializer, String topicPrefix) {
    this.deserializer = deserializer;
    this.prefixLength = topicPrefix.length();
  }

  Decoded decode(ConsumerRecord<byte[], byte[]> original) {
    byte @Nullable [] key = original.key();
    byte @Nullable [] bytes = original.value();
    try {
      SpecificRecord value =
          bytes == null
              ? null
              : deserializer.deserialize(original.topic(), original.headers(), bytes);
      return new Decoded.Good(
          new SinkRecord(
              original.topic().substring(prefixLength),
              key == null ? null : new String(key, StandardCharsets.UTF_8),
              value,
              original));
    } catch (SchemaUnavailableException e) {
      return new Decoded.Later(
          "%s (%s-%d@%d)"
              .formatted(
                  e.getMessage(), original.topic(), original.partition(), original.offset()));
    } catch (RuntimeException e) {
      return new Decoded.Poison(
          new DeadLetter(
              original,
              DeadLetter.Stage.VALUE_CONVERTER,
              deserializer.getClass(),
              e.getMessage() == null ? e.toString() : e.getMessage(),
              e));
    }
  }
}
