package io.tallyman.agent.events;

import io.tallyman.agent.engine.ContainerSummary;
import io.tallyman.agent.engine.DockerEngine;
import io.tallyman.agent.engine.EngineEvent;
import io.tallyman.agent.engine.EngineException;
import io.tallyman.agent.engine.EventQuery;
import io.tallyman.agent.engine.EventStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lists the containers and then reads the engine's memory of events up to that moment, on every
 * connect, every minute and when the pipeline asks for it; the pipeline compares.
 *
 * <p>{@link #run} is for one thread; all else is safe from any.
 */
final class Reconciler implements Runnable {

  static final Duration PERIOD = Duration.ofSeconds(60);

  /** How long the first round waits for the event stream, so that it comes after it. */
  static final Duration FIRST_WAIT = Duration.ofSeconds(1);

  /** From a list that failed to the next. */
  static final Duration RETRY = Duration.ofSeconds(5);

  /** From a suspicion to the round that settles it. */
  static final Duration SOON = Duration.ofSeconds(1);

  /** How long reading the engine's memory may take. */
  static final Duration RING_TIMEOUT = Duration.ofSeconds(10);

  /** The engine keeps 256. */
  static final int RING_LIMIT = 4_096;

  private static final Logger log = LoggerFactory.getLogger(Reconciler.class);

  private final DockerEngine engine;
  private final Mailbox mailbox;
  private final Clock clock;
  private final Executor executor;
  private final EventFigures figures;
  private final Runnable onFailure;
  private final Object lock = new Object();
  private Instant ringFrom;
  private long nextNanos;
  private boolean closed;

  /**
   * @param from the first moment of which events are wanted
   * @param executor runs a read of the engine's memory where it may wait
   * @param onFailure told when the list could not be had; returns at once
   */
  Reconciler(
      DockerEngine engine,
      Mailbox mailbox,
      Instant from,
      Clock clock,
      Executor executor,
      EventFigures figures,
      Runnable onFailure) {
    this.engine = engine;
    this.mailbox = mailbox;
    this.ringFrom = from;
    this.clock = clock;
    this.executor = executor;
    this.figures = figures;
    this.onFailure = onFailure;
    this.nextNanos = System.nanoTime() + FIRST_WAIT.toNanos();
  }

  @Override
  public void run() {
    try {
      while (awaitTurn()) {
        roundSafely();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A fault of this program must not end the rounds. */
  @SuppressWarnings("CatchAndPrintStackTrace")
  private void roundSafely() throws InterruptedException {
    try {
      round();
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
      if (wanted - nextNanos < 0) {
        nextNanos = wanted;
        lock.notifyAll();
      }
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
      nextNanos = System.nanoTime() + PERIOD.toNanos();
      return !closed;
    }
  }

  private long left() {
    return nextNanos - System.nanoTime();
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
    Instant until = clock.instant();
    List<EngineEvent> ring = new ArrayList<>();
    boolean complete = readRing(ringFrom.minus(EventReader.OVERLAP), until, ring);
    if (complete) {
      ringFrom = until;
    }
    mailbox.put(new Message.Snapshot(from, rows, ring, complete ? until : null));
  }

  private boolean readRing(Instant since, Instant until, List<EngineEvent> ring)
      throws InterruptedException {
    EventQuery query = new EventQuery(Nanos.of(since), Nanos.of(until), true);
    try (EventStream stream = engine.events(query)) {
      CompletableFuture<List<EngineEvent>> read =
          CompletableFuture.supplyAsync(() -> drained(stream), executor);
      ring.addAll(read.get(RING_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS));
      return true;
    } catch (EngineException | ExecutionException | TimeoutException e) {
      log.debug("Cannot read the engine's memory of events", e);
      figures.roundsFailed.increment();
      return false;
    }
  }

  private static List<EngineEvent> drained(EventStream stream) {
    List<EngineEvent> events = new ArrayList<>();
    for (EngineEvent event = stream.next();
        event != null && events.size() < RING_LIMIT;
        event = stream.next()) {
      events.add(event);
    }
    return events;
  }
}
