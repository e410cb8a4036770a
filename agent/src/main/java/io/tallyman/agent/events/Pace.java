package io.tallyman.agent.events;

import java.time.Duration;

/**
 * How often the engine is asked what the stream did not tell.
 *
 * @param audit from one read of the engine's memory of events to the next
 * @param round from one comparison with the engine's list to the next
 * @param soon from a suspicion to the comparison that settles it
 * @param checkpoint from one writing of what outlives the agent to the next
 */
record Pace(Duration audit, Duration round, Duration soon, Duration checkpoint) {

  static final Pace NORMAL =
      new Pace(
          Duration.ofSeconds(10),
          Duration.ofSeconds(60),
          Duration.ofSeconds(1),
          Duration.ofSeconds(1));
}
