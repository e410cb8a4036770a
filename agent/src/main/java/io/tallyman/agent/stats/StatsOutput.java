package io.tallyman.agent.stats;

import io.tallyman.v1.ContainerStats;
import java.time.Instant;

/** Takes what a sampler reads; called from any thread, and must not block. */
public interface StatsOutput {

  /**
   * Takes a reading. Those of one container come one after the other, in the order in which they
   * were read.
   *
   * @param stats all but the agent's own fields, see {@link StatsMapper}
   */
  void reading(ContainerStats.Builder stats);

  /**
   * Told when whole ticks passed without a sweep.
   *
   * @param from the first tick that was missed
   * @param to the tick with which readings go on
   */
  void ticksMissed(Instant from, Instant to, long ticks);

  /**
   * Told when the engine gave no reading at all for whole sweeps.
   *
   * @param from the first tick without a reading
   * @param to the tick after the last one
   * @param lost readings that were due
   */
  void sweepsFailed(Instant from, Instant to, long lost);
}
