package io.tallyman.agent.events;

import io.tallyman.agent.engine.ContainerDetails;
import io.tallyman.agent.engine.EngineEvent;
import io.tallyman.agent.identity.RecordSequence;
import io.tallyman.agent.inventory.Inventory;
import io.tallyman.agent.inventory.KnownContainer;
import io.tallyman.agent.publish.Lane;
import io.tallyman.agent.publish.OutgoingRecord;
import io.tallyman.schemas.EventIds;
import io.tallyman.schemas.Topics;
import io.tallyman.v1.Action;
import io.tallyman.v1.Origin;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Turns events into records, in the order in which they were learned, and keeps the inventory.
 *
 * <p>An event is told once, by its identifier; of an event and the conclusion from an inspect that
 * tell the same transition, the first is told. All methods are for one thread, and none waits for
 * the engine but for the exit code of a container whose labels lie about it.
 */
final class EventPipeline {

  /** Identifiers that are remembered: the engine's 256 and five seconds of a storm, many times. */
  static final int REMEMBERED_IDS = 16_384;

  private final Inventory inventory;
  private final RecordMapper mapper;
  private final RecordSequence sequence;
  private final String hostId;
  private final Lane lane;
  private final States states;
  private final Inspections inspections;
  private final Consumer<String> readNow;
  private final Clock clock;
  private final EventFigures figures;
  private final RecentIds recentIds = new RecentIds(REMEMBERED_IDS);
  private final RecentIds buried = new RecentIds(REMEMBERED_IDS);
  private final Conclusions conclusions = new Conclusions(REMEMBERED_IDS);
  private final Map<String, Track> tracks = new HashMap<>();

  /** {@code readNow} is told the identifier of a container of which a reading is wanted at once. */
  EventPipeline(
      Inventory inventory,
      RecordMapper mapper,
      RecordSequence sequence,
      String hostId,
      Lane lane,
      States states,
      Inspections inspections,
      Consumer<String> readNow,
      Clock clock,
      EventFigures figures) {
    this.inventory = inventory;
    this.mapper = mapper;
    this.sequence = sequence;
    this.hostId = hostId;
    this.lane = lane;
    this.states = states;
    this.inspections = inspections;
    this.readNow = readNow;
    this.clock = clock;
    this.figures = figures;
  }

  /** What is remembered of a container; begun when nothing was. */
  Track track(String containerId) {
    return tracks.computeIfAbsent(containerId, Track::new);
  }

  @Nullable Track findTrack(String containerId) {
    return tracks.get(containerId);
  }

  /** True for a container that is gone for good; the engine gives no identifier twice. */
  boolean isBuried(String containerId) {
    return buried.contains(containerId);
  }

  /** Drops what is remembered of a container that the inventory does not know. */
  void dropTrack(String containerId) {
    tracks.remove(containerId);
  }

  /** True when the event was told before. */
  boolean isSeen(EngineEvent event) {
    Action action = Actions.of(event.action());
    return action == null || recentIds.contains(eventId(event, oldName(event, action)));
  }

  /** Takes an event that the engine sent. */
  void accept(EngineEvent event, Origin origin) {
    Action action = Actions.of(event.action());
    if (action == null) {
      return;
    }
    String eventId = eventId(event, oldName(event, action));
    if (!recentIds.add(eventId)) {
      figures.deduplicated.increment();
      return;
    }
    if (conclusions.isTwin(findTrack(event.containerId()), event, action)) {
      figures.suppressedTwins.increment();
      return;
    }
    figures.accepted.increment();
    if (isBuried(event.containerId())) {
      tellOfTheDead(event, action, eventId, origin);
      return;
    }
    Track track = track(event.containerId());
    conclusions.accepted(track, action, Nanos.toInstant(event.timeNanos()));
    KnownContainer before = learn(event, action);
    RecordMapper.Facts facts = facts(event, action, before, track);
    KnownContainer after = move(before, event, action, facts);
    track.lastAcceptedAt = clock.instant();
    track.suspectedAt = null;
    track.stranger = false;
    track.timesKnown |= action == Action.CREATE;
    if (Actions.changesState(action) && action != Action.OOM) {
      track.revision++;
    }
    tell(event, action, eventId, origin, after, facts);
    follow(track, after, event, action);
  }

  /**
   * Tells of a transition that no event told of.
   *
   * @param details null when the container is gone
   */
  void conclude(
      Track track,
      KnownContainer known,
      Lifecycle.Missed missed,
      @Nullable ContainerDetails details) {
    String rawAction =
        switch (missed.action()) {
          case CREATE -> "create";
          case START -> "start";
          case DIE -> "die";
          case DESTROY -> "destroy";
          case RESTART, STOP, KILL, OOM, PAUSE, UNPAUSE, RENAME, UPDATE, HEALTH_STATUS, UNKNOWN ->
              throw new IllegalArgumentException(missed.action() + " leaves no time behind");
        };
    EngineEvent event =
        new EngineEvent(Nanos.of(missed.at()), rawAction, track.containerId, Map.of());
    String eventId = eventId(event, null);
    if (!recentIds.add(eventId)) {
      figures.deduplicated.increment();
      return;
    }
    ContainerDetails end =
        missed.action() == Action.DIE && details != null && !details.isRunning() ? details : null;
    RecordMapper.Facts facts =
        new RecordMapper.Facts(
            end == null ? null : (Integer) end.exitCode(),
            null,
            end == null ? null : (Boolean) end.oomKilled(),
            null,
            null);
    conclusions.add(track, missed);
    figures.reconciled.increment();
    tell(event, missed.action(), eventId, Origin.RECONCILED, known, facts);
  }

