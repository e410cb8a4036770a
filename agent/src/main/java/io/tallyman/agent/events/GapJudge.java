package io.tallyman.agent.events;

import io.tallyman.agent.gaps.GapOutput;
import io.tallyman.agent.inventory.Inventory;
import io.tallyman.agent.publish.LaneSettings;
import io.tallyman.v1.GapReason;
import io.tallyman.v1.Stream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Judges, from what the engine's memory of events holds, whether events were missed that nothing
 * can bring any more. Used by the pipeline's thread alone.
 */
final class GapJudge {

  /**
   * Readings so old may have been in memory when the agent was killed: as long as a lane waits for
   * Kafka before it takes them to disk, and a moment to do so.
   */
  static final Duration READINGS_AT_RISK = LaneSettings.SILENCE.plusSeconds(1);

  /** What was known when a stream was opened, and is judged once the memory was looked at. */
  private record Opening(
      Instant at,
      long from,
      Instant readingsFrom,
      @Nullable Long lastEvent,
      boolean unreachable,
      boolean ofEarlierRun) {}

  private final EventCursor cursor;
  private final Inventory inventory;
  private final GapOutput gaps;
  private final Duration sweepInterval;
  private final Clock clock;
  private final Map<Instant, Opening> openings = new HashMap<>();
  private boolean resuming;
  private boolean readBefore;
  private long droppedUntil;
  private boolean opened;
  private Instant readingsFrom = Instant.MIN;

  /**
   * @param sweepInterval of the readings that are missed as well while the engine is away
   */
  GapJudge(
      EventCursor cursor,
      Inventory inventory,
      GapOutput gaps,
      Duration sweepInterval,
      Clock clock) {
    this.cursor = cursor;
    this.inventory = inventory;
    this.gaps = gaps;
    this.sweepInterval = sweepInterval;
    this.clock = clock;
  }

  /** The first stream goes on where another run of the agent was. */
  void resume(Checkpoint kept) {
    resuming = true;
    Instant told = Nanos.toInstant(kept.told());
    readingsFrom = kept.stopped() ? told : told.minus(READINGS_AT_RISK);
    readBefore = kept.containers().stream().anyMatch(each -> each.run().isRunning());
  }

  /** True between {@link #opened} and {@link #seen}. */
  boolean isPending() {
    return !openings.isEmpty();
  }

  /** A stream was opened; {@link #seen} follows. */
  void opened(Message.StreamOpened message) {
    if (opened || resuming) {
      openings.put(
          message.at(),
          new Opening(
              message.at(),
              cursor.heard(),
              readingsFrom,
              cursor.lastEvent(),
              message.failures() > 0,
              !opened));
    }
    opened = true;
  }

  /** The stream is gone; until then the engine could be asked for readings. */
  void closed(Instant at) {
    readingsFrom = at;
  }

  /** The engine's memory was looked at after a stream had been opened. */
  void seen(Message.RingSeen message) {
    Opening opening = openings.remove(message.openedAt());
    RingView view = message.view();
    if (opening != null && opening.from() <= Nanos.of(clock.instant())) {
      judge(opening, view);
    }
    if (view != null && view.count() > 0) {
      cursor.remembers(view.newestNanos());
    }
  }

  private void judge(Opening opening, @Nullable RingView view) {
    RingView.@Nullable Verdict verdict =
        view == null ? null : view.since(opening.from(), opening.lastEvent());
    GapReason reason = reason(opening, verdict);
    Instant from = Nanos.toInstant(opening.from());
    if (reason != null) {
      Instant to =
          view == null || view.count() == 0 ? opening.at() : Nanos.toInstant(view.oldestNanos());
      gaps.gap(Stream.EVENTS, reason, from, latest(from, to), null);
      cursor.receivedUntil(Nanos.of(to));
    }
    if (verdict == RingView.Verdict.EMPTIED) {
      cursor.forgets(opening.lastEvent());
    }
    boolean hadReadings =
        opening.ofEarlierRun()
            ? readBefore
            : opening.unreachable() && !inventory.collected().isEmpty();
    if (hadReadings && isSweepBetween(opening.readingsFrom(), opening.at())) {
      GapReason why = opening.ofEarlierRun() ? GapReason.AGENT_DOWN : GapReason.ENGINE_UNREACHABLE;
      gaps.gap(
          Stream.STATS,
          reason == GapReason.ENGINE_RESTART ? reason : why,
          opening.readingsFrom(),
          opening.at(),
          null);
    }
  }

  /**
   * @param verdict null when the memory could not be looked at, so that nothing shows that all is
   *     well
   */
  private static @Nullable GapReason reason(Opening opening, RingView.@Nullable Verdict verdict) {
    return switch (verdict) {
      case null -> opening.ofEarlierRun() ? GapReason.AGENT_DOWN : GapReason.ENGINE_UNREACHABLE;
      case COMPLETE -> null;
      case OVERFLOWED -> opening.ofEarlierRun() ? GapReason.AGENT_DOWN : GapReason.RING_OVERFLOW;
      case EMPTIED -> opening.ofEarlierRun() ? GapReason.AGENT_DOWN : GapReason.ENGINE_RESTART;
      case UNPROVEN ->
          opening.ofEarlierRun() || !opening.unreachable() ? null : GapReason.ENGINE_UNREACHABLE;
    };
  }

  /**
   * The engine dropped events for the listener, or may have, since a moment.
   *
   * @param view of what it remembered after that
   */
  void dropped(long fromNanos, RingView view) {
    if (view.since(fromNanos, cursor.lastEvent()) == RingView.Verdict.OVERFLOWED
        && view.oldestNanos() > droppedUntil) {
      gaps.gap(
          Stream.EVENTS,
          GapReason.LISTENER_OVERFLOW,
          Nanos.toInstant(Math.max(fromNanos, droppedUntil)),
          Nanos.toInstant(view.oldestNanos()),
          null);
      droppedUntil = view.oldestNanos();
    }
  }

  private boolean isSweepBetween(Instant from, Instant to) {
    long interval = sweepInterval.toMillis();
    return to.toEpochMilli() / interval > from.toEpochMilli() / interval;
  }

  private static Instant latest(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }
}
