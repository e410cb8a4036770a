package io.tallyman.agent.events;

import io.tallyman.agent.identity.RecordSequence;
import io.tallyman.agent.inventory.Inventory;
import io.tallyman.agent.inventory.KnownContainer;
import io.tallyman.agent.publish.OutgoingRecord;
import io.tallyman.schemas.Topics;
import io.tallyman.v1.ContainerState;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Keeps {@code docker.containers.v1} as the inventory is: one record for each change that shows, a
 * tombstone once a container is gone or no longer collected. Used by the pipeline's thread alone.
 */
final class States {

  private final RecordMapper mapper;
  private final RecordSequence sequence;
  private final Offers offers;
  private final String hostId;
  private final Clock clock;
  private final EventFigures figures;
  private final PublishedContainers kept;
  private final Map<String, Instant> unburied = new HashMap<>();

  States(
      RecordMapper mapper,
      RecordSequence sequence,
      Offers offers,
      String hostId,
      Clock clock,
      EventFigures figures,
      PublishedContainers kept) {
    this.mapper = mapper;
    this.sequence = sequence;
    this.offers = offers;
    this.hostId = hostId;
    this.clock = clock;
    this.figures = figures;
    this.kept = kept;
  }

  /**
   * Publishes the tombstones of containers that an earlier run published and that are gone or not
   * collected any more. For the moment when the inventory is complete for the first time.
   */
  void buryInherited(Inventory inventory) {
    Instant now = clock.instant();
    for (String id : kept.open()) {
      KnownContainer known = inventory.find(id);
      if (known == null || !known.selected()) {
        bury(id, now);
      }
    }
  }

  /** Publishes the tombstones once more that the lane refused. */
  void buryAgain() {
    Map<String, Instant> all = Map.copyOf(unburied);
    unburied.clear();
    all.forEach(this::bury);
  }

  /** Publishes the state unless it stands on the topic as it is. */
  void publish(Track track, KnownContainer container) {
    Instant now = clock.instant();
    if (!container.selected()) {
      if (track.published != null) {
        bury(track, now);
      }
      return;
    }
    ContainerState last = track.published;
    if (last != null && mapper.state(container, last.getAsOf(), last.getSequence()).equals(last)) {
      return;
    }
    ContainerState state = mapper.state(container, now, sequence.next());
    track.published = state;
    kept.add(container.id());
    offer(
        container.id(),
        state,
        now,
        () -> {},
        () -> {
          if (state.equals(track.published)) {
            track.published = null;
          }
        });
  }

  /** Publishes the state whether it has changed or not. */
  void republish(Track track, KnownContainer container) {
    if (container.selected()) {
      track.published = null;
    }
    publish(track, container);
  }

  /** Publishes the tombstone. */
  void bury(Track track, Instant at) {
    track.published = null;
    bury(track.containerId, at);
  }

  private void bury(String containerId, Instant at) {
    offer(
        containerId, null, at, () -> kept.remove(containerId), () -> unburied.put(containerId, at));
  }

  private void offer(
      String containerId,
      @Nullable ContainerState state,
      Instant time,
      Runnable accepted,
      Runnable refused) {
    figures.statesPublished.increment();
    offers.offer(
        new OutgoingRecord(Topics.CONTAINERS.name(), containerId, state, time, hostId),
        accepted,
        refused);
  }
}
