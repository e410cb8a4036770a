package io.tallyman.query.topology;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.TopicPartition;

/** How far this process has read each partition since it began. Safe from any thread. */
public final class Progress {

  private final Map<TopicPartition, AtomicLong> next = new ConcurrentHashMap<>();

  /** The offset that comes next in a partition, or 0 while none of it was read. */
  public long next(TopicPartition partition) {
    AtomicLong known = next.get(partition);
    return known == null ? 0 : known.get();
  }

  /** For who reads the partition, to be set to the offset that comes next. */
  AtomicLong of(String topic, int partition) {
    return next.computeIfAbsent(new TopicPartition(topic, partition), any -> new AtomicLong());
  }
}
