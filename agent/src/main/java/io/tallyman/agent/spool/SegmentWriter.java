package io.tallyman.agent.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Appends frames to the newest segment. One thread at a time.
 *
 * <p>A segment whose write or fsync failed is cut back to its accepted frames and never written
 * again: after a failed fsync the kernel may hold the lost pages for clean, and a second fsync of
 * the same descriptor would succeed without them.
 */
final class SegmentWriter {

  private static final Logger log = LoggerFactory.getLogger(SegmentWriter.class);

  /** Longest single write; a group is made durable in one piece however many it takes. */
  private static final int WRITE_BYTES = 1 << 20;

  private final FileSystemPort files;
  private final SpoolSettings settings;
  private final Set<Mechanism> off;
  private final Ledger ledger;
  private final RandomGenerator salts;
  private final ByteBuffer buffer;
  private FileSystemPort.@Nullable AppendFile file;
  private @Nullable Segment current;
  private @Nullable Segment uncut;
  private long ordinal;

  SegmentWriter(
      FileSystemPort files,
      SpoolSettings settings,
      Set<Mechanism> off,
      Ledger ledger,
      RandomGenerator salts) {
    this.files = files;
    this.settings = settings;
    this.off = off;
    this.ledger = ledger;
    this.salts = salts;
    this.buffer =
        ByteBuffer.allocate(
            Math.max(settings.maxFrameBytes(), Math.min(WRITE_BYTES, settings.segmentBytes())));
  }

  /** Ordinals up to this one are taken. */
  void startAfter(long taken) {
    ordinal = Math.max(ordinal, taken);
  }

  /**
   * Makes as many of the batch durable as fit into one segment.
   *
   * @param from index of the first
   * @return index after the last
   * @throws IOException when none of them was accepted; the segment is given up
   */
  int write(List<Pending> batch, int from) throws IOException {
    Segment segment = segmentFor(batch.get(from).frameBytes());
    FileSystemPort.AppendFile open = file;
    if (open == null) {
      throw new IllegalStateException("no segment is open");
    }
    try {
      int bytes = 0;
      int to = from;
      buffer.clear();
      while (to < batch.size() && fits(segment, bytes, batch.get(to).frameBytes())) {
        Pending pending = batch.get(to);
        if (buffer.remaining() < pending.frameBytes()) {
          open.write(buffer.flip());
          buffer.clear();
        }
        long sequence = segment.last() + 1 + to - from;
        FrameCodec.put(buffer, segment.name().salt(), sequence, pending.body());
        bytes += pending.frameBytes();
        to++;
      }
      open.write(buffer.flip());
      force(open);
      Segment.Times times = new Segment.Times(batch.get(from).time(), batch.get(to - 1).time());
      ledger.accepted(segment, to - from, bytes, times);
      return to;
    } catch (IOException e) {
      abandon();
      throw e;
    }
  }

  private boolean fits(Segment segment, int more, int frameBytes) {
    return segment.end() + more + frameBytes <= settings.segmentBytes();
  }

  private void force(FileSystemPort.AppendFile open) throws IOException {
    if (off.contains(Mechanism.FSYNC_BEFORE_ACCEPT)) {
      return;
    }
    try {
      open.force();
    } catch (IOException e) {
      if (!off.contains(Mechanism.ABANDON_AFTER_FAILURE)) {
        throw e;
      }
      open.force();
    }
  }

  private Segment segmentFor(int frameBytes) throws IOException {
    Segment segment = current;
    if (segment != null && fits(segment, 0, frameBytes)) {
      return segment;
    }
    seal();
    return begin();
  }

  private Segment begin() throws IOException {
    SegmentName name = new SegmentName(ledger.last() + 1, ++ordinal, salts.nextInt());
    Path path = settings.directory().resolve(name.fileName());
    FileSystemPort.AppendFile created = files.create(path);
    Segment segment = new Segment(name, path);
    file = created;
    current = segment;
    ledger.begin(segment);
    if (!off.contains(Mechanism.DIRECTORY_FSYNC)) {
      try {
        files.fsyncDirectory(settings.directory());
      } catch (IOException e) {
        abandon();
        throw e;
      }
    }
    return segment;
  }

  /** Ends the current segment, so that it can be unlinked. */
  void seal() {
    if (current != null) {
      closeFile();
      ledger.seal(current);
      current = null;
    }
  }

  /** Leaves nothing of what was not accepted, if the disk lets it. */
  private void abandon() {
    Segment segment = current;
    if (segment == null) {
      return;
    }
    closeFile();
    current = null;
    ledger.seal(segment);
    if (segment.end() == 0) {
      ledger.remove(segment);
    }
    try {
      cut(segment);
    } catch (IOException e) {
      uncut = segment;
      log.warn("Cannot cut {} back to its accepted records", segment.path(), e);
    }
  }

  /** Cuts back what could not be cut when it was given up, before the disk is read again. */
  void cutAgain() throws IOException {
    if (uncut != null) {
      cut(uncut);
      uncut = null;
    }
  }

  private void cut(Segment segment) throws IOException {
    if (segment.end() == 0) {
      files.delete(segment.path());
    } else {
      files.truncate(segment.path(), segment.end());
    }
  }

  private void closeFile() {
    try {
      if (file != null) {
        file.close();
      }
    } catch (IOException e) {
      log.debug("Cannot close a segment", e);
    }
    file = null;
  }
}
