package io.tallyman.agent.spool;

import io.tallyman.agent.spool.AppendOutcome.Accepted;
import io.tallyman.agent.spool.AppendOutcome.Refusal;
import io.tallyman.agent.spool.AppendOutcome.Refused;
import io.tallyman.agent.spool.SpoolSettings.WhenFull;
import java.io.IOException;
import java.security.SecureRandom;
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
  private final Intake intake;
  private final SegmentStore store;
  private final Object writing = new Object();

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
    this.intake = new Intake(settings, ledger, nanoTime);
    this.store = new SegmentStore(files, settings, off, ledger, salts);
  }

  /**
   * Opens a spool, creating its directory if need be, and starts its thread.
   *
   * @throws SpoolInUseException when it has an owner
   * @throws IOException when the disk fails or was written by a newer agent
   */
  public static Spool open(SpoolSettings settings, SpoolListener listener) throws IOException {
    return open(settings, listener, new NioFileSystem());
  }

  static Spool open(SpoolSettings settings, SpoolListener listener, FileSystemPort files)
      throws IOException {
    Spool spool =
        openManual(settings, listener, files, Set.of(), System::nanoTime, new SecureRandom());
    spool.groupCommit =
        GroupCommit.start(spool, spool.intake, settings.name(), settings.commitInterval());
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
    return intake.append(
        record, off.contains(Mechanism.GAP_RESERVE) ? 0 : settings.reservedBytes());
  }

  /** As {@link #append}, but may use the reserved part of the cap, and never has to come again. */
  public CompletableFuture<AppendOutcome> appendReserved(SpoolRecord record) {
    return intake.append(record, 0);
  }

  /** Counts a record that its owner gave up, as one that was refused. */
  public void countRefused() {
    ledger.offeredAndRefused();
  }

  /** True when nothing waits for the disk and everything on it is committed. */
  public boolean isEmpty() {
    return ledger.isEmpty();
  }

  /** A reader that begins after the last committed record. */
  public SpoolReader reader() {
    return new SpoolReader(
        this, files, ledger, !off.contains(Mechanism.CHECKSUM), !off.contains(Mechanism.RESYNC));
  }

  /** All counts at one moment. */
  public SpoolSnapshot snapshot() {
    return intake.snapshot();
  }

  /** Makes durable what waits, opens anew after a failure, and keeps the cursor from lagging. */
  void commitPending() {
    synchronized (writing) {
      List<Pending> batch = intake.take();
      if (reopened() && !batch.isEmpty()) {
        write(batch);
      } else {
        refuse(batch, 0, Refusal.FAILED, "the disk failed");
        lookForSpace();
      }
      if ((store.cursorIsBehind() || ledger.hasFinished())
          && nanoTime.getAsLong() >= cursorDueNanos) {
        advanceCursor();
      }
    }
    told(() -> listener.round(intake.currentState()));
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
      intake.trouble(null);
    } catch (NoSpaceException e) {
      log.warn("No room on the disk for the spool {}", settings.directory());
      intake.trouble(Refusal.NO_SPACE);
      refuse(batch, done, Refusal.NO_SPACE, String.valueOf(e.getMessage()));
    } catch (IOException e) {
      log.error("The disk of the spool {} failed", settings.directory(), e);
      intake.trouble(Refusal.FAILED);
      refuse(batch, done, Refusal.FAILED, String.valueOf(e.getMessage()));
    }
  }

  /** So that who was refused learns of room even if nobody offers anything meanwhile. */
  private void lookForSpace() {
    if (!intake.hasNoSpace() || !intake.mayRetry()) {
      return;
    }
    try {
      store.probe();
      intake.trouble(null);
    } catch (IOException e) {
      log.debug("Still no room for the spool {}", settings.directory(), e);
      intake.trouble(Refusal.NO_SPACE);
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

  /** True when the disk can be tried. */
  private boolean reopened() {
    if (!intake.hasFailed()) {
      return true;
    }
    if (!intake.mayRetry()) {
      return false;
    }
    try {
      store.reopen().forEach(damage -> told(() -> listener.damaged(damage)));
      log.info("The spool {} was read again from disk", settings.directory());
      intake.trouble(null);
      return true;
    } catch (IOException e) {
      log.warn("The spool {} cannot be read again yet", settings.directory(), e);
      intake.trouble(Refusal.FAILED);
      return false;
    }
  }

  /** Called by a reader after the cursor moved in memory; the spool's thread writes it if any. */
  void committed() {
    if (groupCommit == null && (ledger.hasFinished() || nanoTime.getAsLong() >= cursorDueNanos)) {
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

  /** Decides what waits, writes the cursor and gives up the directory. */
  @Override
  public void close() {
    if (!intake.close()) {
      return;
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
