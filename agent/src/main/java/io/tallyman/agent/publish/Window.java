package io.tallyman.agent.publish;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.jspecify.annotations.Nullable;

/**
 * The records that are with one producer. They leave in order: a record that is acknowledged waits
 * for those before it. Safe from any thread; nothing in it blocks but {@link #awaitTurn}.
 */
final class Window {

  /** What a send has come to. */
  private enum Outcome {
    OPEN,
    ACKNOWLEDGED,
    REJECTED
  }

  /** A record in flight. */
  static final class Entry {
    private final Parcel parcel;
    private final long sentNanos = System.nanoTime();
    private Outcome outcome = Outcome.OPEN;
    private @Nullable Exception problem;

    private Entry(Parcel parcel) {
      this.parcel = parcel;
    }

    Parcel parcel() {
      return parcel;
    }

    @Nullable Exception problem() {
      return problem;
    }
  }

  private final Backlog backlog;
  private final int maxRecords;
  private final int maxBytes;
  private final Set<Mechanism> off;
  private final Deque<Entry> inFlight = new ArrayDeque<>();
  private int bytes;
  private @Nullable Exception failure;
  private boolean abandoned;

  Window(Backlog backlog, int maxRecords, int maxBytes, Set<Mechanism> off) {
    this.backlog = backlog;
    this.maxRecords = maxRecords;
    this.maxBytes = maxBytes;
    this.off = off;
  }

  synchronized Entry add(Parcel parcel) {
    Entry entry = new Entry(parcel);
    inFlight.addLast(entry);
    bytes += parcel.bytes();
    return entry;
  }

  /**
   * Takes note how a send ended; says whether it is the first that failed, so that the producer may
   * not go on. After {@link #abandon} it says and does nothing.
   */
  synchronized boolean completed(Entry entry, @Nullable Exception problem) {
    if (abandoned) {
      return false;
    }
    boolean failed = failure != null;
    if (problem == null) {
      entry.outcome = Outcome.ACKNOWLEDGED;
    } else if (isTheRecordsFault(problem)) {
      entry.outcome = Outcome.REJECTED;
      entry.problem = problem;
    } else if (!failed) {
      failure = problem;
    }
    release(entry);
    notifyAll();
    return !failed && failure != null;
  }

  /** What failed for its own sake would fail for ever and hold up all that follows. */
  private boolean isTheRecordsFault(Exception problem) {
    return !off.contains(Mechanism.TOO_LARGE_ISOLATION)
        && (problem instanceof RecordTooLargeException
            || problem instanceof InvalidTimestampException);
  }

  private void release(Entry latest) {
    if (off.contains(Mechanism.IN_ORDER_COMMIT) && latest.outcome == Outcome.ACKNOWLEDGED) {
      leave(latest);
    }
    for (Entry head = inFlight.peekFirst();
        head != null && head.outcome == Outcome.ACKNOWLEDGED;
        head = inFlight.peekFirst()) {
      leave(head);
    }
  }

  private void leave(Entry entry) {
    inFlight.remove(entry);
    bytes -= entry.parcel.bytes();
    backlog.acknowledged(entry.parcel);
  }

  /** Why the producer may not go on; null while it may. */
  synchronized @Nullable Exception failure() {
    return failure;
  }

  /** The record at the head that Kafka will never take, or null. */
  synchronized @Nullable Entry rejectedHead() {
    Entry head = inFlight.peekFirst();
    return head != null && head.outcome == Outcome.REJECTED ? head : null;
  }

  /** Lets the rejected record at the head go, and what is acknowledged behind it. */
  synchronized void setAside(Entry rejected) {
    inFlight.remove(rejected);
    bytes -= rejected.parcel.bytes();
    backlog.rejected(rejected.parcel);
    release(rejected);
  }

  /** Waits until there is room, or something else to see to; says whether there is room. */
  synchronized boolean awaitTurn(Duration timeout) throws InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    for (long left = timeout.toNanos();
        isFull() && failure == null && rejectedHead() == null && left > 0;
        left = deadline - System.nanoTime()) {
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
    return !isFull() && failure == null && rejectedHead() == null;
  }

  private boolean isFull() {
    return freeRecords() <= 0 || freeBytes() <= 0;
  }

  synchronized int freeRecords() {
    return maxRecords - inFlight.size();
  }

  synchronized int freeBytes() {
    return maxBytes - bytes;
  }

  synchronized boolean isEmpty() {
    return inFlight.isEmpty();
  }

  /** True when the oldest record has not been answered for that long. */
  synchronized boolean isSilentFor(Duration duration) {
    Entry head = inFlight.peekFirst();
    return head != null && System.nanoTime() - head.sentNanos > duration.toNanos();
  }

  /** What the producer still says no longer counts. */
  synchronized void abandon() {
    abandoned = true;
    inFlight.clear();
    bytes = 0;
  }
}
