package io.tallyman.sink;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** What was read and is not committed yet. It shrinks while it is worked off. Not thread-safe. */
final class PendingBatch {

  private List<SinkRecord> records;
  private List<DeadLetter> deadLetters = new ArrayList<>();
  private final Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
  private final Map<TopicPartition, Long> firstOffsets = new HashMap<>();

  PendingBatch(int capacity) {
    this.records = new ArrayList<>(capacity);
  }

  void add(TopicPartition partition, SinkRecord record) {
    records.add(record);
    cover(partition, record.original());
  }

  void add(TopicPartition partition, DeadLetter letter) {
    deadLetters.add(letter);
    cover(partition, letter.original());
  }

  private void cover(TopicPartition partition, ConsumerRecord<byte[], byte[]> original) {
    firstOffsets.putIfAbsent(partition, original.offset());
    offsets.put(
        partition, new OffsetAndMetadata(original.offset() + 1, original.leaderEpoch(), ""));
  }

  /** Not written yet, in order. */
  List<SinkRecord> records() {
    return records;
  }

  /** Not acknowledged yet. */
  List<DeadLetter> deadLetters() {
    return deadLetters;
  }

  int size() {
    return records.size() + deadLetters.size();
  }

  boolean isEmpty() {
    return offsets.isEmpty();
  }

  /** Where each partition goes on once the batch is done. */
  Map<TopicPartition, OffsetAndMetadata> offsets() {
    return offsets;
  }

  /** The first offset of a partition that is not done; null when the batch has none of it. */
  @Nullable Long firstOffset(TopicPartition partition) {
    return firstOffsets.get(partition);
  }

  void acknowledged() {
    deadLetters = new ArrayList<>();
  }

  void written() {
    records = List.of();
  }

  /**
   * Turns records into dead letters.
   *
   * @throws IllegalStateException when one of them is not in the batch, or not any more
   */
  void reject(SinkException.Rejected rejection, Class<?> sink) {
    var reasons = rejection.reasons();
    var kept = new ArrayList<SinkRecord>(records.size());
    int found = 0;
    for (var record : records) {
      var reason = reasons.get(record);
      if (reason == null) {
        kept.add(record);
      } else {
        found++;
        deadLetters.add(
            new DeadLetter(record.original(), DeadLetter.Stage.TASK_PUT, sink, reason, rejection));
      }
    }
    if (found < reasons.size()) {
      throw new IllegalStateException(
          sink.getName() + " rejected records that were not in the batch");
    }
    records = kept;
  }

  /** Forgets what belongs to the partitions, and tells how many records that was. */
  int forget(Collection<TopicPartition> partitions) {
    int before = size();
    records = new ArrayList<>(records);
    records.removeIf(record -> partitions.contains(partitionOf(record.original())));
    deadLetters.removeIf(letter -> partitions.contains(partitionOf(letter.original())));
    offsets.keySet().removeAll(partitions);
    firstOffsets.keySet().removeAll(partitions);
    return before - size();
  }

  private static TopicPartition partitionOf(ConsumerRecord<?, ?> record) {
    return new TopicPartition(record.topic(), record.partition());
  }
}
