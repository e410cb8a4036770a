package io.tallyman.agent.publish;

/**
 * Carries records to Kafka in the order in which it was given them.
 *
 * <p>Safe from any thread; never blocks on Kafka. At all times, in one {@link #snapshot}: observed
 * + inherited = acknowledged + spooled + queued + dropped.
 */
public interface Lane extends AutoCloseable {

  /** Hands over a record. A lane that is full drops one, counts it and never throws. */
  void offer(OutgoingRecord record);

  /** The figures of this lane, all of one moment. */
  LaneSnapshot snapshot();

  /** Sends what is queued within the lane's close timeout, then releases the producer. */
  @Override
  void close();

  /** Counts of records since start; {@code spoolBytes} is bytes. */
  record LaneSnapshot(
      String lane,
      long observed,
      long inherited,
      long acknowledged,
      long spooled,
      long queued,
      long dropped,
      long spoolBytes) {}
}
