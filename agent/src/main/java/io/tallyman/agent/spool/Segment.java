package io.tallyman.agent.spool;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One segment file and what is known of its frames. Guarded by its {@link Ledger}.
 *
 * <p>Every sequence from the first to the last is a readable frame or lies in a hole. There are
 * fewer holes than frames, so the cap of the spool bounds them.
 */
final class Segment {

  private final SegmentName name;
  private final Path path;
  private final List<Hole> holes = new ArrayList<>();
  private long fileBytes;
  private int end;
  private long last;
  private boolean sealed;
  private @Nullable Times times;

  /** Sequences of unreadable frames. */
  record Hole(long from, long to) {

    long overlap(long low, long high) {
      return Math.max(0, Math.min(to, high) - Math.max(from, low) + 1);
    }
  }

  /** Times of the first and the last of some records. */
  record Times(Instant first, Instant last) {}

  /** A segment that is being begun. */
  Segment(SegmentName name, Path path) {
    this.name = name;
    this.path = path;
    this.last = name.first() - 1;
  }

  /** A segment that was found. */
  static Segment found(
      SegmentName name, Path path, long fileBytes, int end, long last, @Nullable Times times) {
    Segment segment = new Segment(name, path);
    segment.times = times;
    segment.fileBytes = fileBytes;
    segment.end = end;
    segment.last = last;
    segment.sealed = true;
    return segment;
  }

  SegmentName name() {
    return name;
  }

  Path path() {
    return path;
  }

  long fileBytes() {
    return fileBytes;
  }

  /** Bytes up to the end of its last readable frame. */
  int end() {
    return end;
  }

  /** Sequence of its last readable frame; one less than the first when there is none. */
  long last() {
    return last;
  }

  /** Null while it has no record. */
  @Nullable Times times() {
    return times;
  }

  /** Whether nothing will be appended any more. */
  boolean sealed() {
    return sealed;
  }

  void seal() {
    sealed = true;
  }

  void grow(int records, int bytes, Times more) {
    times = times == null ? more : new Times(times.first(), more.last());
    last += records;
    end += bytes;
    fileBytes += bytes;
  }

  /** Number of readable frames after one sequence up to another. */
  long records(long after, long upTo) {
    long low = Math.max(after + 1, name.first());
    long high = Math.min(upTo, last);
    if (high < low) {
      return 0;
    }
    return high - low + 1 - inHoles(low, high);
  }

  /** Notes that these cannot be read; says for how many that is new. */
  long addHole(long from, long to) {
    long lost = to - from + 1 - inHoles(from, to);
    if (lost > 0) {
      long low = from;
      long high = to;
      for (Hole hole : List.copyOf(holes)) {
        if (hole.overlap(from, to) > 0) {
          low = Math.min(low, hole.from());
          high = Math.max(high, hole.to());
          holes.remove(hole);
        }
      }
      holes.add(new Hole(low, high));
    }
    return lost;
  }

  private long inHoles(long low, long high) {
    return holes.stream().mapToLong(hole -> hole.overlap(low, high)).sum();
  }
}
