package io.tallyman.agent.events;

import org.jspecify.annotations.Nullable;

/**
 * What the engine's memory of events holds, of every type.
 *
 * @param count how many; then the times of the oldest and the newest, nanoseconds since 1970
 */
record RingView(int count, long oldestNanos, long newestNanos) {

  /** So many events the engine remembers. */
  static final int CAPACITY = 256;

  static final RingView EMPTY = new RingView(0, Long.MAX_VALUE, Long.MIN_VALUE);

  RingView and(long timeNanos) {
    return new RingView(
        count + 1, Math.min(oldestNanos, timeNanos), Math.max(newestNanos, timeNanos));
  }

  /** What the memory shows of the time since a moment. */
  enum Verdict {
    /** Everything since then is in it. */
    COMPLETE,
    /** It has forgotten what followed that moment. */
    OVERFLOWED,
    /** It has lost what it held, and was not full: another engine process. */
    EMPTIED,
    /** It was empty then as far as is known, and holds what came since, or is another's. */
    UNPROVEN
  }

  /**
   * @param fromNanos the moment
   * @param lastEventNanos the latest event that the memory is known to have held; null for none
   */
  Verdict since(long fromNanos, @Nullable Long lastEventNanos) {
    if (count > 0 && oldestNanos <= fromNanos) {
      return Verdict.COMPLETE;
    }
    if (count >= CAPACITY) {
      return Verdict.OVERFLOWED;
    }
    if (lastEventNanos == null) {
      return Verdict.UNPROVEN;
    }
    return holds(lastEventNanos) ? Verdict.COMPLETE : Verdict.EMPTIED;
  }

  private boolean holds(long timeNanos) {
    return oldestNanos <= timeNanos && timeNanos <= newestNanos;
  }
}
