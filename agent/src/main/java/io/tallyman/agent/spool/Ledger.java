package io.tallyman.agent.spool;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is in the spool, and the counts that say where every record went.
 *
 * <p>Does no I/O. Its monitor guards all of it and is notified of every change that someone may
 * wait for.
 */
final class Ledger {

  private final List<Segment> segments = new ArrayList<>();
  private long committed;
  private long last;
  private long queuedBytes;
  private long offered;
  private long inherited;
  private long committedRecords;
  private long spooled;
  private long queued;
  private long refused;
  private long shed;
  private long corrupted;
  private long rejected;

  /** Takes over what a scan of the disk found. */
  synchronized void load(Recovery.Found found, boolean atOpen) {
    segments.clear();
    segments.addAll(found.segments());
    if (atOpen) {
      committed = found.committed();
    }
    last = Math.max(Math.max(last, found.last()), committed);
    long readable = segments.stream().mapToLong(s -> s.records(committed, last)).sum();
    if (readable >= spooled) {
      inherited += readable - spooled;
    } else {
      corrupted += spooled - readable;
    }
    spooled = readable;
    notifyAll();
  }

  synchronized void offered() {
    offered++;
  }

  synchronized void queued(int frameBytes) {
    queued++;
    queuedBytes += frameBytes;
    notifyAll();
  }

  synchronized void offeredAndRefused() {
    offered++;
    refused++;
  }

  synchronized void refusedQueued(int frameBytes) {
    queued--;
    queuedBytes -= frameBytes;
    refused++;
  }

  synchronized void begin(Segment segment) {
    segments.add(segment);
  }

  synchronized void remove(Segment segment) {
    segments.remove(segment);
  }

  synchronized void seal(Segment segment) {
    segment.seal();
  }

  /** Frames at the end of this segment are durable now. */
  synchronized void accepted(Segment segment, int records, int bytes, Segment.Times times) {
    segment.grow(records, bytes, times);
    last += records;
    queued -= records;
    queuedBytes -= bytes;
    spooled += records;
    notifyAll();
  }

  /** Moves the cursor; says how many records that took out of the spool. */
  synchronized long commit(long upTo) {
    if (upTo > last) {
      throw new IllegalArgumentException("sequence " + upTo + " is beyond the last, " + last);
    }
    long records = pass(upTo);
    committedRecords += records;
    return records;
  }

  /** As {@link #commit}, for one record that nobody will ever take. */
  synchronized void reject(long sequence) {
    commit(sequence - 1);
    rejected += pass(sequence);
  }

  synchronized boolean isEmpty() {
    return spooled == 0 && queued == 0;
  }

  /** Gives up the records of a segment; says how many had not been committed. */
  synchronized long shed(Segment segment) {
    long records = pass(segment.last());
    shed += records;
    return records;
  }

  private long pass(long upTo) {
    long records = 0;
    if (upTo > committed) {
      for (Segment segment : segments) {
        if (segment.name().first() > upTo) {
          break;
        }
        records += segment.records(committed, upTo);
      }
      committed = upTo;
      spooled -= records;
    }
    return records;
  }

  /** Notes unreadable frames; says whether any of them was not known to be. */
  synchronized boolean hole(Segment segment, long from, long to) {
    long before = segment.records(committed, last);
    long lost = segment.addHole(from, to);
    if (segments.contains(segment)) {
      long uncommitted = before - segment.records(committed, last);
      spooled -= uncommitted;
      corrupted += uncommitted;
    }
    return lost > 0;
  }

  /** Takes out the sealed segments that end at or before a sequence. */
  synchronized List<Segment> removeThrough(long sequence) {
    List<Segment> removed = new ArrayList<>();
    for (Iterator<Segment> each = segments.iterator(); each.hasNext(); ) {
      Segment segment = each.next();
      if (segment.last() > sequence) {
        break;
      }
      if (segment.sealed()) {
        removed.add(segment);
        each.remove();
      }
    }
    return removed;
  }

  /** Whether {@link #removeThrough} would find any. */
  synchronized boolean hasFinished() {
    return !segments.isEmpty()
        && segments.getFirst().sealed()
        && segments.getFirst().last() <= committed;
  }

  synchronized @Nullable Segment oldest() {
    return segments.isEmpty() ? null : segments.getFirst();
  }

  /** What can be read at a sequence: the first segment that reaches it. */
  synchronized @Nullable Window windowAt(long sequence) {
    for (Segment segment : segments) {
      if (segment.last() >= sequence) {
        return new Window(segment, segment.end(), segment.last());
      }
    }
    return null;
  }

  /** The readable part of a segment at a moment. */
  record Window(Segment segment, int end, long last) {}

  synchronized boolean contains(Segment segment) {
    return segments.contains(segment);
  }

  /** Waits until there is a durable record at or after a sequence. */
  synchronized boolean await(long sequence, Duration timeout) throws InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    while (last < sequence) {
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        return false;
      }
      wait(left / 1_000_000, (int) (left % 1_000_000));
    }
    return true;
  }

  synchronized long committed() {
    return committed;
  }

  /** Sequence of the last durable record. */
  synchronized long last() {
    return last;
  }

  /** Bytes of all segments. */
  synchronized long bytes() {
    return segments.stream().mapToLong(Segment::fileBytes).sum();
  }

  synchronized long queuedBytes() {
    return queuedBytes;
  }

  synchronized SpoolSnapshot snapshot(SpoolSnapshot.State state) {
    return new SpoolSnapshot(
        state,
        offered,
        inherited,
        committedRecords,
        spooled,
        queued,
        refused,
        shed,
        corrupted,
        rejected,
        bytes());
  }
}
