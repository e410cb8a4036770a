package io.tallyman.agent.stats;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Reads the collected containers of a host on every tick, and one at once when asked.
 *
 * <p>A container that hangs or is missing holds up neither the others nor the next tick. Nothing is
 * reported of a container that does not run. Safe from any thread.
 */
public interface StatsSampler extends AutoCloseable {

  /** Begins to take readings. */
  void start();

  /**
   * Takes a reading of one container as soon as possible, in the background; it is reported with a
   * null tick. Meant for a container that just started or is being killed.
   */
  void readNow(String containerId);

  /** Where readings come from now, as {@code HostStatus.statsSource} tells it. */
  String source();

  /** Counts since start. */
  Figures figures();

  /** What is known of the readings of one container; null when none was tried. */
  @Nullable ContainerReadings readings(String containerId);

  /** Stops; readings that are under way are dropped. */
  @Override
  void close();

  /**
   * Counts since start.
   *
   * @param reported readings handed to the output
   * @param failed readings that were due and could not be taken: no answer in time, refused, or the
   *     one before still under way
   * @param ticks sweeps begun
   * @param ticksMissed whole ticks that passed without a sweep
   * @param calls single calls to the engine, those that failed included
   * @param callNanos time that those calls took together
   * @param sweepNanos time from a tick to the end of its last call, of the last sweep by calls; 0
   *     before the first
   */
  record Figures(
      long reported,
      long failed,
      long ticks,
      long ticksMissed,
      long calls,
      long callNanos,
      long sweepNanos) {}

  /**
   * What is known of the readings of one container.
   *
   * @param source as {@link StatsSampler#source}
   * @param firstReadAt of the first reading that was reported; null before it
   * @param lastReadAt of the last reading that was reported; null before the first
   * @param lastError why the last try failed; null when it did not
   */
  record ContainerReadings(
      String source,
      @Nullable Instant firstReadAt,
      @Nullable Instant lastReadAt,
      @Nullable String lastError) {}
}
