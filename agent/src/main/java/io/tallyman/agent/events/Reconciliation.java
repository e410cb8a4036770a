package io.tallyman.agent.events;

import io.tallyman.agent.engine.ContainerDetails;
import io.tallyman.agent.engine.ContainerSummary;
import io.tallyman.agent.engine.EngineEvent;
import io.tallyman.agent.engine.EngineException;
import io.tallyman.agent.inventory.Inventory;
import io.tallyman.agent.inventory.KnownContainer;
import io.tallyman.agent.inventory.RunState;
import io.tallyman.v1.Action;
import io.tallyman.v1.Origin;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Compares what the engine lists and inspects show with what events told, and concludes what they
 * did not tell.
 *
 * <p>A difference is only a suspicion at first: it is acted on when the engine's memory of events
 * has been read after it arose and told nothing. Used by the pipeline's thread alone.
 */
final class Reconciliation {

  /** An event reaches the engine's memory within this time of what inspect shows. */
  static final Duration GRACE = Duration.ofMillis(500);

  /** An event this old that the open stream did not bring will not come any more. */
  static final Duration STREAM_DELAY = Duration.ofSeconds(2);

  /** Events that wait for the first list, so that labels are known when they are mapped. */
  static final int HELD_EVENTS = 5_000;

  private final EventPipeline pipeline;
  private final Inventory inventory;
  private final States states;
  private final Inspections inspections;
  private final Rounds rounds;
  private final Clock clock;
  private final EventFigures figures;
  private final Queue<Message.Observed> held = new ArrayDeque<>();
  private boolean holding = true;
  private boolean baselineKnown;
  private boolean streamIsNew;
  private @Nullable Instant streamOpenedAt;
  private @Nullable Instant ringReadUntil;

  /** What a comparison may ask of those who talk to the engine; both return at once. */
  interface Rounds {
    /** Another comparison soon, to settle a suspicion. */
    void soon();

    /** The event stream is deaf: open another. */
    void reopenStream();
  }

  Reconciliation(
      EventPipeline pipeline,
      Inventory inventory,
      States states,
      Inspections inspections,
      Rounds rounds,
      Clock clock,
      EventFigures figures) {
    this.pipeline = pipeline;
    this.inventory = inventory;
    this.states = states;
    this.inspections = inspections;
    this.rounds = rounds;
    this.clock = clock;
    this.figures = figures;
  }

  /** Takes the next message. */
  void handle(Message message) {
    switch (message) {
      case Message.StreamOpened opened -> {
        streamOpenedAt = opened.at();
        streamIsNew = true;
      }
      case Message.StreamClosed _ -> streamOpenedAt = null;
      case Message.Observed observed -> observed(observed);
      case Message.Snapshot snapshot -> compare(snapshot);
      // Without a list, events are told with what they say of themselves.
      case Message.ListFailed _ -> release();
      case Message.Inspected inspected -> inspected(inspected);
    }
  }

  private void observed(Message.Observed message) {
    if (holding && held.size() < HELD_EVENTS) {
      held.add(message);
      return;
    }
    release();
    pipeline.accept(message.event(), message.origin());
  }

  private void release() {
    holding = false;
    for (Message.Observed next = held.poll(); next != null; next = held.poll()) {
      pipeline.accept(next.event(), next.origin());
    }
  }

  private void compare(Message.Snapshot snapshot) {
    figures.rounds.increment();
    Set<String> listed = new HashSet<>();
    for (ContainerSummary row : snapshot.rows()) {
      listed.add(row.id());
      if (inventory.find(row.id()) == null && !pipeline.isBuried(row.id())) {
        inventory.learn(row);
        Track track = pipeline.track(row.id());
        track.stranger = baselineKnown;
        track.timesKnown = baselineKnown;
      }
    }
    if (!baselineKnown) {
      inventory.becameComplete();
      states.buryInherited(inventory);
    }
    release();
    readRing(snapshot);
    for (ContainerSummary row : snapshot.rows()) {
      compareRow(row, snapshot.listedFrom());
    }
    if (baselineKnown) {
      for (KnownContainer known : inventory.all()) {
        if (!listed.contains(known.id())) {
          compareAbsent(known, snapshot.listedFrom());
        }
      }
    }
    baselineKnown = true;
    streamIsNew &= streamOpenedAt != null && snapshot.listedFrom().isBefore(streamOpenedAt);
  }

  private void readRing(Message.Snapshot snapshot) {
    if (snapshot.ringReadUntil() == null) {
      return;
    }
    Instant until = snapshot.ringReadUntil();
    boolean deaf = false;
    for (EngineEvent event : snapshot.ring()) {
      Instant at = Nanos.toInstant(event.timeNanos());
      if (streamOpenedAt != null
          && at.isAfter(streamOpenedAt)
          && at.isBefore(until.minus(STREAM_DELAY))
          && !pipeline.isSeen(event)) {
        figures.missedByStream.increment();
        deaf = true;
      }
      pipeline.accept(event, Origin.RING);
    }
    ringReadUntil = until;
    if (deaf) {
      rounds.reopenStream();
    }
  }

