package io.tallyman.query.view;

import io.tallyman.query.topology.Decoded.Intact;
import io.tallyman.query.topology.RecordDecoder;
import io.tallyman.query.topology.RecordTimes;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/**
 * Decodes the entries of a store, those again that have changed since the last time. Not safe for
 * threads.
 */
final class DecodedEntries<T extends SpecificRecord> {

  private final RecordDecoder decoder;
  private final String topic;
  private final Class<T> type;
  private final Function<T, Instant> stated;
  private Map<String, Entry<T>> last = new HashMap<>();
  private Map<String, Entry<T>> next = new HashMap<>();

  /** {@code stated} gives the time that a record states. */
  DecodedEntries(RecordDecoder decoder, String topic, Class<T> type, Function<T, Instant> stated) {
    this.decoder = decoder;
    this.topic = topic;
    this.type = type;
    this.stated = stated;
  }

  @SuppressWarnings("ArrayRecordComponent") // compared by content where it matters
  private record Entry<T extends SpecificRecord>(byte[] framed, Observed<T> observed) {}

  /** Begins a round: what is not asked for in it is forgotten at the next. */
  void begin() {
    last = next;
    next = new HashMap<>();
  }

  /** Null when it cannot be read. */
  @Nullable Observed<T> get(String key, long timeMillis, byte[] framed) {
    Entry<T> known = last.get(key);
    if (known == null || !Arrays.equals(known.framed, framed)) {
      Observed<T> observed = decode(timeMillis, framed);
      known = observed == null ? null : new Entry<>(framed, observed);
    }
    if (known == null) {
      return null;
    }
    next.put(key, known);
    return known.observed;
  }

  private @Nullable Observed<T> decode(long timeMillis, byte[] framed) {
    if (decoder.decode(topic, framed) instanceof Intact intact && type.isInstance(intact.value())) {
      T value = type.cast(intact.value());
      // The store's time is the append's where the record could not be read when it came.
      long millis = RecordTimes.earlier(value, timeMillis);
      return Observed.of(value, stated.apply(value), millis);
    }
    return null;
  }
}
