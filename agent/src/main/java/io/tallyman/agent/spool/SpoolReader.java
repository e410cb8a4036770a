package io.tallyman.agent.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a spool in order, from the cursor on. Reading is for one thread.
 *
 * <p>Sees only what was accepted. Reading ahead does not move the cursor: {@link #commit} does. To
 * go back to the cursor, take a new reader. Holds at most one segment in memory.
 */
public final class SpoolReader {

  private final Spool spool;
  private final FileSystemPort files;
  private final Ledger ledger;
  private final FrameCodec codec;
  private final boolean resync;
  private long position;
  private Ledger.@Nullable Window window;
  private @Nullable SegmentScanner scanner;

  SpoolReader(Spool spool, FileSystemPort files, Ledger ledger, boolean verified, boolean resync) {
    this.spool = spool;
    this.files = files;
    this.ledger = ledger;
    this.codec = new FrameCodec(verified);
    this.resync = resync;
    this.position = ledger.committed() + 1;
  }

  /**
   * The next records, at least one if there is one, without waiting.
   *
   * @param maxBytes of payload; the record that reaches it is the last
   * @throws IOException when the disk cannot be read; the position is kept
   */
  public SpoolBatch read(int maxRecords, int maxBytes) throws IOException {
    List<SpooledRecord> records = new ArrayList<>();
    List<Damage.Corruption> damage = new ArrayList<>();
    int bytes = 0;
    skipWhatWasShed();
    while (records.size() < maxRecords && bytes < maxBytes) {
      SegmentScanner frames = scanner;
      if (frames == null || window == null) {
        if (!load()) {
          break;
        }
      } else if (frames.next()) {
        if (frames.sequence() >= position) {
          hole(window.segment(), frames.sequence() - 1, frames.skipped(), damage);
          SpoolRecord record = frames.record();
          records.add(new SpooledRecord(frames.sequence(), record));
          bytes += record.payload().length;
          position = frames.sequence() + 1;
        }
      } else {
        hole(window.segment(), window.last(), frames.skipped(), damage);
        position = Math.max(position, window.last() + 1);
        scanner = null;
      }
    }
    return new SpoolBatch(records, damage);
  }

  private void hole(Segment segment, long to, long bytes, List<Damage.Corruption> damage) {
    if (to >= position && ledger.hole(segment, position, to)) {
      damage.add(new Damage.Corruption(position, to, bytes));
    }
  }

  private void skipWhatWasShed() {
    long start = ledger.committed() + 1;
    if (start > position) {
      position = start;
    }
  }

  private boolean load() throws IOException {
    while (true) {
      Ledger.Window next = ledger.windowAt(position);
      if (next == null) {
        return false;
      }
      Segment segment = next.segment();
      boolean more = window != null && window.segment().equals(segment);
      int from = more && window != null ? window.end() : 0;
      long first = more && window != null ? window.last() + 1 : segment.name().first();
      try {
        ByteBuffer data = files.read(segment.path(), from, next.end() - from);
        position = Math.max(position, first);
        window = next;
        scanner =
            new SegmentScanner(data, segment.name().salt(), first, next.last(), codec, resync);
        return true;
      } catch (IOException e) {
        if (ledger.contains(segment)) {
          throw e;
        }
        skipWhatWasShed();
      }
    }
  }

  /** Waits until {@link #read} would find something; false when the time is over. */
  public boolean await(Duration timeout) throws InterruptedException {
    return ledger.await(position, timeout);
  }

  /**
   * Says that everything up to a sequence is where it should be and may be forgotten. It may still
   * be sent again after a crash. Never throws for the sake of the disk: a cursor that cannot be
   * written is tried again.
   *
   * @return how many records left the spool by this call; those that were shed meanwhile do not
   *     count
   *     <p>While the spool has its thread this does no I/O and may be called from any thread.
   * @throws IllegalArgumentException beyond the last accepted record
   */
  public long commit(long upTo) {
    long records = ledger.commit(upTo);
    spool.committed();
    return records;
  }

  /** As {@link #commit}, but counts the record of that sequence as rejected. */
  public void reject(long sequence) {
    ledger.reject(sequence);
    spool.committed();
  }
}
