package io.tallyman.agent.identity;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Numbers the records of one incarnation, over all lanes. Safe from any thread; who takes a number
 * and offers the record on one thread gets rising numbers in its lane.
 */
public final class RecordSequence {

  private final AtomicLong last = new AtomicLong();

  /** The next number; the first is 1. */
  public long next() {
    return last.incrementAndGet();
  }
}
