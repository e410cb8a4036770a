package io.tallyman.agent.identity;

/** What keeps an agent one. Tests turn each off to see that they notice. */
enum Mechanism {
  /** A data directory has one agent. */
  DIRECTORY_LOCK
}
