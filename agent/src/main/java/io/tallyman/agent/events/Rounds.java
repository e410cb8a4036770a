package io.tallyman.agent.events;

/** What the pipeline may ask of those who talk to the engine; all return at once. */
interface Rounds {

  /** Another comparison soon, to settle a suspicion. */
  void soon();

  /** Another read of the engine's memory soon, to see whether the stream lags or is deaf. */
  void auditSoon();

  /** The event stream is deaf: open another. */
  void reopenStream();
}
