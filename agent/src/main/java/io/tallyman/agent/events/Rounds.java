package io.tallyman.agent.events;

/** What the pipeline may ask of those who talk to the engine; all return at once. */
interface Rounds {

  /** Another comparison soon, to settle a suspicion. */
  void soon();

  /** The event stream is deaf: open another. */
  void reopenStream();
}
