package io.tallyman.agent.spool;

import java.nio.file.Path;
import java.time.Duration;

/**
 * How a spool behaves.
 *
 * @param name of the lane, for threads and messages
 * @param maxBytes cap of all segments together
 * @param reservedBytes part of the cap that only {@link Spool#appendReserved} may use
 * @param segmentBytes size at which a new segment is begun; at most a quarter of the cap, so that
 *     room comes back in steps
 * @param maxFrameBytes largest frame, header and key included
 * @param maxPendingBytes what may wait for the disk; at most a quarter of the cap
 * @param commitInterval shortest time between two group commits, and so the longest that a record
 *     waits for one to begin
 * @param cursorInterval longest time that a committed record may be sent again after a crash
 * @param retryPause time between attempts after the disk was full or failed
 */
public record SpoolSettings(
    String name,
    Path directory,
    long maxBytes,
    int reservedBytes,
    int segmentBytes,
    int maxFrameBytes,
    int maxPendingBytes,
    Duration commitInterval,
    Duration cursorInterval,
    Duration retryPause,
    WhenFull whenFull) {

  private static final int SEGMENT_BYTES = 8 << 20;
  private static final int FRAME_BYTES = 1 << 20;
  private static final int RESERVED_BYTES = 16 << 10;
  private static final long MIN_CAP_BYTES = 1 << 20;

  /** What happens to new records at the cap. */
  public enum WhenFull {
    /** They are refused. */
    REFUSE,
    /** The oldest segment makes room. */
    SHED_OLDEST
  }

  public SpoolSettings {
    if (segmentBytes > maxBytes / 4 || maxPendingBytes > maxBytes / 4) {
      throw new IllegalArgumentException(
          "segment and backlog of the spool must be at most a quarter of its " + maxBytes);
    }
    if (maxFrameBytes > segmentBytes || maxFrameBytes > maxPendingBytes) {
      throw new IllegalArgumentException(
          "a frame of " + maxFrameBytes + " bytes does not fit into a segment");
    }
    if (reservedBytes < 0 || reservedBytes > maxBytes / 4) {
      throw new IllegalArgumentException("cannot reserve " + reservedBytes + " of " + maxBytes);
    }
  }

  /** Of the event lane: group commits begin within 10 ms, refuses at the cap. */
  public static SpoolSettings events(Path directory, long maxBytes) {
    return lane("events", directory, maxBytes, Duration.ofMillis(10), WhenFull.REFUSE);
  }

  /** Of the stats lane: on disk within a second, sheds the oldest at the cap. */
  public static SpoolSettings stats(Path directory, long maxBytes) {
    return lane("stats", directory, maxBytes, Duration.ofSeconds(1), WhenFull.SHED_OLDEST);
  }

  private static SpoolSettings lane(
      String name, Path directory, long maxBytes, Duration commitInterval, WhenFull whenFull) {
    if (maxBytes < MIN_CAP_BYTES) {
      throw new IllegalArgumentException(
          "tallyman.spool." + name + ".max-bytes must be at least " + MIN_CAP_BYTES);
    }
    int quarter = (int) Math.min(SEGMENT_BYTES, maxBytes / 4);
    return new SpoolSettings(
        name,
        directory,
        maxBytes,
        RESERVED_BYTES,
        quarter,
        Math.min(FRAME_BYTES, quarter),
        quarter,
        commitInterval,
        Duration.ofMillis(100),
        Duration.ofMillis(250),
        whenFull);
  }
}
