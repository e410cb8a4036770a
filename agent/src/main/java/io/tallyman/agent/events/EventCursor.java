package io.tallyman.agent.events;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How far the engine's events are known, in nanoseconds of the engine's clock.
 *
 * <p>{@code told} is how far all events were accepted by the lane, and stands still from a refusal
 * until the engine's memory was read again; {@code audited}, how far the stream was compared with
 * the engine's memory; {@code heard}, how far events were received. Where one lies in the future
 * the host's clock was set back, and the next event or audit takes it along.
 *
 * <p>{@link #since} and {@link #audited} are safe from any thread, all else is for the pipeline's.
 */
final class EventCursor {

  /** How far a new stream reaches back before what the last one brought. */
  static final Duration OVERLAP = Duration.ofSeconds(5);

  /** From this moment on: all that the engine remembers. */
  static final long EVERYTHING = 1;

  private final Clock clock;
  private final Set<Mechanism> off;
  private volatile long told;
  private volatile long audited;
  private long heard;
  private @Nullable Long lastEvent;
  private int refusals;
  private boolean frozen;

  /**
   * @param from the first moment of which events are wanted
   */
  EventCursor(Clock clock, Instant from, Set<Mechanism> off) {
    this.clock = clock;
    this.off = off;
    this.told = Nanos.of(from);
    this.audited = told;
    this.heard = told;
  }

  /** Goes on where an earlier run was. */
  void restore(Checkpoint kept) {
    told = kept.told();
    audited = kept.audited();
    heard = kept.told();
    lastEvent = kept.lastEvent();
  }

  /** From where on events are to be asked for, so that none is missed. Never in the future. */
  long since() {
    long from = Math.min(told, audited);
    if (isInFuture(from)) {
      return EVERYTHING;
    }
    return off.contains(Mechanism.OVERLAP) ? from + 1 : from - OVERLAP.toNanos();
  }

  /** An event was received, whether it is new or not. */
  void received(long timeNanos) {
    heard = later(heard, timeNanos);
    lastEvent = lastEvent == null ? timeNanos : Long.valueOf(later(lastEvent, timeNanos));
  }

  /** Whatever happened until then was received. */
  void receivedUntil(long timeNanos) {
    heard = later(heard, timeNanos);
  }

  /** The engine's memory holds an event of that time. */
  void remembers(long timeNanos) {
    lastEvent = lastEvent == null ? timeNanos : Long.valueOf(later(lastEvent, timeNanos));
  }

  /** The engine's memory does not hold the event any more that was the latest. */
  void forgets(@Nullable Long timeNanos) {
    if (Objects.equals(lastEvent, timeNanos)) {
      lastEvent = null;
    }
  }

  /** All that was received until then was accepted. */
  void tellsUntil(long timeNanos) {
    if (!frozen) {
      told = later(told, timeNanos);
    }
  }

  /** An event was refused: what comes after it does not move {@code told}. */
  void refused() {
    refusals++;
    frozen = true;
  }

  /**
   * The engine's memory was read until then, and all of it accepted.
   *
   * @param refusalsBefore {@link #refusals} when the read was taken up
   */
  void auditedUntil(long timeNanos, int refusalsBefore) {
    if (refusals == refusalsBefore) {
      frozen = false;
      audited = later(audited, timeNanos);
      told = later(told, timeNanos);
    }
  }

  int refusals() {
    return refusals;
  }

  /** True from a refusal until the engine's memory was read again and all of it accepted. */
  boolean isBehindRefusal() {
    return frozen;
  }

  long told() {
    return told;
  }

  long audited() {
    return audited;
  }

  long heard() {
    return heard;
  }

  /** Time of the latest event that the engine is known to have logged; null when there is none. */
  @Nullable Long lastEvent() {
    return lastEvent;
  }

  private long later(long before, long timeNanos) {
    return timeNanos > before || isInFuture(before) ? timeNanos : before;
  }

  private boolean isInFuture(long timeNanos) {
    return timeNanos > Nanos.of(clock.instant()) && !off.contains(Mechanism.CLOCK_SET_BACK);
  }
}
