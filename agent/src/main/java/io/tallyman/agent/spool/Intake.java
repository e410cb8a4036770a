package io.tallyman.agent.spool;

import io.tallyman.agent.spool.AppendOutcome.Refusal;
import io.tallyman.agent.spool.AppendOutcome.Refused;
import io.tallyman.agent.spool.SpoolSettings.WhenFull;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Decides which records may wait for the disk, and holds those that do.
 *
 * <p>Safe from any thread and without I/O. The ledger's monitor guards it, so that what waits and
 * what is counted as waiting are the same at any moment.
 */
final class Intake {

  private final SpoolSettings settings;
  private final Ledger ledger;
  private final LongSupplier nanoTime;
  private List<Pending> pending = new ArrayList<>();
  private @Nullable Refusal trouble;
  private long retryAtNanos;
  private boolean closed;

  Intake(SpoolSettings settings, Ledger ledger, LongSupplier nanoTime) {
    this.settings = settings;
    this.ledger = ledger;
    this.nanoTime = nanoTime;
  }

  /** See {@link Spool#append}; so much of the cap is withheld from this record. */
  CompletableFuture<AppendOutcome> append(SpoolRecord record, long withheldBytes) {
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
    if (withheldBytes > 0 && ledger.queuedBytes() + frameBytes > settings.maxPendingBytes()) {
      return new Refused(Refusal.BACKLOG, ledger.queuedBytes() + " bytes wait for the disk");
    }
    return null;
  }

  private long freeBytes() {
    return settings.maxBytes() - ledger.bytes() - ledger.queuedBytes();
  }

  SpoolSnapshot snapshot() {
    synchronized (ledger) {
      return ledger.snapshot(state());
    }
  }

  SpoolSnapshot.State currentState() {
    synchronized (ledger) {
      return state();
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

  /** All that waits; it counts as waiting until it was accepted or refused. */
  List<Pending> take() {
    synchronized (ledger) {
      List<Pending> batch = pending;
      pending = new ArrayList<>();
      return batch;
    }
  }

  /** What the disk does now: {@code NO_SPACE}, {@code FAILED}, or null when it works. */
  void trouble(@Nullable Refusal refusal) {
    synchronized (ledger) {
      trouble = refusal;
      retryAtNanos = nanoTime.getAsLong() + settings.retryPause().toNanos();
    }
  }

  boolean hasFailed() {
    synchronized (ledger) {
      return trouble == Refusal.FAILED;
    }
  }

  boolean hasNoSpace() {
    synchronized (ledger) {
      return trouble == Refusal.NO_SPACE;
    }
  }

  boolean mayRetry() {
    synchronized (ledger) {
      return nanoTime.getAsLong() >= retryAtNanos;
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

  /** Takes no more; false when it was closed before. */
  boolean close() {
    synchronized (ledger) {
      boolean first = !closed;
      closed = true;
      ledger.notifyAll();
      return first;
    }
  }
}
