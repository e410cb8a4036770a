package io.tallyman.sink;

import java.util.Collection;
import java.util.Comparator;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;

/** Keeps the figures in memory and gives them out as of one moment. */
public final class CountingSinkMetrics implements SinkMetrics {

  /**
   * Counts of records since start, and what is in flight now.
   *
   * @param writeNanos that all puts and flushes that succeeded took together
   * @param batches that were written
   * @param retries attempts that failed because something was away
   * @param ignored by reason
   * @param lag records, by partition
   */
  public record Figures(
      long consumed,
      long written,
      long deadLettered,
      long returned,
      long retries,
      long batches,
      long writeNanos,
      NavigableMap<String, Long> ignored,
      NavigableMap<TopicPartition, Long> lag) {

    public long inFlight() {
      return consumed - written - deadLettered - returned;
    }
  }

  private static final Comparator<TopicPartition> BY_PLACE =
      Comparator.comparing(TopicPartition::topic).thenComparingInt(TopicPartition::partition);

  private long consumed;
  private long written;
  private long deadLettered;
  private long returned;
  private long retries;
  private long batches;
  private long writeNanos;
  private final NavigableMap<String, Long> ignored = new TreeMap<>();
  private final NavigableMap<TopicPartition, Long> lag = new TreeMap<>(BY_PLACE);

  /** All figures of one moment. */
  public synchronized Figures figures() {
    var lagNow = new TreeMap<TopicPartition, Long>(BY_PLACE);
    lagNow.putAll(lag);
    return new Figures(
        consumed,
        written,
        deadLettered,
        returned,
        retries,
        batches,
        writeNanos,
        new TreeMap<>(Map.copyOf(ignored)),
        lagNow);
  }

  @Override
  public synchronized void consumed(long records) {
    consumed += records;
  }

  @Override
  public synchronized void written(long records, long nanos) {
    written += records;
    writeNanos += nanos;
    batches++;
  }

  @Override
  public synchronized void deadLettered(long records) {
    deadLettered += records;
  }

  @Override
  public synchronized void returned(long records) {
    returned += records;
  }

  @Override
  public synchronized void ignored(String reason, long records) {
    ignored.merge(reason, records, Long::sum);
  }

  @Override
  public synchronized void retried() {
    retries++;
  }

  @Override
  public synchronized void lag(TopicPartition partition, long records) {
    lag.put(partition, records);
  }

  @Override
  public synchronized void unassigned(Collection<TopicPartition> partitions) {
    partitions.forEach(lag::remove);
  }
}
