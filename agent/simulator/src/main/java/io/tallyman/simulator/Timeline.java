package io.tallyman.simulator;

import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.function.LongConsumer;

/** What is planned, in order of time; for the same time in order of planning. Not thread-safe. */
final class Timeline {

  static final long NOT_RUNNING = -1;

  private record Step(long dueNanos, long number, LongConsumer action) {}

  private final PriorityQueue<Step> steps =
      new PriorityQueue<>(Comparator.comparingLong(Step::dueNanos).thenComparingLong(Step::number));
  private long planned;
  private long runningNanos = NOT_RUNNING;
  private volatile long nextDueNanos = Long.MAX_VALUE;

  /** Plans an action; it is called with the time it was due. */
  void at(long dueNanos, LongConsumer action) {
    steps.add(new Step(dueNanos, planned++, action));
    noteNext();
  }

  /** Does everything that is due, including what that plans in turn. */
  void runUntil(long nowNanos) {
    while (true) {
      Step step = steps.peek();
      if (step == null || step.dueNanos > nowNanos) {
        return;
      }
      steps.remove();
      noteNext();
      runningNanos = step.dueNanos;
      try {
        step.action.accept(step.dueNanos);
      } finally {
        runningNanos = NOT_RUNNING;
      }
    }
  }

  /** The time of the step that is being done; {@link #NOT_RUNNING} between steps. */
  long runningNanos() {
    return runningNanos;
  }

  /** When the next step is due; may be read from any thread. */
  long nextDueNanos() {
    return nextDueNanos;
  }

  private void noteNext() {
    Step next = steps.peek();
    nextDueNanos = next == null ? Long.MAX_VALUE : next.dueNanos;
  }
}
