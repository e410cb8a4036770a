package io.tallyman.query.topology;

import io.tallyman.query.history.Minute;
import io.tallyman.query.history.Minute.Open;
import io.tallyman.query.history.Minute.Rolled;
import io.tallyman.query.history.MinuteCodec;
import io.tallyman.query.history.MinuteKey;
import io.tallyman.query.history.Reading;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the minutes of each container: open ones as long as readings are kept, rolled up after.
 *
 * <p>How old a minute is, is judged by the newest reading of its own container, so what the store
 * holds depends on what was read and not on when: state that is rebuilt is the state that was lost,
 * and a host that sends hours late is rolled up as if it had not. Nothing but this store is asked
 * for it: another may be ahead of it after a crash. A reading for a minute that is rolled up is
 * left out: it is known, or too late. Called by one stream thread.
 */
final class MinuteHistory {

  private static final long NONE = -1;

  private final KeyValueStore<String, byte[]> store;
  private final long openMinutes;
  private final long keptMinutes;

  /** Of containers that are heard. */
  private final Map<String, Span> spans = new HashMap<>();

  /** Which minutes of a container there are: rolled up ones, then open ones. */
  private static final class Span {
    private long oldest = Long.MAX_VALUE;
    private long lastRolled = NONE;
    private long oldestOpen = Long.MAX_VALUE;
    private long newest = NONE;

    void open(long minute) {
      oldest = Math.min(oldest, minute);
      oldestOpen = Math.min(oldestOpen, minute);
      newest = Math.max(newest, minute);
    }
  }

  /** {@code open} is how long readings are kept, {@code kept} how long roll-ups. */
  MinuteHistory(KeyValueStore<String, byte[]> store, Duration open, Duration kept) {
    this.store = store;
    this.openMinutes = open.toMinutes();
    this.keptMinutes = kept.toMinutes();
  }

  /** Takes a reading, and rolls up or forgets what has become old by it. */
  void add(String containerKey, Reading reading) {
    long minute = MinuteKey.minuteOf(reading.timeMillis());
    Span known = spans.computeIfAbsent(containerKey, this::read);
    long newest = known.newest == NONE ? minute : known.newest;
    if (minute <= Math.max(newest - openMinutes, known.lastRolled)
        || isKnownEarlier(containerKey, reading, minute)) {
      return;
    }
    if (minute > newest) {
      advance(containerKey, known, minute, newest);
    }
    String key = MinuteKey.of(containerKey, minute);
    Open grown =
        switch (minute(key)) {
          case null -> new Open(List.of(reading));
          case Open open -> open.with(reading);
          case Rolled _ -> null;
        };
    if (grown != null) {
      store.put(key, MinuteCodec.encode(grown));
      known.open(minute);
    }
  }

  /**
   * Rolls up the minutes of a container that has been silent, or forgets them. The newest stays
   * open: when the host is heard again, the rest of it may come.
   */
  void settle(String containerKey, long nowMillis) {
    Span cached = spans.get(containerKey);
    Span known = cached == null ? read(containerKey) : cached;
    long now = MinuteKey.minuteOf(nowMillis);
    if (known.newest == NONE || known.newest > now - openMinutes) {
      return;
    }
    advance(containerKey, known, now, known.newest - 1);
    if (known.newest <= now - keptMinutes) {
      store.delete(MinuteKey.of(containerKey, known.newest));
    }
    spans.remove(containerKey);
  }

  /** A clock that is ahead puts a reading where it was appended, and its twin a minute later. */
  private boolean isKnownEarlier(String containerKey, Reading reading, long minute) {
    return MinuteKey.minuteOf(reading.sampledMicros() / 1000) > minute
        && minute(MinuteKey.of(containerKey, minute - 1)) instanceof Open before
        && before.has(reading.sampledMicros());
  }

  /** Rolls up and forgets what is old at {@code minute}, up to {@code last}. */
  private void advance(String containerKey, Span known, long minute, long last) {
    rollUp(containerKey, known, Math.min(last, minute - openMinutes));
    long end = Math.min(last, minute - keptMinutes);
    for (; known.oldest <= end; known.oldest++) {
      store.delete(MinuteKey.of(containerKey, known.oldest));
    }
  }

  private void rollUp(String containerKey, Span known, long last) {
    if (known.oldestOpen > last) {
      return;
    }
    Rolled before =
        known.lastRolled != NONE
                && minute(MinuteKey.of(containerKey, known.lastRolled)) instanceof Rolled rolled
            ? rolled
            : null;
    for (; known.oldestOpen <= last; known.oldestOpen++) {
      String key = MinuteKey.of(containerKey, known.oldestOpen);
      if (minute(key) instanceof Open open) {
        before = Rolled.of(open, before);
        store.put(key, MinuteCodec.encode(before));
        known.lastRolled = known.oldestOpen;
      }
    }
  }

  /** From the store: how long readings were kept may have been another time when it was written. */
  private Span read(String containerKey) {
    Span span = new Span();
    String first = MinuteKey.of(containerKey, 0);
    String last = MinuteKey.of(containerKey, MinuteKey.MAX);
    try (KeyValueIterator<String, byte[]> fromNew = store.reverseRange(first, last)) {
      while (span.lastRolled == NONE && fromNew.hasNext()) {
        KeyValue<String, byte[]> next = fromNew.next();
        long minute = MinuteKey.minute(next.key);
        span.newest = Math.max(span.newest, minute);
        if (MinuteCodec.isRolled(next.value)) {
          span.lastRolled = minute;
        } else {
          span.oldestOpen = minute;
        }
      }
    }
    try (KeyValueIterator<String, byte[]> fromOld = store.range(first, last)) {
      if (fromOld.hasNext()) {
        span.oldest = MinuteKey.minute(fromOld.next().key);
      }
    }
    return span;
  }

  private @Nullable Minute minute(String key) {
    byte[] encoded = store.get(key);
    return encoded == null ? null : MinuteCodec.decode(encoded);
  }
}
