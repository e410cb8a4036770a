package io.tallyman.agent.events;

import java.util.concurrent.atomic.LongAdder;

/** What the event pipeline counts since the agent's start. Safe from any thread. */
public final class EventFigures {

  final LongAdder accepted = new LongAdder();
  final LongAdder deduplicated = new LongAdder();
  final LongAdder suppressedTwins = new LongAdder();
  final LongAdder reconciled = new LongAdder();
  final LongAdder refused = new LongAdder();
  final LongAdder unselected = new LongAdder();
  final LongAdder missedByStream = new LongAdder();
  final LongAdder inspects = new LongAdder();
  final LongAdder inspectsFailed = new LongAdder();
  final LongAdder reconnects = new LongAdder();
  final LongAdder rounds = new LongAdder();
  final LongAdder roundsFailed = new LongAdder();
  final LongAdder statesPublished = new LongAdder();

  /** Events that were new, those of containers that are not collected included. */
  public long accepted() {
    return accepted.sum();
  }

  /** Events that came again, after a reconnect or from the engine's memory. */
  public long deduplicated() {
    return deduplicated.sum();
  }

  /** Events of a transition that had been concluded from inspect before. */
  public long suppressedTwins() {
    return suppressedTwins.sum();
  }

  /** Events that were concluded because the engine sent none. */
  public long reconciled() {
    return reconciled.sum();
  }

  /** Events that the lane refused, each time that it did. */
  public long refused() {
    return refused.sum();
  }

  /** Events of containers that are not collected. */
  public long unselected() {
    return unselected.sum();
  }

  /** Events that the open stream did not bring and the engine's memory did. */
  public long missedByStream() {
    return missedByStream.sum();
  }

  public long inspects() {
    return inspects.sum();
  }

  public long inspectsFailed() {
    return inspectsFailed.sum();
  }

  /** How often the event stream was opened again. */
  public long reconnects() {
    return reconnects.sum();
  }

  /** Comparisons with the engine's list. */
  public long rounds() {
    return rounds.sum();
  }

  public long roundsFailed() {
    return roundsFailed.sum();
  }

  /** Records of a container's state, tombstones included. */
  public long statesPublished() {
    return statesPublished.sum();
  }
}