  private void compareRow(ContainerSummary row, Instant listedFrom) {
    KnownContainer known = inventory.find(row.id());
    if (known == null) {
      return;
    }
    Track track = pipeline.track(row.id());
    if (hasNewerEvent(track, listedFrom)) {
      return;
    }
    boolean selectionInDoubt = known.isImageInDoubt() && (track.stranger || !track.timesKnown);
    if (!known.selected() && !selectionInDoubt) {
      settle(track);
      states.publish(track, inventory.learn(row));
      return;
    }
    if (track.published == null && !selectionInDoubt) {
      states.publish(track, known);
    }
    boolean renamed = !row.name().isEmpty() && !row.name().equals(known.name());
    boolean differs = renamed || !known.state().equals(row.state());
    if (!differs && track.timesKnown && !track.stranger && track.suspectedAt == null) {
      inspectIfRunning(track, known);
      return;
    }
    if (!inspections.request(track) && !track.inspecting && !track.inspectDue) {
      // Inspect is forbidden: the list is all there is.
      settle(track);
      states.publish(track, inventory.learn(row));
    }
  }

  /** A restart does not show in the list, and an engine that was away may have restarted all. */
  private void inspectIfRunning(Track track, KnownContainer known) {
    if (!known.isRunning()) {
      return;
    }
    if (streamIsNew) {
      inspections.request(track);
    } else {
      inspections.routine(track);
    }
  }

  private void compareAbsent(KnownContainer known, Instant listedFrom) {
    Track track = pipeline.track(known.id());
    if (hasNewerEvent(track, listedFrom)) {
      return;
    }
    if (!isConfirmed(track)) {
      suspect(track);
      return;
    }
    settle(track);
    Instant at = lastMoment(known);
    if (at != null) {
      pipeline.conclude(track, known, new Lifecycle.Missed(Action.DESTROY, at), null);
    }
    pipeline.bury(track, clock.instant());
    reopenIfStreamShouldHaveTold(clock.instant());
  }

  private void inspected(Message.Inspected message) {
    Track track = pipeline.findTrack(message.containerId());
    if (track == null) {
      return;
    }
    inspections.ended(track, message.failure());
    ContainerDetails details = message.details();
    if (details == null) {
      inspectFailed(track, message.failure());
    } else if (message.revision() != track.revision) {
      inspections.request(track);
    } else {
      compareDetails(track, details);
    }
  }

  private void inspectFailed(Track track, @Nullable EngineException failure) {
    KnownContainer known = inventory.find(track.containerId);
    if (known == null) {
      pipeline.dropTrack(track.containerId);
      return;
    }
    if (failure instanceof EngineException.Forbidden) {
      settle(track);
    }
    states.publish(track, known);
  }

  private void compareDetails(Track track, ContainerDetails details) {
    KnownContainer known = inventory.find(track.containerId);
    RunState run = known == null ? RunState.of(details.status()) : known.run();
    List<Lifecycle.Missed> missed =
        track.timesKnown ? Lifecycle.missed(run, track.stranger, details) : List.of();
    if (!missed.isEmpty() && !isConfirmed(track)) {
      suspect(track);
      return;
    }
    settle(track);
    track.timesKnown = true;
    KnownContainer now = inventory.learn(details);
    for (Lifecycle.Missed transition : missed) {
      pipeline.conclude(track, now, transition, details);
      reopenIfStreamShouldHaveTold(transition.at());
    }
    states.publish(track, now);
  }

  /** Publishes every state again, for readers whose copy has aged. */
  void republish() {
    for (KnownContainer known : inventory.all()) {
      states.republish(pipeline.track(known.id()), known);
    }
  }

  private void suspect(Track track) {
    if (track.suspectedAt == null) {
      track.suspectedAt = clock.instant();
    }
    rounds.soon();
  }

  private boolean isConfirmed(Track track) {
    return track.suspectedAt != null
        && ringReadUntil != null
        && !ringReadUntil.isBefore(track.suspectedAt.plus(GRACE));
  }

  private static void settle(Track track) {
    track.suspectedAt = null;
    track.stranger = false;
  }

  private void reopenIfStreamShouldHaveTold(Instant at) {
    if (streamOpenedAt != null && at.isAfter(streamOpenedAt)) {
      rounds.reopenStream();
    }
  }

  private static boolean hasNewerEvent(Track track, Instant listedFrom) {
    return track.lastAcceptedAt != null && !track.lastAcceptedAt.isBefore(listedFrom);
  }

  private static @Nullable Instant lastMoment(KnownContainer known) {
    RunState run = known.run();
    Instant last = known.createdAt();
    if (run.startedAt() != null && (last == null || run.startedAt().isAfter(last))) {
      last = run.startedAt();
    }
    if (run.finishedAt() != null && (last == null || run.finishedAt().isAfter(last))) {
      last = run.finishedAt();
    }
    return last;
  }
}
