package io.tallyman.query.topology;

import io.tallyman.query.topology.Decoded.Intact;
import io.tallyman.query.topology.Decoded.Unreadable;
import io.tallyman.schemas.UnreadableRecordException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.Supplier;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/**
 * Reads framed values and never throws on a value: what cannot be read is a result like any other,
 * so that one bad record neither stops a stream nor goes by unseen.
 *
 * <p>Safe from any thread. Kafka Streams shares one deserializer among its threads and the threads
 * that query, while the deserializer of the contract is for one thread at a time: hence the pool.
 */
public final class RecordDecoder implements Deserializer<Decoded> {

  /** Decoders kept for the next caller; more callers at once make their own. */
  private static final int MAX_POOLED = 16;

  private final Supplier<Deserializer<SpecificRecord>> factory;
  private final BlockingQueue<Deserializer<SpecificRecord>> pool =
      new ArrayBlockingQueue<>(MAX_POOLED);

  /** The factory gives configured deserializers, which this object closes. */
  public RecordDecoder(Supplier<Deserializer<SpecificRecord>> factory) {
    this.factory = factory;
  }

  @Override
  public @Nullable Decoded deserialize(String topic, byte @Nullable [] framed) {
    return framed == null ? null : decode(topic, framed);
  }

  /** See the class; {@code topic} is the full name. */
  public Decoded decode(String topic, byte[] framed) {
    Deserializer<SpecificRecord> pooled = pool.poll();
    Deserializer<SpecificRecord> deserializer = pooled == null ? factory.get() : pooled;
    try {
      return new Intact(deserializer.deserialize(topic, framed), framed);
    } catch (UnreadableRecordException e) {
      return new Unreadable(e, framed);
    } finally {
      if (!pool.offer(deserializer)) {
        deserializer.close();
      }
    }
  }

  @Override
  public void close() {
    for (Deserializer<SpecificRecord> next = pool.poll(); next != null; next = pool.poll()) {
      next.close();
    }
  }
}
