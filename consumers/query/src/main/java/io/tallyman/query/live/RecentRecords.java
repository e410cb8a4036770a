package io.tallyman.query.live;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * The newest records of events, gaps and alerts, as they came, so that a client that was away gets
 * what it missed without a read of Kafka. Every instance reads them back when it starts, and so can
 * serve a client of another one. For one thread.
 */
final class RecentRecords {

  /** Over all partitions, which share it evenly. */
  static final int MAX_RECORDS = 10_000;

  /** Of values, over all partitions, which share it evenly. */
  static final int MAX_BYTES = 16 << 20;

  private static final Comparator<ConsumerRecord<byte[], byte[]>> ORDER =
      Comparator.<ConsumerRecord<byte[], byte[]>>comparingLong(ConsumerRecord::timestamp)
          .thenComparing(ConsumerRecord::topic)
          .thenComparingInt(ConsumerRecord::partition)
          .thenComparingLong(ConsumerRecord::offset);

  private final Map<TopicPartition, Tail> tails = new HashMap<>();

  /** The newest records of one partition, from offset {@code from} on with none left out. */
  private static final class Tail {

    final String name;
    final Deque<ConsumerRecord<byte[], byte[]>> records = new ArrayDeque<>();
    long from;
    long next;
    long bytes;

    Tail(String name, long from) {
      this.name = name;
      this.from = from;
      this.next = from;
    }
  }

  /** Keeps a partition from now on, from {@code offset}. */
  void begin(LiveKind kind, TopicPartition partition, long offset) {
    tails.put(partition, new Tail(Position.partition(kind, partition.partition()), offset));
  }

  /** How many records of each partition are kept. */
  static int share(int partitions) {
    return Math.max(1, MAX_RECORDS / Math.max(1, partitions));
  }

  /** Takes the next record of a partition, if that is one that is kept. */
  void take(ConsumerRecord<byte[], byte[]> record) {
    Tail tail = tails.get(new TopicPartition(record.topic(), record.partition()));
    if (tail == null) {
      return;
    }
    tail.records.addLast(record);
    tail.next = record.offset() + 1;
    tail.bytes += size(record);
    while (tail.records.size() > share(tails.size()) || tail.bytes > MAX_BYTES / tails.size()) {
      ConsumerRecord<byte[], byte[]> oldest = tail.records.removeFirst();
      tail.from = oldest.offset() + 1;
      tail.bytes -= size(oldest);
    }
  }

  /** What has been read. */
  Position position() {
    Position position = new Position(new TreeMap<>());
    tails.values().forEach(tail -> position.next().put(tail.name, tail.next));
    return position;
  }

  /**
   * What came after a position, by the time of its append; empty when that cannot be told: it is
   * too old, or from other topics than these. A position can be ahead of what is known here, by
   * what another instance read first.
   */
  Optional<List<ConsumerRecord<byte[], byte[]>>> since(Position position) {
    List<ConsumerRecord<byte[], byte[]>> missed = new ArrayList<>();
    for (Tail tail : tails.values()) {
      long next = position.next().getOrDefault(tail.name, 0L);
      if (next < tail.from || next > tail.next + MAX_RECORDS) {
        return Optional.empty();
      }
      tail.records.stream().filter(record -> record.offset() >= next).forEach(missed::add);
    }
    missed.sort(ORDER);
    return Optional.of(missed);
  }

  private static int size(ConsumerRecord<byte[], byte[]> record) {
    return record.value() == null ? 0 : record.value().length;
  }
}
