package io.tallyman.agent.events;

import io.tallyman.agent.engine.ContainerDetails;
import io.tallyman.agent.engine.ContainerSummary;
import io.tallyman.agent.engine.EngineException;
import io.tallyman.agent.inventory.Inventory;
import io.tallyman.agent.inventory.KnownContainer;
import io.tallyman.agent.inventory.RunState;
import io.tallyman.v1.Action;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
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

  private final EventIntake intake;
  private final EventPipeline pipeline;
  private final Inventory inventory;
  private final States states;
  private final Inspections inspections;
  private final Rounds rounds;
  private final Clock clock;
  private final Set<Mechanism> off;
  private final EventFigures figures;
  private boolean listed;
  private boolean baselineKnown;
  private boolean streamIsNew;

  Reconciliation(
      EventIntake intake,
      EventPipeline pipeline,
      Inventory inventory,
      States states,
      Inspections inspections,
      Rounds rounds,
      Clock clock,
      Set<Mechanism> off,
      EventFigures figures) {
    this.intake = intake;
    this.pipeline = pipeline;
    this.inventory = inventory;
    this.states = states;
    this.inspections = inspections;
    this.rounds = rounds;
    this.clock = clock;
    this.off = off;
    this.figures = figures;
  }

  /** Takes the next message. */
  void handle(Message message) {
    switch (message) {
      case Message.StreamOpened opened -> {
        streamIsNew = true;
        intake.opened(opened);
      }
      case Message.StreamClosed closed -> intake.closed(closed);
      case Message.Observed observed -> intake.observed(observed);
      case Message.Audited audited -> intake.polled(audited);
      case Message.RingSeen seen -> intake.ringSeen(seen);
      case Message.Doubted doubted -> intake.doubted(doubted);
      case Message.Snapshot snapshot -> compare(snapshot);
      // Without a list, events are told with what they say of themselves.
      case Message.ListFailed _ -> intake.release();
      case Message.Inspected inspected -> inspected(inspected);
    }
  }

  private void compare(Message.Snapshot snapshot) {
    figures.rounds.increment();
    if (!listed) {
      baselineKnown = pipeline.recall();
    }
    Set<String> rows = new HashSet<>();
    for (ContainerSummary row : snapshot.rows()) {
      rows.add(row.id());
      learn(row);
    }
    if (!listed) {
      inventory.becameComplete();
      states.buryInherited(inventory);
    }
    listed = true;
    states.buryAgain();
    intake.release();
    if (snapshot.audit() != null) {
      intake.audited(snapshot.audit());
    }
    for (ContainerSummary row : snapshot.rows()) {
      compareRow(row, snapshot.listedFrom());
    }
    if (baselineKnown) {
      for (KnownContainer known : inventory.all()) {
        if (!rows.contains(known.id())) {
          compareAbsent(known, snapshot.listedFrom());
        }
      }
    }
    baselineKnown = true;
    Instant openedAt = intake.streamOpenedAt();
    streamIsNew &= openedAt != null && snapshot.listedFrom().isBefore(openedAt);
  }

  /** What is known for the first time, and the labels of what an earlier run knew. */
  private void learn(ContainerSummary row) {
    KnownContainer known = inventory.find(row.id());
    if (known == null && !pipeline.isBuried(row.id())) {
      inventory.learn(row);
      Track track = pipeline.track(row.id());
      track.stranger = baselineKnown;
      track.timesKnown = baselineKnown;
    } else if (known != null && !listed) {
      inventory.learn(row);
      inventory.change(row.id(), run -> known.run());
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
    if (track.published == null && track.isWellKnown() && !selectionInDoubt) {
      states.publish(track, known);
    }
    boolean renamed = !row.name().isEmpty() && !row.name().equals(known.name());
    boolean differs = renamed || !known.state().equals(row.state()) || track.told != null;
    if (!differs && track.isWellKnown() && !track.stranger && track.suspectedAt == null) {
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
    if (at != null && !off.contains(Mechanism.RECONCILE)) {
      pipeline.conclude(track, known, new Lifecycle.Missed(Action.DESTROY, at), known.run(), null);
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
    track.uninspected = false;
    states.publish(track, known);
  }

  private void compareDetails(Track track, ContainerDetails details) {
    KnownContainer known = inventory.find(track.containerId);
    RunState run = known == null ? RunState.of(details.status()) : known.run();
    RunState told = track.told == null ? run : track.told;
    List<Lifecycle.Missed> missed =
        track.timesKnown && !off.contains(Mechanism.RECONCILE)
            ? Lifecycle.missed(told, track.stranger, details)
            : List.of();
    if (!missed.isEmpty() && !isConfirmed(track)) {
      suspect(track);
      return;
    }
    settle(track);
    track.timesKnown = true;
    track.uninspected = false;
    track.told = null;
    KnownContainer now = inventory.learn(details);
    for (Lifecycle.Missed transition : missed) {
      pipeline.conclude(track, now, transition, told, details);
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
    Instant readUntil = intake.ringReadUntil();
    return track.suspectedAt != null
        && readUntil != null
        && !readUntil.isBefore(track.suspectedAt.plus(GRACE));
  }

  private static void settle(Track track) {
    track.suspectedAt = null;
    track.stranger = false;
  }

  private void reopenIfStreamShouldHaveTold(Instant at) {
    Instant openedAt = intake.streamOpenedAt();
    if (openedAt != null && at.isAfter(openedAt)) {
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
