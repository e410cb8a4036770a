package io.tallyman.cli.up;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the summary shows, as the query service tells it.
 *
 * @param running containers that run or are paused
 * @param other containers that do not
 * @param samplesPerSecond null until two heartbeats were seen
 * @param records in Kafka since the agents started: events, states, readings
 * @param waiting records that are not in Kafka yet
 * @param dropped records that were lost since the agents started
 * @param silentEngines hosts whose engine did not answer when the agent last asked it
 * @param stale whether a host has been silent for too long
 * @param top the busiest containers
 * @param latest events, newest first
 * @param problem why the rest may be old; null when nothing is wrong
 */
record Snapshot(
    int hosts,
    int running,
    int other,
    @Nullable Double samplesPerSecond,
    long records,
    long waiting,
    long dropped,
    int silentEngines,
    boolean stale,
    @Nullable Instant asOf,
    List<Busy> top,
    List<Happening> latest,
    @Nullable String problem) {

  static final Snapshot NOTHING_YET =
      new Snapshot(0, 0, 0, null, 0, 0, 0, 0, false, null, List.of(), List.of(), null);

  /** A container's latest reading; null is not known. */
  record Busy(
      String name,
      String host,
      @Nullable Double cpuPercent,
      @Nullable Long memoryBytes,
      @Nullable Long memoryLimitBytes) {}

  /** An event. */
  record Happening(
      String id,
      Instant time,
      String action,
      String container,
      String image,
      String host,
      @Nullable Integer exitCode) {}
}
