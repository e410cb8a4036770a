package io.tallyman.agent.publish;

import java.util.concurrent.CompletableFuture;

/**
 * Carries records to Kafka in the order in which it was given them.
 *
 * <p>Safe from any thread; never blocks on Kafka. At all times, in one {@link #snapshot}: observed
 * + inherited = acknowledged + spooled + queued + dropped.
 */
public interface Lane extends AutoCloseable {

  /**
   * Hands over a record; never throws. The future completes once it is decided what becomes of it,
   * in the order of the offers where they are accepted, and never exceptionally. What hangs on it
   * runs on a thread of the lane or of the caller, and must not block.
   */
  CompletableFuture<Acceptance> offer(OutgoingRecord record);

  /**
   * As {@link #offer}, but may use the room that is kept for records that tell of losses, if the
   * lane keeps any: when it is full of other records it still takes this one.
   */
  default CompletableFuture<Acceptance> offerReserved(OutgoingRecord record) {
    return offer(record);
  }

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
