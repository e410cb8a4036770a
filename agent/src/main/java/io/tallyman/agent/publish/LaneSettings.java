package io.tallyman.agent.publish;

import io.tallyman.agent.spool.SpoolSettings;
import java.nio.file.Path;
import java.time.Duration;

/**
 * How a lane behaves.
 *
 * @param windowRecords records that may be with the producer at one time
 * @param windowBytes likewise bytes
 * @param memoryBytes what a lane of stats keeps in memory, in flight included; must fit into the
 *     spool's backlog
 * @param backlogWait longest time that an offer waits for a disk that is behind; then the record is
 *     lost
 * @param flushTimeout longest time that a lane waits for Kafka when it is closed
 * @param silence without an answer for this long Kafka counts as away
 * @param quiet a lane of stats that has shed nothing for this long tells of what it has shed
 * @param longestEpisode losses that go on are told of at this distance
 * @param rejectBytes size of the file of records that Kafka will never take
 * @param linger how long the producer waits for more before it sends
 * @param batchBytes most that it sends in one batch
 */
public record LaneSettings(
    SpoolSettings spool,
    int windowRecords,
    int windowBytes,
    int memoryBytes,
    Duration backlogWait,
    Duration flushTimeout,
    Duration silence,
    Duration quiet,
    Duration longestEpisode,
    int rejectBytes,
    Duration linger,
    int batchBytes) {

  private static final int WINDOW_RECORDS = 2_000;
  private static final int WINDOW_BYTES = 4 << 20;
  private static final int MEMORY_BYTES = 4 << 20;
  private static final int REJECT_BYTES = 8 << 20;

  /** The spool's group commit has gathered them already. */
  private static final Duration EVENTS_LINGER = Duration.ZERO;

  private static final int EVENTS_BATCH_BYTES = 64 << 10;

  /** So that the readings of one tick go out in few dense batches. */
  private static final Duration STATS_LINGER = Duration.ofMillis(100);

  private static final int STATS_BATCH_BYTES = 512 << 10;

  /** How long Kafka may be silent; readings in memory are taken to disk then. */
  public static final Duration SILENCE = Duration.ofSeconds(10);

  public LaneSettings {
    if (memoryBytes > spool.maxPendingBytes()) {
      throw new IllegalArgumentException(
          "what is in memory, " + memoryBytes + " bytes, must fit into the spool's backlog");
    }
  }

  /** Of the lane of events. */
  public static LaneSettings events(Path directory, long maxBytes) {
    return of(
        SpoolSettings.events(directory.resolve("events"), maxBytes),
        EVENTS_LINGER,
        EVENTS_BATCH_BYTES);
  }

  /** Of the lane of stats. */
  public static LaneSettings stats(Path directory, long maxBytes) {
    return of(
        SpoolSettings.stats(directory.resolve("stats"), maxBytes), STATS_LINGER, STATS_BATCH_BYTES);
  }

  static LaneSettings of(SpoolSettings spool, Duration linger, int batchBytes) {
    return new LaneSettings(
        spool,
        WINDOW_RECORDS,
        WINDOW_BYTES,
        Math.min(MEMORY_BYTES, spool.maxPendingBytes()),
        Duration.ofSeconds(10),
        Duration.ofSeconds(2),
        SILENCE,
        Duration.ofSeconds(30),
        Duration.ofMinutes(10),
        REJECT_BYTES,
        linger,
        batchBytes);
  }

  String name() {
    return spool.name();
  }
}
