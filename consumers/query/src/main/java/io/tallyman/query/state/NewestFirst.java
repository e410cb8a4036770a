package io.tallyman.query.state;

import io.tallyman.query.topology.TimelineKey;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.apache.kafka.streams.state.ValueAndTimestamp;
import org.jspecify.annotations.Nullable;

/** Walks several sorted stores as one, from the newest to the oldest. */
final class NewestFirst implements AutoCloseable {

  private final List<Walk> walks = new ArrayList<>();
  private final PriorityQueue<Walk> heads =
      new PriorityQueue<>(Comparator.comparing(Walk::key, Comparator.reverseOrder()));

  /** A record; null when an index points to what is not there. */
  record Found(String key, @Nullable ValueAndTimestamp<byte[]> value) {}

  /** Where records come from. */
  sealed interface Source {
    Walk walk(String from, String before);
  }

  /** The records themselves. */
  record Direct(ReadOnlyKeyValueStore<String, ValueAndTimestamp<byte[]>> records)
      implements Source {
    @Override
    public Walk walk(String from, String before) {
      KeyValueIterator<String, ValueAndTimestamp<byte[]>> keys = records.reverseRange(from, before);
      return new Walk() {
        @Override
        public boolean hasNext() {
          return keys.hasNext();
        }

        @Override
        public String key() {
          return keys.peekNextKey();
        }

        @Override
        public Found next() {
          KeyValue<String, ValueAndTimestamp<byte[]>> next = keys.next();
          return new Found(next.key, next.value);
        }

        @Override
        public void close() {
          keys.close();
        }
      };
    }
  }

  /** Those of a term. */
  record Indexed(
      String term,
      ReadOnlyKeyValueStore<String, byte[]> index,
      ReadOnlyKeyValueStore<String, ValueAndTimestamp<byte[]>> records)
      implements Source {
    @Override
    public Walk walk(String from, String before) {
      KeyValueIterator<String, byte[]> keys =
          index.reverseRange(TimelineKey.indexed(term, from), TimelineKey.indexed(term, before));
      return new Walk() {
        @Override
        public boolean hasNext() {
          return keys.hasNext();
        }

        @Override
        public String key() {
          return TimelineKey.ofIndexed(keys.peekNextKey());
        }

        @Override
        public Found next() {
          String key = TimelineKey.ofIndexed(keys.next().key);
          return new Found(key, records.get(key));
        }

        @Override
        public void close() {
          keys.close();
        }
      };
    }
  }

  /** One source on its way. */
  interface Walk extends AutoCloseable {
    boolean hasNext();

    String key();

    Found next();

    @Override
    void close();
  }

  /** From {@code from}, inclusive, to {@code before}, exclusive. */
  NewestFirst(List<Source> sources, String from, String before) {
    if (from.compareTo(before) >= 0) {
      return;
    }
    try {
      for (Source source : sources) {
        Walk walk = source.walk(from, before);
        walks.add(walk);
        if (walk.hasNext() && walk.key().equals(before)) {
          walk.next();
        }
        offer(walk);
      }
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  boolean hasNext() {
    return !heads.isEmpty();
  }

  Found next() {
    Walk head = heads.remove();
    Found next = head.next();
    offer(head);
    return next;
  }

  @Override
  public void close() {
    walks.forEach(Walk::close);
  }

  private void offer(Walk walk) {
    if (walk.hasNext()) {
      heads.add(walk);
    }
  }
}
