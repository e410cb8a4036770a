package io.tallyman.agent.events;

import io.tallyman.agent.engine.EngineEvent;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds out whether the stream brings what an audit brought before it. Where it does not, it is
 * deaf, or the engine dropped events for it: some may then be gone that the engine's memory did not
 * hold any more at that audit. Used by the pipeline's thread alone.
 */
final class StreamCheck {

  /** Events that are waited for: the engine's whole memory, several times. */
  static final int WAITING = 4 * RingView.CAPACITY;

  private record Hole(long from, RingView view) {}

  private final GapJudge judge;
  private final boolean silent;
  private final EventFigures figures;
  private final Map<EngineEvent, Long> waiting = new LinkedHashMap<>();
  private @Nullable Hole hole;
  private long auditedFrom;
  private @Nullable RingView view;

  /**
   * @param silent true: nothing is judged
   */
  StreamCheck(GapJudge judge, boolean silent, EventFigures figures) {
    this.judge = judge;
    this.silent = silent;
    this.figures = figures;
  }

  /**
   * An audit begins to tell what it found.
   *
   * @param from until where the one before it had read
   * @param seen all that the engine remembered; null when that reaches back far enough
   */
  void begin(long from, @Nullable RingView seen) {
    auditedFrom = from;
    view = seen;
  }

  /** The audit brought an event of the stream's time that the stream had not brought. */
  void foundFirst(EngineEvent event) {
    if (waiting.size() < WAITING) {
      waiting.put(event, event.timeNanos());
    }
    if (hole == null && view != null) {
      hole = new Hole(auditedFrom, view);
    }
  }

  /** The stream brought an event. */
  void brought(EngineEvent event) {
    if (!waiting.isEmpty()) {
      waiting.remove(event);
    }
  }

  /** True when an event from before that moment was not brought, and so never will be. */
  boolean hasMissed(Instant before) {
    long latest = Nanos.of(before);
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
    return missed > 0;
  }

  /** What was waited for does not come any more. */
  void streamEnded() {
    if (!waiting.isEmpty()) {
      tell();
    }
    waiting.clear();
    hole = null;
  }

  private void tell() {
    if (hole != null && !silent) {
      judge.dropped(hole.from(), hole.view());
    }
    hole = null;
  }
}
