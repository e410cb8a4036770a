package io.tallyman.agent.publish;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * What a lane still has to send, in order. {@link #take} and {@link #rewind} are for the drainer's
 * thread; the others are safe from any thread and do not block.
 */
interface Backlog {

  /**
   * The next records that were not taken since the last rewind; none when there are none within the
   * time.
   *
   * @throws IOException when the disk cannot be read; nothing was taken
   */
  List<Parcel> take(int maxRecords, int maxBytes, Duration wait)
      throws IOException, InterruptedException;

  /** Kafka has this record, and all that were taken before it. */
  void acknowledged(Parcel parcel);

  /** Kafka will never take this record; it has all that were taken before it. */
  void rejected(Parcel parcel);

  /** What was taken and neither acknowledged nor rejected will be taken again. */
  void rewind();

  /** True when there is nothing to take and nothing taken that is not acknowledged. */
  boolean isEmpty();

  /** True while something is in memory alone, so that it would be lost if the agent were killed. */
  default boolean isInMemory() {
    return false;
  }

  /** Told when Kafka cannot be reached, and when it can again. */
  default void kafkaIsAway(boolean away) {}
}
