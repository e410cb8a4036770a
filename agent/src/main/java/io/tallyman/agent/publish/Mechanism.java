package io.tallyman.agent.publish;

/** What makes the lanes safe. Tests turn each off to see that they notice. */
enum Mechanism {
  /** A record counts as accepted once the spool has it on disk. */
  SPOOL_BEFORE_ACCEPT,
  /** A record leaves the spool only after all before it. */
  IN_ORDER_COMMIT,
  /** After a failure everything from the first open record on is sent again. */
  REWIND,
  /** A producer sends nothing more once one of its records has failed. */
  STOP_AFTER_FAILURE,
  /** A record that Kafka will never take is set aside. */
  TOO_LARGE_ISOLATION,
  /** Readings go to disk when Kafka is away. */
  STATS_SPOOL,
  /** What was lost and not told yet outlives the agent. */
  LOSS_MARK
}
