package io.tallyman.agent.events;

import io.tallyman.agent.engine.EngineEvent;
import io.tallyman.v1.Origin;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Takes what the stream brings and what the engine remembers, and compares the one with the other.
 * Used by the pipeline's thread alone.
 */
final class EventIntake {

  /** Events that wait for the first list, so that labels are known when they are mapped. */
  static final int HELD_EVENTS = 5_000;

  private final EventPipeline pipeline;
  private final EventCursor cursor;
  private final Offers offers;
  private final Checkpoints checkpoints;
  private final GapJudge judge;
  private final Rounds rounds;
  private final Set<Mechanism> off;
  private final Queue<Message.Observed> held = new ArrayDeque<>();
  private boolean holding = true;
  private final StreamCheck check;
  private @Nullable Instant streamOpenedAt;
  private @Nullable Instant ringReadUntil;

  EventIntake(
      EventPipeline pipeline,
      EventCursor cursor,
      Offers offers,
      Checkpoints checkpoints,
      GapJudge judge,
      Rounds rounds,
      Set<Mechanism> off,
      EventFigures figures) {
    this.pipeline = pipeline;
    this.cursor = cursor;
    this.offers = offers;
    this.checkpoints = checkpoints;
    this.judge = judge;
    this.rounds = rounds;
    this.off = off;
    this.check = new StreamCheck(judge, off, figures);
  }

  /** Since when the stream is open; null when it is not. */
  @Nullable Instant streamOpenedAt() {
    return streamOpenedAt;
  }

  /** Until when the engine's memory has been read; null when it never was. */
  @Nullable Instant ringReadUntil() {
    return ringReadUntil;
  }

  void opened(Message.StreamOpened message) {
    streamOpenedAt = message.at();
    if (!off.contains(Mechanism.RING_JUDGEMENT)) {
      judge.opened(message);
    }
  }

  /** Nothing is claimed of what the stream did not bring: it may have lagged, or been dead. */
  void closed(Message.StreamClosed message) {
    check.giveUpWaiting().forEach(this::tellFound);
    streamOpenedAt = null;
    check.streamEnded();
    judge.closed(message.at());
  }

  void observed(Message.Observed message) {
    if (holding && held.size() < HELD_EVENTS) {
      held.add(message);
      return;
    }
    release();
    bring(message);
  }

  /** Lets the events go that waited for the first list. */
  void release() {
    holding = false;
    for (Message.Observed next = held.poll(); next != null; next = held.poll()) {
      bring(next);
    }
  }

  private void bring(Message.Observed message) {
    check.brought(message.event());
    take(message.event(), message.origin());
  }

  private void take(EngineEvent event, Origin origin) {
    cursor.received(event.timeNanos());
    pipeline.accept(event, origin);
  }

  /** The engine's memory was read on its own; of no use while the lane refuses what it brings. */
  void polled(Message.Audited message) {
    if (!holding && !cursor.isBehindRefusal()) {
      audited(message);
    }
  }

  /**
   * The engine's memory was read. Without a stream it counts for nothing: it may not reach back to
   * where the last one ended, and the next one will bring it.
   */
  void audited(Message.Audited message) {
    if (streamOpenedAt == null) {
      return;
    }
    if (off.contains(Mechanism.AUDIT)) {
      ringReadUntil = message.until();
      return;
    }
    int refusals = cursor.refusals();
    for (EngineEvent event : check.begin(cursor.audited(), message)) {
      if (pipeline.isSeen(event) || !check.passesOver(event)) {
        tellFound(event);
      }
    }
    long until = check.readUntil();
    ringReadUntil = Nanos.toInstant(until);
    long proven = check.provenUntil();
    cursor.receivedUntil(proven);
    offers.afterwards(() -> cursor.auditedUntil(proven, refusals));
    checkpoints.changed();
    if (check.hasMissed(until)) {
      rounds.reopenStream();
    } else if (check.isBehind()) {
      rounds.auditSoon();
    }
  }

  private void tellFound(EngineEvent event) {
    if (isOfThisStream(event) && !pipeline.isSeen(event)) {
      check.foundFirst(event);
    }
    take(event, Origin.RING);
  }

  private boolean isOfThisStream(EngineEvent event) {
    return streamOpenedAt != null && Nanos.toInstant(event.timeNanos()).isAfter(streamOpenedAt);
  }

  void ringSeen(Message.RingSeen message) {
    if (!off.contains(Mechanism.RING_JUDGEMENT)) {
      judge.seen(message);
    }
  }

  void doubted(Message.Doubted message) {
    if (!off.contains(Mechanism.RING_JUDGEMENT)) {
      judge.dropped(message.fromNanos(), message.view());
    }
  }
}
