package io.tallyman.agent.events;

import io.tallyman.agent.engine.EngineEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Compares what audits find with what the stream has brought. What the stream has not reached yet
 * is passed over and kept in mind, for it will come in its place. What it has gone past without
 * bringing it, it will never bring: it is deaf, or the engine dropped events for it, and then some
 * may be gone that the engine's memory did not hold any more at that audit.
 *
 * <p>Used by the pipeline's thread alone.
 */
final class StreamCheck {

  /** A stream that brings nothing for so long, though there is something, brings nothing more. */
  static final Duration STREAM_DELAY = Duration.ofSeconds(2);

  /** Events that are waited for: the engine's whole memory, several times. */
  static final int WAITING = 4 * RingView.CAPACITY;

  /** So many are passed over; a stream that lags by more is overtaken, whatever the order. */
  static final int AHEAD = 16 * RingView.CAPACITY;

  private static final long NOTHING_YET = Long.MIN_VALUE;

  private record Hole(long from, RingView view) {}

  private final GapJudge judge;
  private final Set<Mechanism> off;
  private final EventFigures figures;
  private final Set<EngineEvent> ahead = new LinkedHashSet<>();
  private final Map<EngineEvent, Long> waiting = new LinkedHashMap<>();
  private long brought = NOTHING_YET;
  private @Nullable Instant silentSince;
  private @Nullable Hole hole;
  private @Nullable Hole found;
  private long auditedFrom;
  private Instant until = Instant.MIN;
  private @Nullable RingView view;
  private @Nullable EngineEvent firstAhead;
  private boolean overtaking;
  private boolean empty;

  StreamCheck(GapJudge judge, Set<Mechanism> off, EventFigures figures) {
    this.judge = judge;
    this.off = off;
    this.figures = figures;
  }

  /** The stream brought an event. */
  void brought(EngineEvent event) {
    brought = event.timeNanos();
    silentSince = null;
    if (!waiting.isEmpty()) {
      waiting.remove(event);
    }
    if (!ahead.isEmpty()) {
      ahead.remove(event);
    }
  }

  /**
   * An audit begins to tell what it found.
   *
   * @param from until where the one before it had read
   * @return what it found, and before that what others found and passed over that is gone now
   */
  List<EngineEvent> begin(long from, Message.Audited audit) {
    auditedFrom = from;
    until = audit.until();
    view = audit.view();
    empty = audit.ring().isEmpty();
    firstAhead = null;
    overtaking =
        ahead.size() >= AHEAD
            || (!ahead.isEmpty()
                && silentSince != null
                && !until.isBefore(silentSince.plus(STREAM_DELAY)));
    found = ahead.isEmpty() ? null : found;
    if (view != null) {
      found = new Hole(found == null ? from : found.from(), view);
    }
    return withAhead(audit.ring());
  }

  private List<EngineEvent> withAhead(List<EngineEvent> ring) {
    if (ahead.isEmpty()) {
      return ring;
    }
    Set<EngineEvent> held = new HashSet<>(ring);
    List<EngineEvent> all = new ArrayList<>(ahead);
    all.removeIf(held::contains);
    all.addAll(ring);
    ahead.clear();
    return all;
  }

  /** True when the stream may still bring an event that the audit found, so it is left to it. */
  boolean passesOver(EngineEvent event) {
    if (overtaking || event.timeNanos() <= brought || off.contains(Mechanism.STREAM_FIRST)) {
      return false;
    }
    ahead.add(event);
    if (firstAhead == null) {
      firstAhead = event;
    }
    if (silentSince == null) {
      silentSince = until;
    }
    return true;
  }

  /** The audit brought an event of the stream's time that the stream had not brought. */
  void foundFirst(EngineEvent event) {
    if (waiting.size() < WAITING) {
      waiting.put(event, event.timeNanos());
    }
    if (hole == null) {
      hole = found;
    }
  }

  /** Until when nothing that the audit found was passed over, nor may have been missed by it. */
  long readUntil() {
    if (firstAhead == null) {
      return Nanos.of(until);
    }
    return view == null || view.oldestNanos() <= brought
        ? firstAhead.timeNanos() - 1
        : Math.max(auditedFrom, brought);
  }

  /**
   * Until when everything is known: an audit that found nothing in a memory that did not reach back
   * to the one before it shows neither that nothing happened nor that the stream is alive.
   */
  long provenUntil() {
    return view != null && empty ? Math.max(auditedFrom, brought) : readUntil();
  }

  /** True when what was passed over is so old that the stream lags, or is deaf. */
  boolean isBehind() {
    return firstAhead != null
        && Nanos.toInstant(firstAhead.timeNanos()).isBefore(until.minus(STREAM_DELAY));
  }

  /** True when an event from long enough before that moment was not brought: it never will be. */
  boolean hasMissed(long readUntil) {
    long latest = readUntil - STREAM_DELAY.toNanos();
    int waited = waiting.size();
    waiting.values().removeIf(time -> time < latest);
    int missed = waited - waiting.size();
    figures.missedByStream.add(missed);
    if (missed > 0) {
      tell();
    }
    if (waiting.isEmpty()) {
      hole = null;
    }
    return missed > 0 && !off.contains(Mechanism.DEAFNESS);
  }

  /** The stream ends: what was passed over is no longer waited for. */
  List<EngineEvent> giveUpWaiting() {
    List<EngineEvent> left = List.copyOf(ahead);
    ahead.clear();
    return left;
  }

  /** What was waited for does not come any more. */
  void streamEnded() {
    if (!waiting.isEmpty()) {
      tell();
    }
    waiting.clear();
    hole = null;
    brought = NOTHING_YET;
    silentSince = null;
  }

  private void tell() {
    if (hole != null && !off.contains(Mechanism.RING_JUDGEMENT)) {
      judge.dropped(hole.from(), hole.view());
    }
    hole = null;
  }
}
