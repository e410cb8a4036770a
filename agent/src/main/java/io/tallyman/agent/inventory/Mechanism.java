package io.tallyman.agent.inventory;

/** What keeps labels in confidence. Tests turn each off to see that they notice. */
enum Mechanism {
  /** A label that is not allowed is not kept. */
  ALLOW_LIST,
  /** What looks like a secret is hidden. */
  REDACTION,
  /** A long value is cut. */
  VALUE_CAP
}
