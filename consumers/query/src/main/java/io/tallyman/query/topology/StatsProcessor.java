package io.tallyman.query.topology;

import io.tallyman.query.history.Reading;
import io.tallyman.v1.ContainerStats;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.TimestampedKeyValueStore;
import org.apache.kafka.streams.state.ValueAndTimestamp;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the newest sample of each container, and its history. Samples may come late, twice or out
 * of order: an older one never takes the place of a newer one, and an equal one changes nothing.
 */
final class StatsProcessor extends DecodingProcessor<ContainerStats> {

  private static final Duration SWEEP_INTERVAL = Duration.ofHours(1);

  private final Intake intake;
  private final String topic;
  private final Retention retention;
  private @Nullable TimestampedKeyValueStore<String, byte[]> latest;
  private @Nullable MinuteHistory history;

  StatsProcessor(String topic, Retention retention, Intake intake) {
    super(ContainerStats.class, topic, QueryTopology.WAITING_STATS, intake);
    this.intake = intake;
    this.topic = topic;
    this.retention = retention;
  }

  @Override
  public void init(ProcessorContext<Void, Void> context) {
    latest = context.getStateStore(QueryTopology.LATEST_STATS);
    history =
        new MinuteHistory(
            context.getStateStore(QueryTopology.HISTORY), retention.raw(), retention.rollup());
    super.init(context);
    try (KeyValueIterator<String, ValueAndTimestamp<byte[]>> found = latest().all()) {
      found.forEachRemaining(next -> intake.newest().reflects(next.value.timestamp()));
    }
    context.schedule(SWEEP_INTERVAL, PunctuationType.WALL_CLOCK_TIME, this::sweep);
  }

  @Override
  void accept(ContainerStats sample, byte[] framed, long timeMillis) {
    long nowMillis = context().currentSystemTimeMs();
    if (timeMillis < oldestKeptMillis(nowMillis)) {
      return;
    }
    String key = QueryTopology.statsKey(sample.getHostId(), sample.getContainerId());
    ValueAndTimestamp<byte[]> known = latest().get(key);
    if (timeMillis >= nowMillis - retention.rollup().toMillis()) {
      history().add(key, Reading.of(sample, timeMillis));
    }
    // Last: who sees the newest sample finds its reading in the history.
    if (known == null || isNewer(sample, timeMillis, known)) {
      latest().put(key, ValueAndTimestamp.make(framed, timeMillis));
    }
  }

  /**
   * By record time, which a clock that was ahead cannot have moved; by the sample's own if equal.
   */
  private boolean isNewer(ContainerStats sample, long timeMillis, ValueAndTimestamp<byte[]> known) {
    if (timeMillis != known.timestamp()) {
      return timeMillis > known.timestamp();
    }
    return intake.decoder().decode(topic, known.value()) instanceof Decoded.Intact intact
        && intact.value() instanceof ContainerStats before
        && sample.getSampledAt().isAfter(before.getSampledAt());
  }

  private void sweep(long nowMillis) {
    List<String> old = new ArrayList<>();
    try (KeyValueIterator<String, ValueAndTimestamp<byte[]>> all = latest().all()) {
      while (all.hasNext()) {
        KeyValue<String, ValueAndTimestamp<byte[]>> next = all.next();
        history().settle(next.key, nowMillis);
        if (next.value.timestamp() < oldestKeptMillis(nowMillis)) {
          old.add(next.key);
        }
      }
    }
    old.forEach(latest()::delete);
  }

  private static long oldestKeptMillis(long nowMillis) {
    return nowMillis - QueryTopology.TABLE_RETENTION.toMillis();
  }

  private TimestampedKeyValueStore<String, byte[]> latest() {
    if (latest == null) {
      throw new IllegalStateException("init has not been called");
    }
    return latest;
  }

  private MinuteHistory history() {
    if (history == null) {
      throw new IllegalStateException("init has not been called");
    }
    return history;
  }
}
