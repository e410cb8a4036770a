package io.tallyman.agent.spool;

import io.tallyman.agent.spool.AppendOutcome.Accepted;
import io.tallyman.agent.spool.AppendOutcome.Refusal;
import io.tallyman.agent.spool.AppendOutcome.Refused;
import io.tallyman.agent.spool.SpoolSettings.WhenFull;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records on disk, in the order in which they were appended, until they are committed.
 *
 * <p>What was accepted is fsynced: it survives the crash of the process and of the machine, and is
 * read back in order until it is committed or, if the settings say so, shed. Damaged records are
 * passed over and reported. After an fsync failed nothing is accepted until the spool has read its
 * directory again; on a full disk records are refused until there is room.
 *
 * <p>Appending is safe from any thread and never waits for the disk. A directory has one owner.
 */
public final class Spool implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Spool.class);

  private final SpoolSettings settings;
  private final SpoolListener listener;
  private final FileSystemPort files;
  private final Set<Mechanism> off;
  private final LongSupplier nanoTime;
  private final Ledger ledger = new Ledger();
  private final SegmentStore store;
  private final Object writing = new Object();

  // Guarded by the ledger.
  private List<Pending> pending = new ArrayList<>();
  private @Nullable Refusal trouble;
  private long retryAtNanos;
  private boolean closed;

  private volatile long cursorDueNanos;
  private @Nullable RecoveryReport recovery;
  private @Nullable GroupCommit groupCommit;

  private Spool(
      SpoolSettings settings,
      SpoolListener listener,
      FileSystemPort files,
      Set<Mechanism> off,
      LongSupplier nanoTime,
      RandomGenerator salts) {
    this.settings = settings;
    this.listener = listener;
    this.files = files;
    this.off = off;
    this.nanoTime = nanoTime;
    this.store = new SegmentStore(files, settings, off, ledger, salts);
  }

  /**
   * Opens a spool, creating its directory if need be, and starts its thread.
   *
   * @throws SpoolInUseException when it has an owner
   * @throws IOException when the disk fails or was written by a newer agent
   */
  public static Spool open(SpoolSettings settings, SpoolListener listener) throws IOException {
    Spool spool =
        openManual(
            settings,
            listener,
            new NioFileSystem(),
            Set.of(),
            System::nanoTime,
            new SecureRandom());
    spool.groupCommit = GroupCommit.start(spool, settings.name(), settings.commitInterval());
    return spool;
  }

  /** Opens a spool that commits only when {@link #commitPending} is called. */
  static Spool openManual(
      SpoolSettings settings,
      SpoolListener listener,
      FileSystemPort files,
      Set<Mechanism> off,
      LongSupplier nanoTime,
      RandomGenerator salts)
      throws IOException {
    Spool spool = new Spool(settings, listener, files, off, nanoTime, salts);
    spool.recovery = spool.store.open();
    return spool;
  }

  /** What was found at open. */
  public RecoveryReport recovery() {
    if (recovery == null) {
      throw new IllegalStateException("not open");
    }
    return recovery;
  }

  /**
   * Hands over a record. The future completes once it is decided, never exceptionally; what hangs
   * on it runs on the spool's thread and must not block.
   *
   * <p>Refusals for {@link Refusal#BACKLOG} are not counted: the same record is expected again.
   */
  public CompletableFuture<AppendOutcome> append(SpoolRecord record) {
    return append(record, settings.reservedBytes());
  }

  /** As {@link #append}, but may use the reserved part of the cap. */
  public CompletableFuture<AppendOutcome> appendReserved(SpoolRecord record) {
    return append(record, 0);
  }

  private CompletableFuture<AppendOutcome> append(SpoolRecord record, long withheldBytes) {
    byte[] body = FrameCodec.body(record);
    if (body == null || body.length > settings.maxFrameBytes() - FrameCodec.OVERHEAD_BYTES) {
      return refused(
          new Refused(
              Refusal.TOO_LARGE,
              "more than the " + settings.maxFrameBytes() + " bytes of a frame"));
    }
    Pending next = new Pending(body);
    synchronized (ledger) {
      Refused refused = refusal(next.frameBytes(), withheldBytes);
      if (refused != null) {
        return refused(refused);
      }
      ledger.offered();
      pending.add(next);
      ledger.queued(next.frameBytes());
      return next.outcome();
    }
  }

  private CompletableFuture<AppendOutcome> refused(Refused refused) {
    if (refused.refusal() != Refusal.BACKLOG) {
      ledger.offeredAndRefused();
    }
    return CompletableFuture.completedFuture(refused);
  }

  private @Nullable Refused refusal(int frameBytes, long withheldBytes) {
    if (closed) {
      return new Refused(Refusal.CLOSED, "the spool is closed");
    }
    if (trouble == Refusal.FAILED
        || (trouble == Refusal.NO_SPACE && nanoTime.getAsLong() < retryAtNanos)) {
      return new Refused(trouble, "the disk of " + settings.directory() + " refuses");
    }
    if (settings.whenFull() == WhenFull.REFUSE && freeBytes() - withheldBytes < frameBytes) {
      return new Refused(Refusal.FULL, "at the cap of " + settings.maxBytes() + " bytes");
    }
    if (ledger.queuedBytes() + frameBytes > settings.maxPendingBytes()) {
      return new Refused(Refusal.BACKLOG, ledger.queuedBytes() + " bytes wait for the disk");
    }
    return null;
  }

  private long freeBytes() {
    return settings.maxBytes() - ledger.bytes() - ledger.queuedBytes();
  }

  /** A reader that begins after the last committed record. */
  public SpoolReader reader() {
    return new SpoolReader(
        this, files, ledger, !off.contains(Mechanism.CHECKSUM), !off.contains(Mechanism.RESYNC));
  }

  /** All counts at one moment. */
  public SpoolSnapshot snapshot() {
    synchronized (ledger) {
      return ledger.snapshot(state());
    }
  }

  private SpoolSnapshot.State state() {
    if (closed) {
      return SpoolSnapshot.State.CLOSED;
    }
    if (trouble != null) {
      return trouble == Refusal.FAILED ? SpoolSnapshot.State.FAILED : SpoolSnapshot.State.NO_SPACE;
    }
    boolean full =
        settings.whenFull() == WhenFull.REFUSE
            && freeBytes() - settings.reservedBytes() < settings.maxFrameBytes();
    return full ? SpoolSnapshot.State.FULL : SpoolSnapshot.State.ACCEPTING;
  }

  /** Makes durable what waits, opens anew after a failure, and keeps the cursor from lagging. */
  void commitPending() {
    synchronized (writing) {
      List<Pending> batch;
      synchronized (ledger) {
        batch = pending;
        pending = new ArrayList<>();
      }
      if (reopened() && !batch.isEmpty()) {
        write(batch);
      } else {
        refuse(batch, 0, Refusal.FAILED, "the disk failed");
      }
      if (store.cursorIsBehind() && nanoTime.getAsLong() >= cursorDueNanos) {
        advanceCursor();
      }
    }
  }

  private void write(List<Pending> batch) {
    int done = 0;
    try {
      if (settings.whenFull() == WhenFull.SHED_OLDEST) {
        long bytes = batch.stream().mapToLong(Pending::frameBytes).sum();
        store.makeRoom(bytes).forEach(shed -> told(() -> listener.shed(shed)));
      }
      while (done < batch.size()) {
        long first = ledger.last() + 1;
        int to = store.write(batch, done);
        for (int i = done; i < to; i++) {
          batch.get(i).outcome().complete(new Accepted(first + i - done));
        }
        done = to;
      }
      trouble(null);
    } catch (NoSpaceException e) {
      log.warn("No room on the disk for the spool {}", settings.directory());
      trouble(Refusal.NO_SPACE);
      refuse(batch, done, Refusal.NO_SPACE, String.valueOf(e.getMessage()));
    } catch (IOException e) {
      log.error("The disk of the spool {} failed", settings.directory(), e);
      trouble(Refusal.FAILED);
      refuse(batch, done, Refusal.FAILED, String.valueOf(e.getMessage()));
    }
  }

  private static void told(Runnable call) {
    try {
      call.run();
    } catch (RuntimeException e) {
      log.error("A listener of the spool failed", e);
    }
  }

  private void refuse(List<Pending> batch, int from, Refusal refusal, String detail) {
    for (Pending each : batch.subList(from, batch.size())) {
      ledger.refusedQueued(each.frameBytes());
      each.outcome().complete(new Refused(refusal, detail));
    }
  }

  private void trouble(@Nullable Refusal refusal) {
    synchronized (ledger) {
      trouble = refusal;
      retryAtNanos = nanoTime.getAsLong() + settings.retryPause().toNanos();
    }
  }

  /** True when the disk can be tried. */
  private boolean reopened() {
    synchronized (ledger) {
      if (trouble != Refusal.FAILED) {
        return true;
      }
      if (nanoTime.getAsLong() < retryAtNanos) {
        return false;
      }
    }
    try {
      store.reopen().forEach(damage -> told(() -> listener.damaged(damage)));
      log.info("The spool {} was read again from disk", settings.directory());
      trouble(null);
      return true;
    } catch (IOException e) {
      log.warn("The spool {} cannot be read again yet", settings.directory(), e);
      trouble(Refusal.FAILED);
      return false;
    }
  }

  /** Called by a reader after the cursor moved in memory. */
  void committed() {
    if (ledger.hasFinished() || nanoTime.getAsLong() >= cursorDueNanos) {
      advanceCursor();
    }
  }

  private void advanceCursor() {
    try {
      store.advanceCursor();
      cursorDueNanos = nanoTime.getAsLong() + settings.cursorInterval().toNanos();
    } catch (IOException e) {
      log.warn("Cannot write the cursor of the spool {}; trying again", settings.directory(), e);
      cursorDueNanos = nanoTime.getAsLong() + settings.retryPause().toNanos();
    }
  }

  /** Waits until something is to be done, or for so long. Notified by the ledger. */
  boolean awaitPending(long timeoutMillis) throws InterruptedException {
    synchronized (ledger) {
      if (pending.isEmpty() && !closed) {
        ledger.wait(timeoutMillis);
      }
      return !pending.isEmpty();
    }
  }

  /** Lets more come in until a time, or until the spool is closed. */
  void awaitClosed(long untilNanos) throws InterruptedException {
    synchronized (ledger) {
      long left = untilNanos - System.nanoTime();
      while (left > 0 && !closed) {
        ledger.wait(left / 1_000_000, (int) (left % 1_000_000));
        left = untilNanos - System.nanoTime();
      }
    }
  }

  boolean isClosed() {
    synchronized (ledger) {
      return closed;
    }
  }

  /** Decides what waits, writes the cursor and gives up the directory. */
  @Override
  public void close() {
    synchronized (ledger) {
      if (closed) {
        return;
      }
      closed = true;
      ledger.notifyAll();
    }
    if (groupCommit != null && !groupCommit.join()) {
      log.error("The disk of the spool {} hangs; it stays locked", settings.directory());
      return;
    }
    synchronized (writing) {
      commitPending();
      store.close();
    }
  }
}
