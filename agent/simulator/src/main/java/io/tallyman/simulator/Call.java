package io.tallyman.simulator;

/** The kinds of request that are counted and can be disturbed. */
public enum Call {
  PING,
  VERSION,
  INFO,
  EVENTS,
  LIST,
  INSPECT,
  /** {@code stream=false&one-shot=true}. */
  STATS_ONE_SHOT,
  /** {@code stream=false}. */
  STATS_TWO_READINGS,
  /** {@code stream=true}, counted once a stream. */
  STATS_STREAM,
  CREATE,
  /** Start, stop, kill and all else that changes a container. */
  CHANGE,
  /** A path that the simulator does not know. */
  OTHER;

  boolean isStats() {
    return this == STATS_ONE_SHOT || this == STATS_TWO_READINGS || this == STATS_STREAM;
  }
}
