package io.tallyman.agent.events;

import io.tallyman.agent.engine.ContainerDetails;
import io.tallyman.agent.engine.EngineEvent;
import io.tallyman.agent.inventory.AlertThresholds;
import io.tallyman.agent.inventory.Inventory;
import io.tallyman.agent.inventory.KnownContainer;
import io.tallyman.agent.inventory.LabelFacts;
import io.tallyman.agent.inventory.Limits;
import io.tallyman.agent.inventory.RunState;
import io.tallyman.v1.Action;
import io.tallyman.v1.Origin;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

  /** Containers that are gone are remembered, so many. */
  static final int REMEMBERED_DEAD = 16_384;

  private static final LabelFacts NO_LABELS =
      new LabelFacts(
          Map.of(), null, null, Set.of(), false, null, false, true, AlertThresholds.NONE);

  private final Inventory inventory;
  private final EventTeller teller;
  private final EventFacts facts;
  private final States states;
  private final Inspections inspections;
  private final Consumer<String> readNow;
  private final Clock clock;
  private final Set<Mechanism> off;
  private final EventFigures figures;
  private final RecentIds buried = new RecentIds(REMEMBERED_DEAD);
  private final Conclusions conclusions = new Conclusions(REMEMBERED_DEAD);
  private final Map<String, Track> tracks = new HashMap<>();
  private @Nullable Checkpoint earlier;

  /** {@code readNow} is told the identifier of a container of which a reading is wanted at once. */
  EventPipeline(
      Inventory inventory,
      EventTeller teller,
      States states,
      Inspections inspections,
      Consumer<String> readNow,
      Clock clock,
      Set<Mechanism> off,
      EventFigures figures) {
    this.inventory = inventory;
    this.teller = teller;
    this.facts = new EventFacts(inspections, off);
    this.states = states;
    this.inspections = inspections;
    this.readNow = readNow;
    this.clock = clock;
    this.off = off;
    this.figures = figures;
  }

  /** Knows again what an earlier run of the agent told. */
  void restore(Checkpoint kept) {
    teller.restore(kept.eventIds());
    conclusions.restore(kept.gone());
    earlier = kept;
  }

  /**
   * Knows again which containers an earlier run of the agent knew; for the moment before the first
   * list, which tells the rest of them.
   *
   * @return false when there was no earlier run
   */
  boolean recall() {
    Checkpoint kept = earlier;
    earlier = null;
    if (kept == null) {
      return false;
    }
    for (Checkpoint.Kept each : kept.containers()) {
      if (inventory.find(each.id()) == null) {
        recall(each);
      }
    }
    for (Checkpoint.Concluded each : kept.conclusions()) {
      track(each.containerId()).concluded.put(each.action(), each.at());
    }
    return true;
  }

  private void recall(Checkpoint.Kept each) {
    inventory.remember(
        new KnownContainer(
            each.id(),
            each.name(),
            each.image(),
            null,
            each.createdAt(),
            NO_LABELS,
            each.run(),
            Limits.UNKNOWN,
            true));
    Track track = track(each.id());
    track.timesKnown = each.timesKnown();
    track.uninspected = true;
  }

  /** What another run of the agent has to know of the containers, without what was refused. */
  Checkpoints.Table table() {
    List<Checkpoint.Kept> kept = new ArrayList<>();
    List<Checkpoint.Concluded> concluded = new ArrayList<>();
    for (KnownContainer each : inventory.all()) {
      Track track = tracks.get(each.id());
      if (each.selected() && track != null && !track.stranger) {
        RunState run = track.told != null ? track.told : each.run();
        kept.add(
            new Checkpoint.Kept(
                each.id(),
                each.name(),
                each.image(),
                each.createdAt(),
                run.state(),
                run.startedAt(),
                run.finishedAt(),
                track.timesKnown));
        track.concluded.forEach(
            (action, at) -> concluded.add(new Checkpoint.Concluded(each.id(), action, at)));
      }
    }
    return new Checkpoints.Table(kept, concluded, conclusions.gone());
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
    return action == null || teller.isTold(teller.idOf(event, EventFacts.oldName(event, action)));
  }

  /** Takes an event that the engine sent. */
  void accept(EngineEvent event, Origin origin) {
    Action action = Actions.of(event.action());
    if (action == null) {
      return;
    }
    String eventId = teller.idOf(event, EventFacts.oldName(event, action));
    if (!teller.isNew(eventId)) {
      return;
    }
    if (isTwin(event, action)) {
      figures.suppressedTwins.increment();
      teller.pass(event);
      return;
    }
    figures.accepted.increment();
    if (isBuried(event.containerId())) {
      tellOfTheDead(event, action, eventId, origin);
      return;
    }
    KnownContainer old = inventory.find(event.containerId());
    Track track = track(event.containerId());
    conclusions.accepted(track, action, Nanos.toInstant(event.timeNanos()));
    KnownContainer before = learn(event, action);
    RecordMapper.Facts found = facts.of(event, action, before, track);
    KnownContainer after = move(before, event, action, found);
    track.lastAcceptedAt = clock.instant();
    track.suspectedAt = null;
    track.stranger = false;
    track.timesKnown |= action == Action.CREATE;
    if (Actions.changesState(action) && action != Action.OOM) {
      track.revision++;
    }
    tell(event, action, eventId, origin, after, found, old == null ? null : old.run());
    follow(track, after, event, action);
  }

  private boolean isTwin(EngineEvent event, Action action) {
    return !off.contains(Mechanism.TWIN_SUPPRESSION)
        && conclusions.isTwin(findTrack(event.containerId()), event, action);
  }

  /**
   * Tells of a transition that no event told of.
   *
   * @param before what was known of its run
   * @param details null when the container is gone
   */
  void conclude(
      Track track,
      KnownContainer known,
      Lifecycle.Missed missed,
      RunState before,
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
    String eventId = teller.idOf(event, null);
    if (!teller.isNew(eventId)) {
      return;
    }
    conclusions.add(track, missed);
    figures.reconciled.increment();
    tell(
        event,
        missed.action(),
        eventId,
        Origin.RECONCILED,
        known,
        EventFacts.of(missed.action(), details),
        before);
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
    RecordMapper.Facts found = facts.of(event, action, container, none);
    tell(event, action, eventId, origin, container, found, null);
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

  private KnownContainer move(
      KnownContainer before, EngineEvent event, Action action, RecordMapper.Facts found) {
    Instant at = Nanos.toInstant(event.timeNanos());
    KnownContainer after =
        inventory.change(
            event.containerId(),
            run ->
                Lifecycle.after(
                    run, action, at, found.exitCode(), found.oomKilled(), found.health()));
    return after == null ? before : after;
  }

  private void tell(
      EngineEvent event,
      Action action,
      String eventId,
      Origin origin,
      KnownContainer container,
      RecordMapper.Facts found,
      @Nullable RunState before) {
    teller.tell(
        event,
        action,
        eventId,
        new EventTeller.Circumstances(origin, container, found),
        () -> accepted(event, action),
        () -> refused(event, action, before));
  }

  /** After a refusal, what was told lags behind what is known. */
  private void accepted(EngineEvent event, Action action) {
    Track track = findTrack(event.containerId());
    if (track != null && track.told != null) {
      track.told =
          Lifecycle.after(track.told, action, Nanos.toInstant(event.timeNanos()), null, null, null);
    }
  }

  private void refused(EngineEvent event, Action action, @Nullable RunState before) {
    Track track = findTrack(event.containerId());
    if (track != null) {
      track.stranger |= action == Action.CREATE;
      if (track.told == null) {
        track.told = before != null ? before : RunState.of("created");
      }
    }
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
}
