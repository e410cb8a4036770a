package io.tallyman.sink;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;

/** Partitions whose next record waits for its schema, while the others go on. Not thread-safe. */
final class HeldPartitions {

  private record Hold(String reason, int attempts, Instant since, Duration delay) {

    boolean overAt(Instant now) {
      return Waits.over(since, delay, now);
    }
  }

  private final Backoff backoff;
  private final Map<TopicPartition, Hold> holds = new HashMap<>();

  HeldPartitions(Backoff backoff) {
    this.backoff = backoff;
  }

  /** True when the partition was not held yet. */
  boolean hold(TopicPartition partition, String reason, Instant now) {
    var before = holds.get(partition);
    int attempts = before == null ? 1 : before.attempts() + 1;
    holds.put(
        partition, new Hold(reason, attempts, now, backoff.delay(attempts, Optional.empty())));
    return before == null;
  }

  /** The partition goes on; false when it was not held. */
  boolean release(TopicPartition partition) {
    return holds.remove(partition) != null;
  }

  void forget(Collection<TopicPartition> partitions) {
    holds.keySet().removeAll(partitions);
  }

  /** Whether the partition may not be read at this moment. */
  boolean blocks(TopicPartition partition, Instant now) {
    var hold = holds.get(partition);
    return hold != null && !hold.overAt(now);
  }

  NavigableMap<String, String> reasons() {
    var reasons = new TreeMap<String, String>();
    holds.forEach((partition, hold) -> reasons.put(partition.toString(), hold.reason()));
    return reasons;
  }
}
