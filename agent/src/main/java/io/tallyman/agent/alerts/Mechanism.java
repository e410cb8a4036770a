package io.tallyman.agent.alerts;

/** What keeps an episode one. Tests turn each off to see that they notice. */
enum Mechanism {
  /** While an episode lasts no other of its threshold begins. */
  ONE_AT_A_TIME,
  /** An episode lasts until the load has been back for a while. */
  COOL_DOWN,
  /** Episodes outlive the agent. */
  EPISODE_FILE
}
