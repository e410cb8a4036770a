package io.tallyman.query.view;

import io.tallyman.query.topology.EventKey;
import io.tallyman.v1.ContainerEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.apache.kafka.streams.state.ValueAndTimestamp;
import org.jspecify.annotations.Nullable;

/** Answers questions about events. Safe from any thread. */
public final class Events {

  /**
   * Events that one request looks at. A filter that few events pass gives pages that are short, and
   * a cursor to go on with.
   */
  static final int MAX_SCANNED = 20_000;

  private final FleetReader fleet;

  public Events(FleetReader fleet) {
    this.fleet = fleet;
  }

  /** Those that match, newest first. */
  public Page<Observed<ContainerEvent>> list(EventQuery query) {
    String before = query.cursor() == null ? null : position(query.cursor());
    return FleetReader.reading(() -> {
      List<ReadOnlyKeyValueStore<String, ValueAndTimestamp<byte[]>>> stores = fleet.eventStores();
      Instant asOf = newest(stores);
      String from = EventKey.bound(query.from() == null ? Instant.EPOCH : query.from());
      String to = EventKey.bound(query.to() == null ? Instant.MAX : query.to());
      String end = before == null || to.compareTo(before) < 0 ? to : before;
      try (NewestFirst scan = new NewestFirst(stores, from, end)) {
        return page(query, asOf, scan, before);
      }
    });
  }

  private Page<Observed<ContainerEvent>> page(
      EventQuery query, @Nullable Instant asOf, NewestFirst scan, @Nullable String before) {
    List<Observed<ContainerEvent>> items = new ArrayList<>();
    String last = null;
    for (int scanned = 0; scan.hasNext(); scanned++) {
      if (last != null && (items.size() == query.limit() || scanned == MAX_SCANNED)) {
        return new Page<>(asOf, items, Cursor.encode(last));
      }
      KeyValue<String, ValueAndTimestamp<byte[]>> next = scan.next();
      if (next.key.equals(before)) {
        continue;
      }
      last = next.key;
      Observed<ContainerEvent> event = fleet.event(next.value);
      if (event != null && query.matches(event.value())) {
        items.add(event);
      }
    }
    return new Page<>(asOf, items, null);
  }

  private @Nullable Instant newest(
      List<ReadOnlyKeyValueStore<String, ValueAndTimestamp<byte[]>>> stores) {
    Instant newest = null;
    for (ReadOnlyKeyValueStore<String, ValueAndTimestamp<byte[]>> store : stores) {
      try (KeyValueIterator<String, ValueAndTimestamp<byte[]>> events = store.reverseAll()) {
        Observed<ContainerEvent> event = events.hasNext() ? fleet.event(events.next().value) : null;
        if (event != null && (newest == null || event.time().isAfter(newest))) {
          newest = event.time();
        }
      }
    }
    return newest;
  }

  private static String position(String cursor) {
    String key = Cursor.decode(cursor);
    if (!EventKey.isKey(key)) {
      throw Cursor.invalid();
    }
    return key;
  }

  /** Walks several sorted stores as one, from the newest to the oldest. */
  private static final class NewestFirst implements AutoCloseable {

    private final List<KeyValueIterator<String, ValueAndTimestamp<byte[]>>> iterators =
        new ArrayList<>();
    private final PriorityQueue<KeyValueIterator<String, ValueAndTimestamp<byte[]>>> heads =
        new PriorityQueue<>(
            Comparator.comparing(
                (KeyValueIterator<String, ValueAndTimestamp<byte[]>> head) -> head.peekNextKey(),
                Comparator.reverseOrder()));

    NewestFirst(
        List<ReadOnlyKeyValueStore<String, ValueAndTimestamp<byte[]>>> stores,
        String from,
        String to) {
      if (from.compareTo(to) > 0) {
        return;
      }
      try {
        for (ReadOnlyKeyValueStore<String, ValueAndTimestamp<byte[]>> store : stores) {
          KeyValueIterator<String, ValueAndTimestamp<byte[]>> iterator =
              store.reverseRange(from, to);
          iterators.add(iterator);
          offer(iterator);
        }
      } catch (RuntimeException e) {
        close();
        throw e;
      }
    }

    boolean hasNext() {
      return !heads.isEmpty();
    }

    KeyValue<String, ValueAndTimestamp<byte[]>> next() {
      KeyValueIterator<String, ValueAndTimestamp<byte[]>> head = heads.remove();
      KeyValue<String, ValueAndTimestamp<byte[]>> next = head.next();
      offer(head);
      return next;
    }

    @Override
    public void close() {
      iterators.forEach(KeyValueIterator::close);
    }

    private void offer(KeyValueIterator<String, ValueAndTimestamp<byte[]>> iterator) {
      if (iterator.hasNext()) {
        heads.add(iterator);
      }
    }
  }
}
