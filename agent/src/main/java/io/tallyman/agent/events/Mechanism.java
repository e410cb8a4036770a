package io.tallyman.agent.events;

/** What keeps the watch from losing or doubling events. Tests turn each off to see it missed. */
enum Mechanism {
  /** What an earlier run had reached is where the next one goes on. */
  CURSOR,
  /** An event is known by its identifier when it comes again. */
  DEDUPLICATION,
  /** The engine's memory of events is compared with what the stream brought. */
  AUDIT,
  /** It is judged whether the engine's memory reaches back far enough. */
  RING_JUDGEMENT,
  /** What changed without an event is concluded. */
  RECONCILE,
  /** A new stream reaches back before what the last one brought. */
  OVERLAP,
  /** The late event of a transition that was concluded is known as such. */
  TWIN_SUPPRESSION,
  /** What the lane refused counts as never seen. */
  REFUSED_AGAIN,
  /** What a label may have forged is not taken for an exit code, a signal or a name. */
  ATTRIBUTE_PROOF,
  /** A container is inspected once a second at most. */
  INSPECT_SPACING,
  /** Events that are read late are a sign that the engine drops some. */
  LATENESS,
  /** What the stream may still bring is left to it. */
  STREAM_FIRST,
  /** A stream that does not bring what the engine remembers is opened again. */
  DEAFNESS,
  /** What was reached before the host's clock was set back is no reason to wait until then. */
  CLOCK_SET_BACK
}
