package io.tallyman.agent.spool;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directory of a spool: segments, cursor, reserve and lock.
 *
 * <p>Writing is for one thread; cursor and unlinking may be asked for by any. Every order of steps
 * that a crash could cut short is in here and in {@link SegmentWriter}.
 */
final class SegmentStore {

  private static final Logger log = LoggerFactory.getLogger(SegmentStore.class);

  private static final int PROBE_BYTES = 64 << 10;

  private final FileSystemPort files;
  private final SpoolSettings settings;
  private final Set<Mechanism> off;
  private final Ledger ledger;
  private final SegmentWriter writer;
  private final CursorFile cursorFile;
  private final DiskReserve reserve;
  private final Object cursorLock = new Object();
  private final List<Damage> reported = new ArrayList<>();
  private final List<Segment> unlinking = new ArrayList<>();
  private long durableCursor;
  private @Nullable Closeable lock;

  SegmentStore(
      FileSystemPort files,
      SpoolSettings settings,
      Set<Mechanism> off,
      Ledger ledger,
      RandomGenerator salts) {
    this.files = files;
    this.settings = settings;
    this.off = off;
    this.ledger = ledger;
    this.writer = new SegmentWriter(files, settings, off, ledger, salts);
    this.cursorFile = new CursorFile(files, settings.directory(), off);
    this.reserve = new DiskReserve(files, settings.directory(), off);
  }

  RecoveryReport open() throws IOException {
    createDirectories(settings.directory());
    Closeable taken =
        off.contains(Mechanism.FILE_LOCK)
            ? () -> {}
            : files.lock(settings.directory().resolve("lock"));
    try {
      synchronized (cursorLock) {
        Recovery.Found found = scan();
        ledger.load(found, true);
        reported.addAll(found.damage());
        durableCursor = cursorFile.read().orElse(-1);
      }
      lock = taken;
    } catch (IOException e) {
      taken.close();
      throw e;
    }
    reserve.take();
    SpoolSnapshot now = ledger.snapshot(SpoolSnapshot.State.ACCEPTING);
    return new RecoveryReport(
        now.inherited(),
        now.bytes(),
        List.copyOf(reported),
        durableCursor < 0 && cursorFile.exists());
  }

  private Recovery.Found scan() throws IOException {
    Recovery.Found found =
        new Recovery(files, settings.directory(), off).run(cursorFile, ledger.committed());
    writer.startAfter(found.ordinal());
    return found;
  }

  private void createDirectories(Path directory) throws IOException {
    Deque<Path> missing = new ArrayDeque<>();
    for (Path each = directory.toAbsolutePath();
        each != null && !files.isDirectory(each);
        each = each.getParent()) {
      missing.push(each);
    }
    for (Path each : missing) {
      files.createDirectory(each);
    }
    // An earlier start may have created them and not come to this.
    for (Path each = directory.toAbsolutePath(); each != null; each = each.getParent()) {
      Path parent = each.getParent();
      if (parent == null || off.contains(Mechanism.DIRECTORY_FSYNC)) {
        break;
      }
      fsyncAncestor(parent, missing.contains(each));
    }
  }

  private void fsyncAncestor(Path parent, boolean created) throws IOException {
    try {
      files.fsyncDirectory(parent);
    } catch (IOException e) {
      if (created) {
        throw e;
      }
      log.debug("Cannot fsync {}, in which nothing was created", parent, e);
    }
  }

  /** Reads the disk again after it failed; returns damage that was not reported before. */
  List<Damage> reopen() throws IOException {
    synchronized (cursorLock) {
      writer.seal();
      writer.cutAgain();
      Recovery.Found found = scan();
      ledger.load(found, false);
      List<Damage> fresh =
          found.damage().stream().filter(damage -> !reported.contains(damage)).toList();
      reported.addAll(fresh);
      return fresh;
    }
  }

  /** See {@link SegmentWriter#write}. */
  int write(List<Pending> batch, int from) throws IOException {
    return writer.write(batch, from);
  }

  /** Writes something and removes it again. */
  void probe() throws IOException {
    Path file = settings.directory().resolve("probe");
    try (FileSystemPort.AppendFile room = files.create(file)) {
      room.write(ByteBuffer.allocate(PROBE_BYTES));
      room.force();
    } finally {
      files.delete(file);
    }
  }

  /** Gives up whole segments, oldest first, until so many bytes fit under the cap. */
  List<SpoolListener.Shed> makeRoom(long bytes) throws IOException {
    List<SpoolListener.Shed> given = new ArrayList<>();
    Segment oldest = ledger.oldest();
    while (oldest != null && ledger.bytes() + bytes > settings.maxBytes()) {
      if (!oldest.sealed()) {
        writer.seal();
      }
      synchronized (cursorLock) {
        long from = Math.max(ledger.committed() + 1, oldest.name().first());
        if (oldest.last() > durableCursor) {
          writeCursor(Math.max(oldest.last(), ledger.committed()));
        }
        long records = ledger.shed(oldest);
        Segment.Times times = oldest.times();
        if (records > 0 && times != null) {
          given.add(
              new SpoolListener.Shed(records, from, oldest.last(), times.first(), times.last()));
        }
        unlinkFinished();
      }
      oldest = ledger.oldest();
    }
    return given;
  }

  /** Makes durable what is committed, then unlinks what lies before it. */
  void advanceCursor() throws IOException {
    synchronized (cursorLock) {
      boolean unlinkFirst = off.contains(Mechanism.CURSOR_BEFORE_UNLINK);
      long committed = ledger.committed();
      if (unlinkFirst) {
        durableCursor = committed;
        unlinkFinished();
        writeCursor(committed);
      }
      if (committed > durableCursor) {
        writeCursor(committed);
      }
      unlinkFinished();
    }
  }

  boolean cursorIsBehind() {
    synchronized (cursorLock) {
      return ledger.committed() > Math.max(0, durableCursor);
    }
  }

  private void writeCursor(long committed) throws IOException {
    try {
      cursorFile.write(committed);
    } catch (NoSpaceException e) {
      if (!reserve.giveUp()) {
        throw e;
      }
      cursorFile.write(committed);
    }
    durableCursor = committed;
  }

  private void unlinkFinished() throws IOException {
    unlinking.addAll(ledger.removeThrough(durableCursor));
    if (unlinking.isEmpty()) {
      return;
    }
    for (Segment segment : List.copyOf(unlinking)) {
      files.delete(segment.path());
      unlinking.remove(segment);
    }
    if (!off.contains(Mechanism.DIRECTORY_FSYNC)) {
      files.fsyncDirectory(settings.directory());
    }
    reserve.take();
  }

  void close() {
    writer.seal();
    try {
      writer.cutAgain();
      advanceCursor();
    } catch (IOException e) {
      log.warn("Cannot leave {} tidy; some records may be sent again", settings.name(), e);
    }
    try {
      if (lock != null) {
        lock.close();
      }
    } catch (IOException e) {
      log.warn("Cannot release the lock of {}", settings.directory(), e);
    }
  }
}
