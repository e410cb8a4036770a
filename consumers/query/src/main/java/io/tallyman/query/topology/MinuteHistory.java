package io.tallyman.query.topology;

import io.tallyman.query.history.Minute;
import io.tallyman.query.history.Minute.Open;
import io.tallyman.query.history.Minute.Rolled;
import io.tallyman.query.history.MinuteCodec;
import io.tallyman.query.history.MinuteKey;
import io.tallyman.query.history.Reading;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the minutes of each container: open ones as long as readings are kept, rolled up after.
 *
 * <p>How old a minute is, is judged by the newest reading of its own container, so what the store
 * holds depends on what was read and not on when: state that is rebuilt is the state that was lost,
 * and a host that sends hours late is rolled up as if it had not. A reading for a minute that is
 * rolled up is left out: it is known, or too late. Called by one stream thread.
 */
final class MinuteHistory {

  private final KeyValueStore<String, byte[]> store;
  private final long openMinutes;
  private final long keptMinutes;

  /** {@code open} is how long readings are kept, {@code kept} how long roll-ups. */
  MinuteHistory(KeyValueStore<String, byte[]> store, Duration open, Duration kept) {
    this.store = store;
    this.openMinutes = open.toMinutes();
    this.keptMinutes = kept.toMinutes();
  }

  /** {@code newestMillis} is the time of the newest reading before; null if there was none. */
  void add(String containerKey, Reading reading, @Nullable Long newestMillis) {
    long minute = MinuteKey.minuteOf(reading.timeMillis());
    long newest = newestMillis == null ? minute : MinuteKey.minuteOf(newestMillis);
    if (minute <= newest - openMinutes || isKnownEarlier(containerKey, reading, minute)) {
      return;
    }
    if (minute > newest) {
      rollUp(containerKey, newest - openMinutes + 1, Math.min(newest, minute - openMinutes));
      forget(containerKey, newest - keptMinutes + 1, Math.min(newest, minute - keptMinutes));
    }
    String key = MinuteKey.of(containerKey, minute);
    Open grown =
        switch (read(key)) {
          case null -> new Open(List.of(reading));
          case Open open -> open.with(reading);
          case Rolled _ -> null;
        };
    if (grown != null) {
      store.put(key, MinuteCodec.encode(grown));
    }
  }

  /** Rolls up the minutes of a container that has been silent, or forgets them. */
  void settle(String containerKey, long newestMillis, long nowMillis) {
    long newest = MinuteKey.minuteOf(newestMillis);
    long now = MinuteKey.minuteOf(nowMillis);
    byte[] last = store.get(MinuteKey.of(containerKey, newest));
    if (last == null || newest > now - openMinutes) {
      return;
    }
    if (newest <= now - keptMinutes) {
      forget(containerKey, newest - keptMinutes + 1, newest);
    } else if (!MinuteCodec.isRolled(last)) {
      rollUp(containerKey, newest - openMinutes + 1, newest);
    }
  }

  /** A clock that is ahead puts a reading where it was appended, and its twin a minute later. */
  private boolean isKnownEarlier(String containerKey, Reading reading, long minute) {
    return MinuteKey.minuteOf(reading.sampledMicros() / 1000) > minute
        && read(MinuteKey.of(containerKey, minute - 1)) instanceof Open before
        && before.has(reading.sampledMicros());
  }

  private void rollUp(String containerKey, long first, long last) {
    Rolled before = null;
    for (long minute = first; minute <= last; minute++) {
      String key = MinuteKey.of(containerKey, minute);
      switch (read(key)) {
        case Open open -> {
          before = Rolled.of(open, before == null ? rolledBefore(containerKey, minute) : before);
          store.put(key, MinuteCodec.encode(before));
        }
        case Rolled rolled -> before = rolled;
        case null -> {}
      }
    }
  }

  private @Nullable Rolled rolledBefore(String containerKey, long minute) {
    try (KeyValueIterator<String, byte[]> earlier =
        store.reverseRange(MinuteKey.of(containerKey, 0), MinuteKey.of(containerKey, minute - 1))) {
      return earlier.hasNext() && MinuteCodec.decode(earlier.next().value) instanceof Rolled rolled
          ? rolled
          : null;
    }
  }

  private void forget(String containerKey, long first, long last) {
    for (long minute = first; minute <= last; minute++) {
      store.delete(MinuteKey.of(containerKey, minute));
    }
  }

  private @Nullable Minute read(String key) {
    byte[] encoded = store.get(key);
    return encoded == null ? null : MinuteCodec.decode(encoded);
  }
}
