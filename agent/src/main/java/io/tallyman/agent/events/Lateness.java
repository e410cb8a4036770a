package io.tallyman.agent.events;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Tells from how late live events are read whether the engine may have dropped some.
 *
 * <p>The engine drops an event for a listener after {@link #PATIENCE}, and only while {@link
 * #SLOTS} others wait for it. Each of those is read that late at least; so without as many late
 * events in a row nothing was dropped. Used by the reading thread alone.
 */
final class Lateness {

  static final Duration PATIENCE = Duration.ofMillis(100);
  static final int SLOTS = 1_024;

  private final int slots;
  private long leastNanos = Long.MAX_VALUE;
  private long runFrom;
  private int run;

  Lateness(int slots) {
    this.slots = slots;
  }

  /**
   * Takes the next event.
   *
   * @return since when events may have been dropped; null while there is no sign of it
   */
  @Nullable Long read(long timeNanos, long nowNanos) {
    long late = nowNanos - timeNanos;
    // Clocks may differ: what counts is how much later than the most timely one it is.
    leastNanos = Math.min(leastNanos, late);
    if (late - leastNanos < PATIENCE.toNanos()) {
      run = 0;
      return null;
    }
    if (run == 0) {
      runFrom = timeNanos;
    }
    run++;
    if (run < slots) {
      return null;
    }
    run = 0;
    return runFrom;
  }
}
