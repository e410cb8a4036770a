package io.tallyman.agent.events;

import io.tallyman.agent.engine.EngineEvent;
import io.tallyman.agent.identity.RecordSequence;
import io.tallyman.agent.inventory.KnownContainer;
import io.tallyman.agent.publish.OutgoingRecord;
import io.tallyman.schemas.EventIds;
import io.tallyman.schemas.Topics;
import io.tallyman.v1.Action;
import io.tallyman.v1.Origin;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Hands each event to the lane once, by its identifier, and follows what becomes of it: an accepted
 * one moves the cursor, a refused one counts as never seen. Used by the pipeline's thread alone.
 */
final class EventTeller {

  /** Identifiers that are remembered: the engine's 256 and five seconds of a storm, many times. */
  static final int REMEMBERED_IDS = 16_384;

  private final RecordMapper mapper;
  private final RecordSequence sequence;
  private final String hostId;
  private final Offers offers;
  private final EventCursor cursor;
  private final Consumer<String> onAccepted;
  private final Clock clock;
  private final Set<Mechanism> off;
  private final EventFigures figures;
  private final RecentIds recentIds = new RecentIds(REMEMBERED_IDS);

  /**
   * @param onAccepted told the identifier of each event that the lane accepted
   */
  EventTeller(
      RecordMapper mapper,
      RecordSequence sequence,
      String hostId,
      Offers offers,
      EventCursor cursor,
      Consumer<String> onAccepted,
      Clock clock,
      Set<Mechanism> off,
      EventFigures figures) {
    this.mapper = mapper;
    this.sequence = sequence;
    this.hostId = hostId;
    this.offers = offers;
    this.cursor = cursor;
    this.onAccepted = onAccepted;
    this.clock = clock;
    this.off = off;
    this.figures = figures;
  }

  /** What is told of an event beside the event itself. */
  record Circumstances(Origin origin, KnownContainer container, RecordMapper.Facts facts) {}

  /** Events that an earlier run of the agent told. */
  void restore(List<String> eventIds) {
    eventIds.forEach(recentIds::add);
  }

  String idOf(EngineEvent event, @Nullable String oldName) {
    return EventIds.eventId(
        hostId, event.timeNanos(), event.action(), event.containerId(), oldName);
  }

  boolean isTold(String eventId) {
    return recentIds.contains(eventId);
  }

  /** Takes note of an event; false when it was told before. */
  boolean isNew(String eventId) {
    if (recentIds.add(eventId) || off.contains(Mechanism.DEDUPLICATION)) {
      return true;
    }
    figures.deduplicated.increment();
    return false;
  }

  /** There is nothing to tell of an event that the engine sent. */
  void pass(EngineEvent event) {
    offers.afterwards(() -> cursor.tellsUntil(event.timeNanos()));
  }

  /**
   * Tells an event, unless its container is not collected.
   *
   * @param accepted done when the lane accepted it
   * @param refused done when the lane refused it
   */
  void tell(
      EngineEvent event,
      Action action,
      String eventId,
      Circumstances with,
      Runnable accepted,
      Runnable refused) {
    boolean sent = with.origin() != Origin.RECONCILED;
    if (!with.container().selected()) {
      figures.unselected.increment();
      if (sent) {
        pass(event);
      }
      return;
    }
    offers.offer(
        new OutgoingRecord(
            Topics.EVENTS.name(),
            hostId,
            mapper.event(
                event,
                action,
                eventId,
                with.origin(),
                with.container(),
                with.facts(),
                clock.instant(),
                sequence.next()),
            Nanos.toInstant(event.timeNanos()),
            hostId),
        () -> {
          if (sent) {
            cursor.tellsUntil(event.timeNanos());
          }
          onAccepted.accept(eventId);
          accepted.run();
        },
        () -> {
          figures.refused.increment();
          if (!off.contains(Mechanism.REFUSED_AGAIN)) {
            recentIds.remove(eventId);
            cursor.refused();
          }
          refused.run();
        });
  }
}
