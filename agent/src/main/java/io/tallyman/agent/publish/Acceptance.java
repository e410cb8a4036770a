package io.tallyman.agent.publish;

/** What became of a record that was handed to a lane. */
public enum Acceptance {
  /**
   * The lane answers for it: on the lane of events it is on disk, on the lane of stats it waits.
   */
  ACCEPTED,
  /** It is lost and counted as dropped; whoever knows how to make it again may do so. */
  REFUSED
}
