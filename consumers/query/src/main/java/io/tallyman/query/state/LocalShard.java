package io.tallyman.query.state;

import static io.tallyman.query.topology.QueryTopology.HISTORY;
import static io.tallyman.query.topology.QueryTopology.LATEST_STATS;

import io.tallyman.query.history.MinuteKey;
import io.tallyman.query.topology.RecordDecoder;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.apache.kafka.streams.state.ValueAndTimestamp;

/** Partitions whose stores are in this process. */
public final class LocalShard implements Shard {

  private final StorePartitions stores;
  private final Collection<Integer> partitions;
  private final RecentRates rates;
  private final TimelineReader timelines;

  /** {@code rates} outlives the shard, and so spares reading again what did not change. */
  public LocalShard(
      StorePartitions stores,
      Collection<Integer> partitions,
      RecentRates rates,
      RecordDecoder decoder,
      String topicPrefix) {
    this.stores = stores;
    this.partitions = List.copyOf(partitions);
    this.rates = rates;
    this.timelines = new TimelineReader(stores, this.partitions, decoder, topicPrefix);
  }

  @Override
  public List<LatestEntry> latest() {
    return reading(() -> {
      List<LatestEntry> found = new ArrayList<>();
      for (int partition : partitions) {
        ReadOnlyKeyValueStore<String, byte[]> history = stores.plain(HISTORY, partition);
        try (KeyValueIterator<String, ValueAndTimestamp<byte[]>> all =
            stores.timed(LATEST_STATS, partition).all()) {
          while (all.hasNext()) {
            KeyValue<String, ValueAndTimestamp<byte[]>> next = all.next();
            long timeMillis = next.value.timestamp();
            found.add(
                new LatestEntry(
                    new StoreEntry(next.key, timeMillis, next.value.value()),
                    rates.of(next.key, timeMillis, history)));
          }
        }
      }
      return found;
    });
  }

  @Override
  public List<StoreEntry> history(String containerKey, long fromMinute, long toMinute) {
    return reading(() -> {
      List<StoreEntry> found = new ArrayList<>();
      for (int partition : partitions) {
        try (KeyValueIterator<String, byte[]> minutes =
            stores
                .plain(HISTORY, partition)
                .reverseRange(
                    MinuteKey.of(containerKey, 0), MinuteKey.of(containerKey, toMinute - 1))) {
          long reached = toMinute;
          while (minutes.hasNext() && reached >= fromMinute) {
            KeyValue<String, byte[]> next = minutes.next();
            reached = MinuteKey.minute(next.key);
            found.add(new StoreEntry(next.key, 0, next.value));
          }
        }
      }
      Collections.reverse(found);
      return found;
    });
  }

  @Override
  public List<Usage> usage(long fromMinute, long toMinute) {
    return reading(() -> {
      List<Usage> found = new ArrayList<>();
      for (int partition : partitions) {
        UsageReader reader =
            new UsageReader(stores.plain(HISTORY, partition), fromMinute, toMinute);
        try (KeyValueIterator<String, ValueAndTimestamp<byte[]>> all =
            stores.timed(LATEST_STATS, partition).all()) {
          while (all.hasNext()) {
            KeyValue<String, ValueAndTimestamp<byte[]>> next = all.next();
            if (MinuteKey.minuteOf(next.value.timestamp()) >= fromMinute) {
              reader.of(next.key).ifPresent(found::add);
            }
          }
        }
      }
      return found;
    });
  }

  @Override
  public Slice timeline(TimelineScan scan) {
    return reading(() -> timelines.read(scan));
  }

  /** Stores can be moved away at any moment of reading them. */
  private static <T> T reading(Supplier<T> read) {
    try {
      return read.get();
    } catch (InvalidStateStoreException e) {
      throw new NotReadyException("State is being moved", e);
    }
  }
}
