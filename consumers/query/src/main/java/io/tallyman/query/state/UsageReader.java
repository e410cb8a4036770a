package io.tallyman.query.state;

import io.tallyman.query.history.Counter;
import io.tallyman.query.history.Minute;
import io.tallyman.query.history.Minute.Rolled;
import io.tallyman.query.history.MinuteCodec;
import io.tallyman.query.history.MinuteKey;
import io.tallyman.query.history.Rollup;
import io.tallyman.query.history.RollupBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * Sums up what containers used between two minutes: by the difference of two running sums where
 * minutes are rolled up, by adding where they are open.
 */
final class UsageReader {

  private final ReadOnlyKeyValueStore<String, byte[]> history;
  private final long fromMinute;
  private final long toMinute;

  UsageReader(ReadOnlyKeyValueStore<String, byte[]> history, long fromMinute, long toMinute) {
    this.history = history;
    this.fromMinute = fromMinute;
    this.toMinute = toMinute;
  }

  /** Empty when the container has no reading in that time. */
  Optional<Usage> of(String containerKey) {
    List<Minute> open = new ArrayList<>();
    Minute before = null;
    boolean isInside = false;
    try (KeyValueIterator<String, byte[]> minutes = reverse(containerKey, toMinute - 1)) {
      while (before == null && minutes.hasNext()) {
        KeyValue<String, byte[]> next = minutes.next();
        Minute minute = MinuteCodec.decode(next.value);
        isInside = MinuteKey.minute(next.key) >= fromMinute;
        if (isInside && minute instanceof Minute.Open) {
          open.addFirst(minute);
        } else {
          before = minute;
        }
      }
    }
    Rolled last = isInside && before instanceof Rolled rolled ? rolled : null;
    if (open.isEmpty() && last == null) {
      return Optional.empty();
    }
    long[] increases = new long[Counter.COUNT];
    if (last != null) {
      addRolled(containerKey, last, increases);
    }
    addOpen(open, before, increases);
    return Optional.of(new Usage(containerKey, increases));
  }

  private void addRolled(String containerKey, Rolled last, long[] increases) {
    Rolled base = lastRolledBefore(containerKey);
    Rolled first = base == null ? firstRolled(containerKey, last) : base;
    for (Counter counter : Counter.values()) {
      long began =
          base == null
              ? first.running(counter) - Math.max(0, first.rollup().increase(counter))
              : base.running(counter);
      increases[counter.index()] = last.running(counter) - began;
    }
  }

  private static void addOpen(List<Minute> open, @Nullable Minute before, long[] increases) {
    if (open.isEmpty()) {
      return;
    }
    RollupBuilder builder = new RollupBuilder().after(before == null ? null : before.rollup());
    open.forEach(minute -> minute.addTo(builder));
    Rollup rollup = builder.build();
    for (Counter counter : Counter.values()) {
      increases[counter.index()] += Math.max(0, rollup.increase(counter));
    }
  }

  private @Nullable Rolled lastRolledBefore(String containerKey) {
    try (KeyValueIterator<String, byte[]> minutes = reverse(containerKey, fromMinute - 1)) {
      return minutes.hasNext() && MinuteCodec.decode(minutes.next().value) instanceof Rolled rolled
          ? rolled
          : null;
    }
  }

  /** The one that the caller has seen, when those before it have gone meanwhile. */
  private Rolled firstRolled(String containerKey, Rolled last) {
    try (KeyValueIterator<String, byte[]> minutes =
        history.range(
            MinuteKey.of(containerKey, fromMinute), MinuteKey.of(containerKey, toMinute - 1))) {
      while (minutes.hasNext()) {
        if (MinuteCodec.decode(minutes.next().value) instanceof Rolled first) {
          return first;
        }
      }
    }
    return last;
  }

  private KeyValueIterator<String, byte[]> reverse(String containerKey, long minute) {
    return history.reverseRange(MinuteKey.of(containerKey, 0), MinuteKey.of(containerKey, minute));
  }
}
