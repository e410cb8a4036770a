package io.tallyman.query.topology;

import io.tallyman.query.topology.Decoded.Intact;
import io.tallyman.query.topology.Timeline.Facts;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.TimestampedKeyValueStore;
import org.apache.kafka.streams.state.ValueAndTimestamp;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the records of the retention by time, and finds them by what they tell of. The first report
 * stays: an agent that was killed tells again what it had told, with another incarnation and
 * sequence.
 */
final class TimelineProcessor<T extends SpecificRecord> extends DecodingProcessor<T> {

  private static final Duration SWEEP_INTERVAL = Duration.ofMinutes(1);

  /** So that a sweep stays far below the time between two polls. */
  private static final int MAX_SWEPT_AT_ONCE = 20_000;

  private static final byte[] NOTHING = {};

  private final Timeline<T> timeline;
  private final Facts<T> facts;
  private final String topic;
  private final Duration retention;
  private final Intake intake;
  private @Nullable TimestampedKeyValueStore<String, byte[]> records;
  private @Nullable KeyValueStore<String, byte[]> index;

  TimelineProcessor(Timeline<T> timeline, String topic, Duration retention, Intake intake) {
    super(timeline.type(), topic, timeline.waitingStore(), intake);
    this.timeline = timeline;
    this.facts = timeline.facts();
    this.topic = topic;
    this.retention = retention;
    this.intake = intake;
  }

  @Override
  public void init(ProcessorContext<Void, Void> context) {
    records = context.getStateStore(timeline.store());
    index = context.getStateStore(timeline.index());
    super.init(context);
    try (KeyValueIterator<String, ValueAndTimestamp<byte[]>> found = records().reverseAll()) {
      if (found.hasNext()) {
        intake.newest().reflects(found.next().value.timestamp());
      }
    }
    context.schedule(SWEEP_INTERVAL, PunctuationType.WALL_CLOCK_TIME, this::sweep);
  }

  @Override
  void accept(T record, byte[] framed, long timeMillis) {
    if (timeMillis < oldestKeptMillis(context().currentSystemTimeMs())) {
      return;
    }
    String key =
        TimelineKey.of(
            facts.nanos().applyAsLong(record),
            timeMillis,
            facts.hostId().apply(record),
            facts.id().apply(record));
    ValueAndTimestamp<byte[]> before = records().get(key);
    T known = before == null ? null : decode(before.value());
    if (known != null && !facts.replaces().test(record, known)) {
      return;
    }
    // The index first: what it points to and is not there is passed over, the reverse is not found.
    facts
        .terms()
        .apply(record)
        .forEach(term -> index().put(TimelineKey.indexed(term, key), NOTHING));
    records().put(key, ValueAndTimestamp.make(framed, timeMillis));
  }

  private void sweep(long nowMillis) {
    String end = TimelineKey.bound(Instant.ofEpochMilli(oldestKeptMillis(nowMillis)));
    List<KeyValue<String, ValueAndTimestamp<byte[]>>> old = new ArrayList<>();
    try (KeyValueIterator<String, ValueAndTimestamp<byte[]>> range =
        records().range(TimelineKey.bound(Instant.EPOCH), end)) {
      while (range.hasNext() && old.size() < MAX_SWEPT_AT_ONCE) {
        old.add(range.next());
      }
    }
    for (KeyValue<String, ValueAndTimestamp<byte[]>> next : old) {
      T record = decode(next.value.value());
      if (record != null) {
        facts
            .terms()
            .apply(record)
            .forEach(term -> index().delete(TimelineKey.indexed(term, next.key)));
      }
      records().delete(next.key);
    }
  }

  private @Nullable T decode(byte[] framed) {
    return intake.decoder().decode(topic, framed) instanceof Intact intact
            && timeline.type().isInstance(intact.value())
        ? timeline.type().cast(intact.value())
        : null;
  }

  private long oldestKeptMillis(long nowMillis) {
    return nowMillis - retention.toMillis();
  }

  private TimestampedKeyValueStore<String, byte[]> records() {
    if (records == null) {
      throw new IllegalStateException("init has not been called");
    }
    return records;
  }

  private KeyValueStore<String, byte[]> index() {
    if (index == null) {
      throw new IllegalStateException("init has not been called");
    }
    return index;
  }
}
