package io.tallyman.query.state;

import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.processor.StateRestoreListener;

/**
 * Counts the entries of changelogs and tables that were read back because they were not on disk.
 */
final class RestoredRecords implements StateRestoreListener {

  private final LongAdder count = new LongAdder();

  @Override
  public void onRestoreStart(TopicPartition from, String store, long start, long end) {}

  @Override
  public void onBatchRestored(TopicPartition from, String store, long end, long restored) {
    count.add(restored);
  }

  @Override
  public void onRestoreEnd(TopicPartition from, String store, long total) {}

  long count() {
    return count.sum();
  }
}
