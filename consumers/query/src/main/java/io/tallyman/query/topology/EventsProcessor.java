package io.tallyman.query.topology;

import io.tallyman.v1.ContainerEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.TimestampedKeyValueStore;
import org.apache.kafka.streams.state.ValueAndTimestamp;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the events of the retention by time. The first report of an event stays: an agent that was
 * killed tells again what it had told, with another incarnation and sequence.
 */
final class EventsProcessor extends DecodingProcessor<ContainerEvent> {

  private static final Duration SWEEP_INTERVAL = Duration.ofMinutes(1);

  /** So that a sweep stays far below the time between two polls. */
  private static final int MAX_SWEPT_AT_ONCE = 20_000;

  private final Duration retention;
  private final NewestTime newest;
  private @Nullable TimestampedKeyValueStore<String, byte[]> events;

  EventsProcessor(String topic, Duration retention, Intake intake) {
    super(ContainerEvent.class, topic, QueryTopology.WAITING_EVENTS, intake);
    this.newest = intake.newest();
    this.retention = retention;
  }

  @Override
  public void init(ProcessorContext<Void, Void> context) {
    events = context.getStateStore(QueryTopology.EVENTS);
    super.init(context);
    try (KeyValueIterator<String, ValueAndTimestamp<byte[]>> found = events().reverseAll()) {
      if (found.hasNext()) {
        newest.reflects(found.next().value.timestamp());
      }
    }
    context.schedule(SWEEP_INTERVAL, PunctuationType.WALL_CLOCK_TIME, this::sweep);
  }

  @Override
  void accept(ContainerEvent event, byte[] framed, long timeMillis) {
    if (timeMillis >= oldestKeptMillis(context().currentSystemTimeMs())) {
      events()
          .putIfAbsent(EventKey.of(event, timeMillis), ValueAndTimestamp.make(framed, timeMillis));
    }
  }

  private void sweep(long nowMillis) {
    String end = EventKey.bound(Instant.ofEpochMilli(oldestKeptMillis(nowMillis)));
    List<String> old = new ArrayList<>();
    try (KeyValueIterator<String, ValueAndTimestamp<byte[]>> range =
        events().range(EventKey.bound(Instant.EPOCH), end)) {
      while (range.hasNext() && old.size() < MAX_SWEPT_AT_ONCE) {
        old.add(range.next().key);
      }
    }
    old.forEach(events()::delete);
  }

  private long oldestKeptMillis(long nowMillis) {
    return nowMillis - retention.toMillis();
  }

  private TimestampedKeyValueStore<String, byte[]> events() {
    if (events == null) {
      throw new IllegalStateException("init has not been called");
    }
    return events;
  }
}
