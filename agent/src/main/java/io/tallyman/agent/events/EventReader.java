package io.tallyman.agent.events;

import io.tallyman.agent.engine.DockerEngine;
import io.tallyman.agent.engine.EngineEvent;
import io.tallyman.agent.engine.EngineException;
import io.tallyman.agent.engine.EventQuery;
import io.tallyman.agent.engine.EventStream;
import io.tallyman.v1.Origin;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drains the engine's event stream into the mailbox and does nothing else, because the engine drops
 * events for a listener that is slow. When the mailbox is full it waits: what the engine drops then
 * is noticed by how late the next events are read, and by the audits. Opens the stream again
 * whenever it ends, from a little before the last event on.
 *
 * <p>{@link #run} is for one thread; all else is safe from any.
 */
final class EventReader implements Runnable {

  static final Duration FIRST_PAUSE = Duration.ofMillis(200);
  static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

  private static final Logger log = LoggerFactory.getLogger(EventReader.class);

  private final DockerEngine engine;
  private final Mailbox mailbox;
  private final Clock clock;
  private final Backoff backoff;
  private final EventFigures figures;
  private final LongSupplier since;
  private final Listener listener;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Object streamLock = new Object();
  private @Nullable EventStream stream;
  private int failures;
  private volatile @Nullable Instant connectedSince;
  private volatile @Nullable String lastError;

  /** Is told what the reader notices, on its thread; returns at once. */
  interface Listener {
    void opened(Instant at);

    /** Since that moment the engine may have dropped events for this listener. */
    void late(long sinceNanos);
  }

  /**
   * @param since from where on the next stream has to begin
   */
  EventReader(
      DockerEngine engine,
      Mailbox mailbox,
      Clock clock,
      Backoff backoff,
      EventFigures figures,
      LongSupplier since,
      Listener listener) {
    this.engine = engine;
    this.mailbox = mailbox;
    this.clock = clock;
    this.backoff = backoff;
    this.figures = figures;
    this.since = since;
    this.listener = listener;
  }

  @Override
  public void run() {
    try {
      while (closed.getCount() > 0) {
        readOneSafely();
        if (closed.await(backoff.next().toMillis(), TimeUnit.MILLISECONDS)) {
          return;
        }
        figures.reconnects.increment();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A fault of this program must not make the agent deaf. */
  @SuppressWarnings("CatchAndPrintStackTrace")
  private void readOneSafely() throws InterruptedException {
    try {
      readOne();
    } catch (RuntimeException e) {
      lastError = e.toString();
      log.error("The event stream could not be read, it will be opened again", e);
    }
  }

  private void readOne() throws InterruptedException {
    Instant openedAt = clock.instant();
    boolean wasOpen = false;
    try (EventStream opened = engine.events(EventQuery.lifecycleSince(since.getAsLong()))) {
      synchronized (streamLock) {
        if (closed.getCount() == 0) {
          return;
        }
        stream = opened;
      }
      wasOpen = true;
      if (lastError != null) {
        log.info("The engine's event stream is open again");
      }
      lastError = null;
      connectedSince = openedAt;
      mailbox.put(new Message.StreamOpened(openedAt, failures));
      failures = 0;
      listener.opened(openedAt);
      drain(opened, Nanos.of(openedAt));
    } catch (EngineException e) {
      failed(e);
    } finally {
      synchronized (streamLock) {
        stream = null;
      }
      connectedSince = null;
      if (Duration.between(openedAt, clock.instant()).compareTo(LONGEST_PAUSE) > 0) {
        backoff.reset();
      }
    }
    if (wasOpen) {
      mailbox.put(new Message.StreamClosed(clock.instant()));
    } else {
      failures++;
    }
  }

  private void drain(EventStream opened, long openedNanos) throws InterruptedException {
    Lateness lateness = new Lateness(Lateness.SLOTS);
    for (EngineEvent event = opened.next(); event != null; event = opened.next()) {
      boolean live = event.timeNanos() >= openedNanos;
      if (live) {
        Long droppedSince = lateness.read(event.timeNanos(), Nanos.of(clock.instant()));
        if (droppedSince != null) {
          listener.late(droppedSince);
        }
      }
      mailbox.put(new Message.Observed(event, live ? Origin.LIVE : Origin.RING));
      backoff.reset();
    }
  }

  private void failed(EngineException e) {
    if (closed.getCount() == 0) {
      return;
    }
    if (lastError == null) {
      log.warn("The engine's event stream broke, it will be opened again: {}", e.getMessage());
    }
    lastError = e.getMessage();
  }

  /** Ends the stream that is open, if one is; another is opened. */
  void reopen() {
    synchronized (streamLock) {
      if (stream != null) {
        stream.close();
      }
    }
  }

  /** Ends the stream for good. */
  void close() {
    closed.countDown();
    synchronized (streamLock) {
      if (stream != null) {
        stream.close();
      }
    }
  }

  /** Since when the stream is open; null when it is not. */
  @Nullable Instant connectedSince() {
    return connectedSince;
  }

  /** Why the last stream broke; null while all is well. */
  @Nullable String lastError() {
    return lastError;
  }
}
