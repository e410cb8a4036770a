package io.tallyman.query.state;

import io.tallyman.query.history.Minute.Open;
import io.tallyman.query.history.MinuteCodec;
import io.tallyman.query.history.MinuteKey;
import io.tallyman.query.history.Rates;
import io.tallyman.query.history.Reading;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;

/**
 * How fast each container's counters grow, from its two newest readings. Remembers the last answer
 * for each container. Safe from any thread.
 */
public final class RecentRates {

  /** Containers come and go; what is remembered for those that went is dropped with the rest. */
  private static final int MAX_REMEMBERED = 100_000;

  private final Map<String, Known> known = new ConcurrentHashMap<>();

  private record Known(long timeMillis, Rates rates) {}

  Rates of(String containerKey, long timeMillis, ReadOnlyKeyValueStore<String, byte[]> history) {
    Known last = known.get(containerKey);
    if (last != null && last.timeMillis == timeMillis) {
      return last.rates;
    }
    if (known.size() >= MAX_REMEMBERED) {
      known.clear();
    }
    Rates rates = read(containerKey, MinuteKey.minuteOf(timeMillis), history);
    known.put(containerKey, new Known(timeMillis, rates));
    return rates;
  }

  private static Rates read(
      String containerKey, long minute, ReadOnlyKeyValueStore<String, byte[]> history) {
    try (KeyValueIterator<String, byte[]> minutes =
        history.reverseRange(MinuteKey.of(containerKey, 0), MinuteKey.of(containerKey, minute))) {
      if (!minutes.hasNext()
          || !(MinuteCodec.decode(minutes.next().value) instanceof Open(List<Reading> newest))) {
        return Rates.UNKNOWN;
      }
      if (newest.size() > 1) {
        return Rates.between(newest.get(newest.size() - 2), newest.getLast());
      }
      return minutes.hasNext()
          ? Rates.between(MinuteCodec.decode(minutes.next().value).rollup(), newest.getLast())
          : Rates.UNKNOWN;
    }
  }
}
