package io.tallyman.agent.publish;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * The records of a lane that Kafka has not acknowledged, in order, and the lane's figures.
 *
 * <p>Records wait, then are in flight, and leave in order once they and all before them are
 * acknowledged. One lock guards all, so a {@link #snapshot} is of one moment. Safe from any thread;
 * {@link #next} and {@link #rewound} are for the sender.
 */
public final class LaneQueue {

  /** What gives way when the queue is full. */
  public enum WhenFull {
    REFUSE_NEW,
    SHED_OLDEST
  }

  /** Bytes that a record takes beside its key, value and headers. */
  static final int OVERHEAD_BYTES = 200;

  /** What the sender does next. */
  sealed interface Turn {
    /** Hand the record to the producer and report how it went. */
    record Send(ProducerRecord<byte[], byte[]> record, Entry entry, int generation)
        implements Turn {}

    /** Give the producer up, then call {@link LaneQueue#rewound}. */
    record Rewind(Exception cause) implements Turn {}

    /** End. */
    record Stop() implements Turn {}
  }

  private enum Outcome {
    OPEN,
    ACKNOWLEDGED,
    REJECTED
  }

  static final class Entry {
    private final ProducerRecord<byte[], byte[]> record;
    private final long bytes;
    private Outcome outcome = Outcome.OPEN;
    private long sentNanos;

    private Entry(ProducerRecord<byte[], byte[]> record) {
      this.record = record;
      this.bytes = sizeOf(record);
    }
  }

  private final String name;
  private final int maxRecords;
  private final long maxBytes;
  private final WhenFull whenFull;
  private final Object lock = new Object();
  private final Deque<Entry> waiting = new ArrayDeque<>();
  private final Deque<Entry> inFlight = new ArrayDeque<>();
  private long bytes;
  private long observed;
  private long acknowledged;
  private long dropped;
  private int generation;
  private @Nullable Exception failure;
  private boolean stopped;

  public LaneQueue(String name, int maxRecords, long maxBytes, WhenFull whenFull) {
    this.name = name;
    this.maxRecords = maxRecords;
    this.maxBytes = maxBytes;
    this.whenFull = whenFull;
  }

  String name() {
    return name;
  }

  /** Takes a record, or drops it or older ones, and counts what it does. */
  Acceptance offer(ProducerRecord<byte[], byte[]> record) {
    Entry entry = new Entry(record);
    synchronized (lock) {
      observed++;
      if (whenFull == WhenFull.SHED_OLDEST) {
        while (isFullFor(entry) && !waiting.isEmpty()) {
          bytes -= waiting.removeFirst().bytes;
          dropped++;
        }
      }
      if (stopped || isFullFor(entry)) {
        dropped++;
        return Acceptance.REFUSED;
      }
      waiting.addLast(entry);
      bytes += entry.bytes;
      lock.notifyAll();
      return Acceptance.ACCEPTED;
    }
  }

  /** Counts a record that could not even be made. */
  void refuse() {
    synchronized (lock) {
      observed++;
      dropped++;
    }
  }

  private boolean isFullFor(Entry entry) {
    return waiting.size() + inFlight.size() >= maxRecords || bytes + entry.bytes > maxBytes;
  }

  boolean hasRoom() {
    synchronized (lock) {
      return waiting.size() + inFlight.size() < maxRecords && bytes < maxBytes;
    }
  }

  /** True while there is nothing to send and nothing unanswered. */
  boolean isEmpty() {
    synchronized (lock) {
      return waiting.isEmpty() && inFlight.isEmpty();
    }
  }

  /** Waits for something to do. */
  Turn next() throws InterruptedException {
    synchronized (lock) {
      while (failure == null
          && !stopped
          && (waiting.isEmpty() || inFlight.size() >= KafkaLane.WINDOW_RECORDS)) {
        lock.wait();
      }
      if (stopped) {
        return new Turn.Stop();
      }
      if (failure != null) {
        return new Turn.Rewind(failure);
      }
      Entry entry = waiting.removeFirst();
      entry.sentNanos = System.nanoTime();
      inFlight.addLast(entry);
      return new Turn.Send(entry.record, entry, generation);
    }
  }

  /** Takes note how a send ended; one of a producer that was given up says nothing any more. */
  void completed(Turn.Send send, @Nullable Exception problem) {
    synchronized (lock) {
      if (send.generation() != generation) {
        return;
      }
      if (problem == null) {
        send.entry().outcome = Outcome.ACKNOWLEDGED;
      } else if (isTheRecordsFault(problem)) {
        send.entry().outcome = Outcome.REJECTED;
      } else if (failure == null) {
        failure = problem;
      }
      release();
      lock.notifyAll();
    }
  }

  /** What failed for its own sake would fail for ever and hold up all that follows. */
  private static boolean isTheRecordsFault(Exception problem) {
    return problem instanceof RecordTooLargeException
        || problem instanceof SerializationException
        || problem instanceof InvalidTimestampException;
  }

  private void release() {
    for (Entry head = inFlight.peekFirst();
        head != null && head.outcome != Outcome.OPEN;
        head = inFlight.peekFirst()) {
      inFlight.removeFirst();
      bytes -= head.bytes;
      if (head.outcome == Outcome.ACKNOWLEDGED) {
        acknowledged++;
      } else {
        dropped++;
      }
    }
  }

  /** Puts what is in flight back before what waits; its producer is gone. */
  void rewound() {
    synchronized (lock) {
      generation++;
      failure = null;
      for (Entry last = inFlight.pollLast(); last != null; last = inFlight.pollLast()) {
        last.outcome = Outcome.OPEN;
        waiting.addFirst(last);
      }
    }
  }

  /** True when the oldest record in flight has not been answered for that long. */
  boolean isSilentFor(Duration duration) {
    synchronized (lock) {
      Entry head = inFlight.peekFirst();
      return head != null && System.nanoTime() - head.sentNanos > duration.toNanos();
    }
  }

  /** Waits until nothing is queued, but not longer than that. */
  void awaitEmpty(Duration timeout) throws InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    synchronized (lock) {
      for (long left = timeout.toNanos();
          left > 0 && !(waiting.isEmpty() && inFlight.isEmpty());
          left = deadline - System.nanoTime()) {
        TimeUnit.NANOSECONDS.timedWait(lock, left);
      }
    }
  }

  /** Ends the sender; what is offered from now on is dropped. */
  void stop() {
    synchronized (lock) {
      stopped = true;
      lock.notifyAll();
    }
  }

  Lane.LaneSnapshot snapshot() {
    synchronized (lock) {
      return new Lane.LaneSnapshot(
          name, observed, 0, acknowledged, 0, waiting.size() + inFlight.size(), dropped, 0);
    }
  }

  private static long sizeOf(ProducerRecord<byte[], byte[]> record) {
    long size = OVERHEAD_BYTES;
    size += record.key() == null ? 0 : record.key().length;
    size += record.value() == null ? 0 : record.value().length;
    for (Header header : record.headers()) {
      size += header.key().length() + header.value().length;
    }
    return size;
  }
}