  /** Forgets a container that is gone and says so on the topic of states. */
  void bury(Track track, Instant at) {
    KnownContainer gone = inventory.forget(track.containerId);
    if (gone == null || gone.selected() || track.published != null) {
      states.bury(track, at);
    }
    tracks.remove(track.containerId);
    buried.add(track.containerId);
  }

  /** An event that comes after the container's end brings nothing back to life. */
  private void tellOfTheDead(EngineEvent event, Action action, String eventId, Origin origin) {
    KnownContainer container = described(event, action);
    Track none = new Track(event.containerId());
    tell(event, action, eventId, origin, container, facts(event, action, container, none));
  }

  private KnownContainer learn(EngineEvent event, Action action) {
    boolean becomesKnown = action == Action.CREATE || action == Action.START;
    Instant createdAt = action == Action.CREATE ? Nanos.toInstant(event.timeNanos()) : null;
    return becomesKnown || inventory.find(event.containerId()) != null
        ? inventory.learn(
            event.containerId(), event.attributes(), Actions.ownAttributes(action), createdAt)
        : described(event, action);
  }

  private KnownContainer described(EngineEvent event, Action action) {
    return inventory.described(
        event.containerId(), event.attributes(), Actions.ownAttributes(action), null);
  }

  private RecordMapper.Facts facts(
      EngineEvent event, Action action, KnownContainer container, Track track) {
    Integer exitCode = null;
    Boolean oomKilled = action == Action.OOM ? Boolean.TRUE : null;
    if (action == Action.DIE) {
      oomKilled = container.run().oomKilled();
      if (container.labelFacts().provesAttribute("exitCode")) {
        exitCode = number(event, "exitCode");
      } else {
        ContainerDetails details = inspections.nowForExitCode(track);
        if (details != null && Lifecycle.showsDeath(details, Nanos.toInstant(event.timeNanos()))) {
          exitCode = details.exitCode();
          oomKilled = details.oomKilled() || Boolean.TRUE.equals(oomKilled);
        }
      }
    }
    Integer signal =
        action == Action.KILL && container.labelFacts().provesAttribute("signal")
            ? number(event, "signal")
            : null;
    String health = null;
    if (action == Action.HEALTH_STATUS) {
      int colon = event.action().indexOf(':');
      health = colon < 0 ? null : event.action().substring(colon + 1).strip();
    }
    boolean oldNameIsProven = container.labelFacts().provesAttribute("oldName");
    return new RecordMapper.Facts(
        exitCode, signal, oomKilled, oldNameIsProven ? oldName(event, action) : null, health);
  }

  private KnownContainer move(
      KnownContainer before, EngineEvent event, Action action, RecordMapper.Facts facts) {
    Instant at = Nanos.toInstant(event.timeNanos());
    KnownContainer after =
        inventory.change(
            event.containerId(),
            run ->
                Lifecycle.after(
                    run, action, at, facts.exitCode(), facts.oomKilled(), facts.health()));
    return after == null ? before : after;
  }

  private void tell(
      EngineEvent event,
      Action action,
      String eventId,
      Origin origin,
      KnownContainer container,
      RecordMapper.Facts facts) {
    if (!container.selected()) {
      figures.unselected.increment();
      return;
    }
    var _ =
        lane.offer(
            new OutgoingRecord(
                Topics.EVENTS.name(),
                hostId,
                mapper.event(
                    event,
                    action,
                    eventId,
                    origin,
                    container,
                    facts,
                    clock.instant(),
                    sequence.next()),
                Nanos.toInstant(event.timeNanos()),
                hostId));
  }

  private void follow(Track track, KnownContainer container, EngineEvent event, Action action) {
    if (action == Action.DESTROY) {
      bury(track, Nanos.toInstant(event.timeNanos()));
      return;
    }
    if (container.selected() && (action == Action.START || action == Action.KILL)) {
      readNow.accept(container.id());
    }
    if (Actions.changesState(action) && !inspections.request(track)) {
      if (inventory.find(container.id()) != null) {
        states.publish(track, container);
      }
    }
  }

  private String eventId(EngineEvent event, @Nullable String oldName) {
    return EventIds.eventId(
        hostId, event.timeNanos(), event.action(), event.containerId(), oldName);
  }

  private static @Nullable String oldName(EngineEvent event, Action action) {
    String name = action == Action.RENAME ? event.attributes().get("oldName") : null;
    return name != null && name.startsWith("/") ? name.substring(1) : name;
  }

  private static @Nullable Integer number(EngineEvent event, String attribute) {
    String text = event.attributes().get(attribute);
    try {
      return text == null ? null : Integer.valueOf(text);
    } catch (NumberFormatException e) {
      return null;
    }
  }
}
