package io.tallyman.agent.events;

import io.tallyman.agent.engine.ContainerDetails;
import io.tallyman.agent.engine.DockerEngine;
import io.tallyman.agent.engine.EngineException;
import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Inspects containers beside the pipeline: each at most once a second, few at a time, and not at
 * all for a while after the engine forbade it. Only for an exit code one inspect may come early;
 * the next then comes that much later. Results come back through the mailbox. All methods are for
 * the pipeline's thread.
 */
final class Inspections {

  /** An inspect of one container follows the one before it at this distance or more. */
  static final Duration SPACING = Duration.ofSeconds(1);

  /** How often a container is inspected when nothing suggests that it has changed. */
  static final Duration ROUTINE_PERIOD = Duration.ofSeconds(50);

  /** Time over which the routine inspects of one round are spread. */
  static final Duration ROUTINE_SPREAD = Duration.ofSeconds(20);

  /** How long an inspect that nobody waits for may take. */
  static final Duration TIMEOUT = Duration.ofSeconds(10);

  /** How long the pipeline waits for an exit code that the event does not prove. */
  static final Duration EXIT_CODE_TIMEOUT = Duration.ofMillis(500);

  /** How long no inspect is tried after one was forbidden. */
  static final Duration FORBIDDEN_PAUSE = Duration.ofSeconds(60);

  /** Inspects that are under way at one time. */
  static final int CONCURRENCY = 4;

  private record Due(long atNanos, Track track) {}

  private final DockerEngine engine;
  private final Mailbox mailbox;
  private final Executor executor;
  private final LongSupplier nanoTime;
  private final EventFigures figures;
  private final long spacingNanos;
  private final Semaphore slots = new Semaphore(CONCURRENCY);
  private final Queue<Due> due = new PriorityQueue<>(Comparator.comparingLong(Due::atNanos));
  private boolean forbidden;
  private long forbiddenUntilNanos;

  /**
   * @param executor runs each inspect on a thread where it may wait
   * @param nanoTime a clock that never steps, nanoseconds
   */
  Inspections(
      DockerEngine engine,
      Mailbox mailbox,
      Executor executor,
      LongSupplier nanoTime,
      Set<Mechanism> off,
      EventFigures figures) {
    this.engine = engine;
    this.mailbox = mailbox;
    this.executor = executor;
    this.nanoTime = nanoTime;
    this.figures = figures;
    this.spacingNanos = off.contains(Mechanism.INSPECT_SPACING) ? 0 : SPACING.toNanos();
  }

  /**
   * Asks for an inspect, at once or as soon as the container's turn comes.
   *
   * @return false when none begins now, so that what is known is all there is for the moment
   */
  boolean request(Track track) {
    long now = nanoTime.getAsLong();
    if (isForbidden(now)) {
      return false;
    }
    if (track.inspecting) {
      track.inspectAgain = true;
      return false;
    }
    if (track.nextInspectNanos > now) {
      if (!track.inspectDue) {
        track.inspectDue = true;
        due.add(new Due(track.nextInspectNanos, track));
      }
      return false;
    }
    begin(track, now);
    return true;
  }

  /**
   * Has a container inspected in the next {@link #ROUTINE_SPREAD} unless it was of late, so that a
   * host with many containers is not asked for all of them at once, nor at each of its rounds.
   */
  void routine(Track track) {
    long now = nanoTime.getAsLong();
    if (isForbidden(now)
        || track.inspecting
        || track.inspectDue
        || (track.nextInspectNanos != Long.MIN_VALUE
            && now - track.nextInspectNanos < ROUTINE_PERIOD.toNanos())) {
      return;
    }
    track.inspectDue = true;
    long delay = Math.floorMod(track.containerId.hashCode(), ROUTINE_SPREAD.toMillis());
    due.add(new Due(now + delay * 1_000_000L, track));
  }

  /** Begins the inspects whose turn has come. */
  void beginDue() {
    long now = nanoTime.getAsLong();
    Due next = due.peek();
    while (next != null && next.atNanos() <= now) {
      due.remove();
      if (next.track().inspectDue) {
        next.track().inspectDue = false;
        request(next.track());
      }
      next = due.peek();
    }
  }

  /** Takes note that the inspect of a container came back. */
  void ended(Track track, @Nullable EngineException failure) {
    track.inspecting = false;
    // It may have waited for a slot.
    track.nextInspectNanos = Math.max(track.nextInspectNanos, nanoTime.getAsLong() + spacingNanos);
    if (failure instanceof EngineException.Forbidden) {
      forbidden = true;
      forbiddenUntilNanos = nanoTime.getAsLong() + FORBIDDEN_PAUSE.toNanos();
    } else {
      forbidden = false;
    }
    if (failure != null) {
      figures.inspectsFailed.increment();
    }
    if (track.inspectAgain) {
      track.inspectAgain = false;
      request(track);
    }
  }

  /**
   * Inspects now, for an exit code that is soon forgotten; the caller waits {@link
   * #EXIT_CODE_TIMEOUT} at most.
   *
   * @return null when there was no answer in time, or one inspect came early already
   */
  @Nullable ContainerDetails nowForExitCode(Track track) {
    long now = nanoTime.getAsLong();
    if (isForbidden(now) || track.nextInspectNanos > now + spacingNanos) {
      return null;
    }
    track.nextInspectNanos = Math.max(track.nextInspectNanos, now) + spacingNanos;
    figures.inspects.increment();
    try {
      return engine.inspect(track.containerId, EXIT_CODE_TIMEOUT);
    } catch (EngineException e) {
      figures.inspectsFailed.increment();
      return null;
    }
  }

  private boolean isForbidden(long now) {
    return forbidden && forbiddenUntilNanos > now;
  }

  private void begin(Track track, long now) {
    track.inspecting = true;
    track.inspectDue = false;
    track.nextInspectNanos = now + spacingNanos;
    figures.inspects.increment();
    long revision = track.revision;
    String containerId = track.containerId;
    executor.execute(() -> inspect(containerId, revision));
  }

  private void inspect(String containerId, long revision) {
    try {
      slots.acquire();
      try {
        mailbox.put(outcome(containerId, revision));
      } finally {
        slots.release();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Message.Inspected outcome(String containerId, long revision) {
    try {
      return new Message.Inspected(
          containerId, revision, engine.inspect(containerId, TIMEOUT), null);
    } catch (EngineException e) {
      return new Message.Inspected(containerId, revision, null, e);
    }
  }
}
