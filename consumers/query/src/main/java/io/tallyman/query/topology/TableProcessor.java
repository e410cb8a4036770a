package io.tallyman.query.topology;

import io.tallyman.query.topology.Decoded.Intact;
import io.tallyman.query.topology.Decoded.Unreadable;
import io.tallyman.schemas.SchemaUnavailableException;
import io.tallyman.v1.HostStatus;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.TimestampedKeyValueStore;
import org.apache.kafka.streams.state.ValueAndTimestamp;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the newest record of each key in a global table; null removes the key. A value whose schema
 * cannot be had yet is kept as it is: readers of the table decode it, and so try again.
 */
final class TableProcessor extends ContextualProcessor<String, Decoded, Void, Void> {

  private final Class<? extends SpecificRecord> type;
  private final String storeName;
  private final Intake intake;

  TableProcessor(Class<? extends SpecificRecord> type, String storeName, Intake intake) {
    this.type = type;
    this.storeName = storeName;
    this.intake = intake;
  }

  @Override
  public void process(Record<String, Decoded> record) {
    TimestampedKeyValueStore<String, byte[]> table = context().getStateStore(storeName);
    // Null for a tombstone, whatever the type says.
    @Nullable Decoded decoded = record.value();
    if (decoded == null) {
      table.delete(record.key());
      return;
    }
    if (!belongs(decoded, record.key())) {
      return;
    }
    // Kafka Streams asks no timestamp extractor for global stores.
    long timeMillis =
        decoded instanceof Intact intact
            ? RecordTimes.earlier(intact.value(), record.timestamp())
            : record.timestamp();
    if (decoded instanceof Intact intact && intact.value() instanceof HostStatus heartbeat) {
      intake.conflicts().heard(heartbeat, timeMillis);
    }
    ValueAndTimestamp<byte[]> known = table.get(record.key());
    if (known == null || known.timestamp() <= timeMillis) {
      table.put(record.key(), ValueAndTimestamp.make(decoded.framed(), timeMillis));
      intake.newest().reflects(timeMillis);
    }
  }

  private boolean belongs(Decoded decoded, String key) {
    switch (decoded) {
      case Intact intact -> {
        if (type.isInstance(intact.value())) {
          return true;
        }
        intake
            .unreadable()
            .reject(
                position(key),
                "a " + intact.value().getSchema().getName() + " does not belong here");
        return false;
      }
      case Unreadable bad -> {
        if (bad.reason() instanceof SchemaUnavailableException) {
          return true;
        }
        intake.unreadable().reject(position(key), String.valueOf(bad.reason().getMessage()));
        return false;
      }
    }
  }

  private String position(String key) {
    return context()
        .recordMetadata()
        .map(at -> at.topic() + "|" + at.partition() + "|" + at.offset())
        .orElse(storeName + "|" + key);
  }
}
