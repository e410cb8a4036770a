package io.tallyman.query.topology;

import io.tallyman.query.topology.Decoded.Intact;
import io.tallyman.query.topology.Decoded.Unreadable;
import io.tallyman.schemas.SchemaUnavailableException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.TimestampedKeyValueStore;
import org.apache.kafka.streams.state.ValueAndTimestamp;
import org.jspecify.annotations.Nullable;

/**
 * Hands intact records on, keeps those whose schema cannot be had yet and tries them again, and
 * passes over the rest, counted.
 *
 * <p>A kept record is handed on later than its successors: what {@link #accept} does must not
 * depend on order. Called by one stream thread.
 */
abstract class DecodingProcessor<T extends SpecificRecord>
    extends ContextualProcessor<String, Decoded, Void, Void> {

  static final Duration RETRY_INTERVAL = Duration.ofSeconds(5);

  /** Beyond this many kept records of one partition further unreadable ones are rejected. */
  static final int MAX_WAITING = 10_000;

  private final Class<T> type;
  private final String topic;
  private final String waitingStore;
  private final Intake intake;
  private AtomicLong next = new AtomicLong();
  private int waitingCount;

  /** {@code topic} is the full name; {@code waitingStore} names the store of kept records. */
  DecodingProcessor(Class<T> type, String topic, String waitingStore, Intake intake) {
    this.type = type;
    this.topic = topic;
    this.waitingStore = waitingStore;
    this.intake = intake;
  }

  /** Takes one record; {@code timeMillis} as of {@link RecordTimes}. */
  abstract void accept(T record, byte[] framed, long timeMillis);

  /** {@inheritDoc} */
  @Override
  public void init(ProcessorContext<Void, Void> context) {
    super.init(context);
    next = intake.progress().of(topic, context.taskId().partition());
    try (KeyValueIterator<String, ValueAndTimestamp<byte[]>> kept = waiting().all()) {
      while (kept.hasNext()) {
        kept.next();
        waitingCount++;
      }
    }
    intake.unreadable().addWaiting(waitingCount);
    context.schedule(RETRY_INTERVAL, PunctuationType.WALL_CLOCK_TIME, now -> retry());
  }

  @Override
  public void process(Record<String, Decoded> record) {
    // Null for a tombstone, whatever the type says.
    @Nullable Decoded decoded = record.value();
    if (decoded == null) {
      intake.unreadable().reject(position(), "null is no record of this topic");
    } else {
      take(decoded, record.timestamp(), position());
    }
    context().recordMetadata().ifPresent(at -> next.set(at.offset() + 1));
  }

  @Override
  public void close() {
    intake.unreadable().addWaiting(-waitingCount);
    waitingCount = 0;
  }

  private void take(Decoded decoded, long timeMillis, String position) {
    switch (decoded) {
      case Intact intact -> {
        if (type.isInstance(intact.value())) {
          accept(type.cast(intact.value()), intact.framed(), timeMillis);
          intake.newest().reflects(timeMillis);
        } else {
          intake
              .unreadable()
              .reject(
                  position, "a " + intact.value().getSchema().getName() + " does not belong here");
        }
      }
      case Unreadable bad -> {
        if (bad.reason() instanceof SchemaUnavailableException && waitingCount < MAX_WAITING) {
          waiting().put(position, ValueAndTimestamp.make(bad.framed(), timeMillis));
          waitingCount++;
          intake.unreadable().await(position, String.valueOf(bad.reason().getMessage()));
        } else {
          intake.unreadable().reject(position, String.valueOf(bad.reason().getMessage()));
        }
      }
    }
  }

  private void retry() {
    if (waitingCount == 0) {
      return;
    }
    // A source that cannot answer is asked once a round for each schema, not for each record.
    Set<Integer> unavailable = new HashSet<>();
    List<String> done = new ArrayList<>();
    try (KeyValueIterator<String, ValueAndTimestamp<byte[]>> kept = waiting().all()) {
      while (kept.hasNext()) {
        KeyValue<String, ValueAndTimestamp<byte[]>> next = kept.next();
        if (retry(next.key, next.value, unavailable)) {
          done.add(next.key);
        }
      }
    }
    done.forEach(key -> waiting().delete(key));
    waitingCount -= done.size();
    intake.unreadable().addWaiting(-done.size());
  }

  /** Whether the record needs to be kept no longer. */
  private boolean retry(String key, ValueAndTimestamp<byte[]> kept, Set<Integer> unavailable) {
    if (unavailable.contains(schemaId(kept.value()))) {
      return false;
    }
    Decoded decoded = intake.decoder().decode(topic, kept.value());
    if (decoded instanceof Unreadable bad && bad.reason() instanceof SchemaUnavailableException) {
      unavailable.add(schemaId(kept.value()));
      return false;
    }
    long timeMillis =
        decoded instanceof Intact intact
            ? RecordTimes.earlier(intact.value(), kept.timestamp())
            : kept.timestamp();
    take(decoded, timeMillis, key);
    return true;
  }

  private static int schemaId(byte[] framed) {
    return ByteBuffer.wrap(framed, 1, Integer.BYTES).getInt();
  }

  private TimestampedKeyValueStore<String, byte[]> waiting() {
    return context().getStateStore(waitingStore);
  }

  private String position() {
    return context()
        .recordMetadata()
        .map(at -> at.topic() + "|" + at.partition() + "|" + at.offset())
        .orElse(topic);
  }
}
