package io.tallyman.agent.engine;

/** What keeps secrets from being read. Tests turn each off to see that they notice. */
enum Mechanism {
  /** The command line of an exec is cut off its event. */
  EXEC_CUT
}
