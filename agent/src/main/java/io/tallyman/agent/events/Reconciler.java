package io.tallyman.agent.events;

import io.tallyman.agent.engine.ContainerSummary;
import io.tallyman.agent.engine.DockerEngine;
import io.tallyman.agent.engine.EngineEvent;
import io.tallyman.agent.engine.EngineException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the engine for what the stream may not have told; the pipeline compares.
 *
 * <p>An audit reads the engine's memory of events. A round lists the containers and then audits: on
 * every connect, once a period and when the pipeline asks for it.
 *
 * <p>{@link #run} is for one thread; all else is safe from any.
 */
final class Reconciler implements Runnable {

  /** How long the first round waits for the event stream, so that it comes after it. */
  static final Duration FIRST_WAIT = Duration.ofSeconds(1);

  /** From a list that failed to the next. */
  static final Duration RETRY = Duration.ofSeconds(5);

  private static final Logger log = LoggerFactory.getLogger(Reconciler.class);

  private final DockerEngine engine;
  private final Mailbox mailbox;
  private final RingReader ring;
  private final EventCursor cursor;
  private final Clock clock;
  private final Pace pace;
  private final Set<Mechanism> off;
  private final EventFigures figures;
  private final Runnable onFailure;
  private final Object lock = new Object();
  private long nextRoundNanos;
  private long nextAuditNanos;
  private @Nullable Long doubtedFrom;
  private boolean closed;

  /**
   * @param cursor from where on the engine's memory is to be read
   * @param onFailure told when the list could not be had; returns at once
   */
  Reconciler(
      DockerEngine engine,
      Mailbox mailbox,
      RingReader ring,
      EventCursor cursor,
      Clock clock,
      Pace pace,
      Set<Mechanism> off,
      EventFigures figures,
      Runnable onFailure) {
    this.engine = engine;
    this.mailbox = mailbox;
    this.ring = ring;
    this.cursor = cursor;
    this.clock = clock;
    this.pace = pace;
    this.off = off;
    this.figures = figures;
    this.onFailure = onFailure;
    this.nextRoundNanos = System.nanoTime() + FIRST_WAIT.toNanos();
    this.nextAuditNanos = nextRoundNanos + pace.audit().toNanos();
  }

  @Override
  public void run() {
    try {
      while (awaitTurn()) {
        turnSafely();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A fault of this program must not end the rounds. */
  @SuppressWarnings("CatchAndPrintStackTrace")
  private void turnSafely() throws InterruptedException {
    try {
      if (isRoundDue()) {
        round();
      } else {
        audit();
      }
    } catch (RejectedExecutionException e) {
      log.debug("The agent stops", e);
    } catch (RuntimeException e) {
      figures.roundsFailed.increment();
      log.error("The containers could not be compared with the engine's list", e);
    }
  }

  /** Wants a round after a pause, or earlier if one is due earlier. */
  void request(Duration pause) {
    synchronized (lock) {
      long wanted = System.nanoTime() + pause.toNanos();
      if (wanted - nextRoundNanos < 0) {
        nextRoundNanos = wanted;
        lock.notifyAll();
      }
    }
  }

  /** Wants an audit after a pause, or earlier if one is due earlier. */
  void requestAudit(Duration pause) {
    synchronized (lock) {
      long wanted = System.nanoTime() + pause.toNanos();
      if (wanted - nextAuditNanos < 0) {
        nextAuditNanos = wanted;
        lock.notifyAll();
      }
    }
  }

  /** Since that moment the engine may have dropped events: wants an audit that settles it. */
  void doubt(long fromNanos) {
    if (off.contains(Mechanism.LATENESS)) {
      return;
    }
    synchronized (lock) {
      doubtedFrom = doubtedFrom == null ? fromNanos : Math.min(doubtedFrom, fromNanos);
      nextAuditNanos = System.nanoTime();
      lock.notifyAll();
    }
  }

  void close() {
    synchronized (lock) {
      closed = true;
      lock.notifyAll();
    }
  }

  private boolean awaitTurn() throws InterruptedException {
    synchronized (lock) {
      for (long left = left(); left > 0 && !closed; left = left()) {
        TimeUnit.NANOSECONDS.timedWait(lock, left);
      }
      return !closed;
    }
  }

  private long left() {
    long now = System.nanoTime();
    return Math.min(nextRoundNanos - now, nextAuditNanos - now);
  }

  private boolean isRoundDue() {
    synchronized (lock) {
      long now = System.nanoTime();
      nextAuditNanos = now + pace.audit().toNanos();
      if (now - nextRoundNanos < 0) {
        return false;
      }
      nextRoundNanos = now + pace.round().toNanos();
      return true;
    }
  }

  /** One list and one read of the engine's memory. */
  void round() throws InterruptedException {
    Instant from = clock.instant();
    List<ContainerSummary> rows;
    try {
      rows = engine.list();
    } catch (EngineException e) {
      log.debug("Cannot list the containers", e);
      figures.roundsFailed.increment();
      mailbox.put(new Message.ListFailed());
      request(RETRY);
      if (e instanceof EngineException.Unreachable) {
        onFailure.run();
      }
      return;
    }
    mailbox.put(new Message.Snapshot(from, rows, readRing()));
    settleDoubt();
  }

  /** One read of the engine's memory. */
  void audit() throws InterruptedException {
    if (off.contains(Mechanism.AUDIT)) {
      return;
    }
    Message.Audited audited = readRing();
    if (audited != null) {
      mailbox.put(audited);
    }
    settleDoubt();
  }

  private Message.@Nullable Audited readRing() throws InterruptedException {
    Instant until = clock.instant();
    long from = cursor.audited();
    List<EngineEvent> events = ring.lifecycle(cursor.since(), until);
    if (events == null) {
      figures.roundsFailed.increment();
      return null;
    }
    // One event from before the last audit proves that the memory reaches back to it.
    if (events.stream().anyMatch(e -> e.timeNanos() <= from)) {
      return new Message.Audited(events, until, null);
    }
    RingView view = ring.view(until);
    if (view == null) {
      figures.roundsFailed.increment();
      return null;
    }
    boolean proven = view.since(from, null) != RingView.Verdict.OVERFLOWED;
    return new Message.Audited(events, until, proven ? null : view);
  }

  private void settleDoubt() throws InterruptedException {
    Long from;
    synchronized (lock) {
      from = doubtedFrom;
      doubtedFrom = null;
    }
    if (from == null) {
      return;
    }
    RingView view = ring.view(clock.instant());
    if (view != null) {
      mailbox.put(new Message.Doubted(from, view));
    } else {
      synchronized (lock) {
        doubtedFrom = doubtedFrom == null ? from : Math.min(doubtedFrom, from);
      }
    }
  }
}
