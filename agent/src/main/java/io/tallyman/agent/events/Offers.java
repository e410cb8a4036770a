package io.tallyman.agent.events;

import io.tallyman.agent.publish.Acceptance;
import io.tallyman.agent.publish.Lane;
import io.tallyman.agent.publish.OutgoingRecord;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Hands records to the lane, and follows each decision with what hangs on it, in the order of the
 * offers. Used by the pipeline's thread alone.
 */
final class Offers {

  /** So many may be undecided before the pipeline waits: far fewer than the lane takes at once. */
  static final int LIMIT = 2_000;

  private static final CompletableFuture<Acceptance> NOTHING_TO_DECIDE =
      CompletableFuture.completedFuture(Acceptance.ACCEPTED);

  private record Open(
      CompletableFuture<Acceptance> decision, Runnable onAccepted, Runnable onRefused) {}

  private final Lane lane;
  private final Queue<Open> open = new ArrayDeque<>();

  Offers(Lane lane) {
    this.lane = lane;
  }

  void offer(OutgoingRecord record, Runnable onAccepted, Runnable onRefused) {
    open.add(new Open(lane.offer(record), onAccepted, onRefused));
  }

  /** Does a step once all that was offered before is decided. */
  void afterwards(Runnable step) {
    open.add(new Open(NOTHING_TO_DECIDE, step, () -> {}));
  }

  /** Takes note of what has been decided. */
  void settle() {
    for (Open next = open.peek(); next != null && next.decision.isDone(); next = open.peek()) {
      open.remove();
      if (next.decision.join() == Acceptance.ACCEPTED) {
        next.onAccepted.run();
      } else {
        next.onRefused.run();
      }
    }
  }

  boolean isFull() {
    return open.size() >= LIMIT;
  }

  boolean isEmpty() {
    return open.isEmpty();
  }

  /** Waits for the oldest decision, and takes note of all that were made. */
  void await(Duration atMost) throws InterruptedException {
    Open next = open.peek();
    if (next != null) {
      try {
        next.decision.get(atMost.toMillis(), TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        return;
      } catch (ExecutionException e) {
        throw new IllegalStateException("A lane decides, it does not fail", e);
      }
      settle();
    }
  }
}
