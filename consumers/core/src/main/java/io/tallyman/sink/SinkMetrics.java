package io.tallyman.sink;

import java.util.Collection;
import org.apache.kafka.common.TopicPartition;

/**
 * What a sink tells about itself, all workers of an instance together.
 *
 * <p>Identity, at all times: consumed = written + dead-lettered + returned + in flight. A record is
 * <em>consumed</em> when the worker has taken it for a batch, <em>written</em> when a flush after
 * it succeeded, <em>dead-lettered</em> when its dead letter is acknowledged, and <em>returned</em>
 * when its partition went to another worker before either, which then consumes it; that is zero
 * unless a rebalance or the end comes while the store is away.
 *
 * <p>Safe from any thread.
 */
public interface SinkMetrics {

  /** Forgets everything. */
  SinkMetrics NOOP =
      new SinkMetrics() {
        @Override
        public void consumed(long records) {}

        @Override
        public void written(long records, long nanos) {}

        @Override
        public void deadLettered(long records) {}

        @Override
        public void returned(long records) {}

        @Override
        public void ignored(String reason, long records) {}

        @Override
        public void retried() {}

        @Override
        public void lag(TopicPartition partition, long records) {}

        @Override
        public void unassigned(Collection<TopicPartition> partitions) {}
      };

  void consumed(long records);

  /**
   * Counts a batch that is durable.
   *
   * @param nanos that put and flush took
   */
  void written(long records, long nanos);

  void deadLettered(long records);

  void returned(long records);

  /**
   * Counts records that a sink took but its store does not keep, such as points older than the
   * store's retention. They are part of what was written.
   *
   * @param reason a few words, always the same ones for the same thing
   */
  void ignored(String reason, long records);

  /** Counts an attempt that failed because something was away. */
  void retried();

  /** How far the end of a partition is from the first record that is not done yet. */
  void lag(TopicPartition partition, long records);

  /** The partitions are no longer this instance's: their lag is not ours to tell. */
  void unassigned(Collection<TopicPartition> partitions);
}
