package io.tallyman.agent.alerts;

import io.tallyman.agent.alerts.Episode.Subject;
import io.tallyman.agent.identity.AgentIdentity;
import io.tallyman.agent.inventory.KnownContainer;
import io.tallyman.schemas.EventIds;
import io.tallyman.v1.AlertPhase;
import io.tallyman.v1.ContainerAlert;
import io.tallyman.v1.Resource;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Judges readings and knows the episodes that are open or not told to the end.
 *
 * <p>Of one container and resource there is one episode at a time: another begins only when the end
 * of the one before was told. Does no I/O and asks no clock. Used by one thread.
 */
final class Episodes {

  private final AgentIdentity identity;
  private final Set<Mechanism> off;
  private final Map<Subject, Episode> episodes = new LinkedHashMap<>();
  private final Map<Subject, Judgement> judgements = new HashMap<>();
  private boolean changed;

  private record Judgement(Streak streak, double observedPercent) {}

  /**
   * Begins where an earlier run ended.
   *
   * @param kept as {@link #all} told them then
   */
  Episodes(AgentIdentity identity, Collection<Episode> kept, Set<Mechanism> off) {
    this.identity = identity;
    this.off = off;
    kept.forEach(episode -> episodes.put(episode.subject(), episode));
  }

  /** Takes a reading of a container; what it does not tell changes nothing. */
  void judge(KnownContainer container, Reading reading) {
    judge(
        container,
        Resource.CPU,
        container.thresholds().cpuPercent(),
        reading.cpuPercent(),
        reading);
    judge(
        container,
        Resource.MEMORY,
        container.thresholds().memoryPercent(),
        reading.memoryPercent(),
        reading);
  }

  private void judge(
      KnownContainer container,
      Resource resource,
      @Nullable Double threshold,
      @Nullable Double observed,
      Reading reading) {
    if (threshold == null || observed == null) {
      return;
    }
    Subject subject = new Subject(container.id(), resource);
    Judgement before = judgements.get(subject);
    Streak streak = (before == null ? Streak.NONE : before.streak()).and(observed, threshold);
    judgements.put(subject, new Judgement(streak, observed));
    Episode episode = episodes.get(subject);
    boolean mayBegin = episode == null || off.contains(Mechanism.ONE_AT_A_TIME);
    if (mayBegin && streak.raises()) {
      put(Episode.of(raised(container, resource, threshold, observed, reading)));
    } else if (episode != null && !episode.isOver() && clears(streak)) {
      put(episode.clearedBy(observed, reading.tick()));
    }
  }

  private boolean clears(Streak streak) {
    return streak.clears() || (off.contains(Mechanism.COOL_DOWN) && streak.notAbove() > 0);
  }

  /**
   * Ends the episodes of containers that are gone or have no threshold any more.
   *
   * @param collected all containers of which readings are taken
   * @param tick the one at which they are missing
   */
  void endWithout(Collection<KnownContainer> collected, Instant tick) {
    Set<Subject> watched = new HashSet<>();
    for (KnownContainer container : collected) {
      if (container.thresholds().cpuPercent() != null) {
        watched.add(new Subject(container.id(), Resource.CPU));
      }
      if (container.thresholds().memoryPercent() != null) {
        watched.add(new Subject(container.id(), Resource.MEMORY));
      }
    }
    for (Episode episode : List.copyOf(episodes.values())) {
      if (!episode.isOver() && !watched.contains(episode.subject())) {
        Judgement last = judgements.get(episode.subject());
        put(
            episode.clearedBy(
                last == null ? episode.raised().getObservedPercent() : last.observedPercent(),
                tick));
      }
    }
    judgements.keySet().retainAll(watched);
  }

  /** What is to be handed to the lane next, at most one of each episode. */
  List<ContainerAlert> untold() {
    List<ContainerAlert> untold = new ArrayList<>();
    for (Episode episode : episodes.values()) {
      ContainerAlert alert = episode.untold();
      if (alert != null) {
        untold.add(alert);
      }
    }
    return untold;
  }

  /** Takes note that the lane has taken one of {@link #untold}. */
  void told(ContainerAlert alert) {
    Subject subject = new Subject(alert.getContainerId(), alert.getResource());
    Episode episode = episodes.get(subject);
    if (episode == null || !alert.equals(episode.untold())) {
      return;
    }
    Episode after = episode.afterTelling();
    if (after == null) {
      episodes.remove(subject);
      changed = true;
    } else {
      put(after);
    }
  }

  /** All that must outlive the process. */
  Collection<Episode> all() {
    return List.copyOf(episodes.values());
  }

  /** Number of episodes that have not ended. */
  int open() {
    return (int) episodes.values().stream().filter(episode -> !episode.isOver()).count();
  }

  /** Whether {@link #all} differs from what it was at the last call, or at the start. */
  boolean takeChanged() {
    boolean was = changed;
    changed = false;
    return was;
  }

  private void put(Episode episode) {
    episodes.put(episode.subject(), episode);
    changed = true;
  }

  private ContainerAlert raised(
      KnownContainer container,
      Resource resource,
      double threshold,
      double observed,
      Reading reading) {
    Instant since = reading.sampledAt().truncatedTo(ChronoUnit.MICROS);
    return ContainerAlert.newBuilder()
        .setAlertId(EventIds.alertId(identity.hostId(), container.id(), resource, since))
        .setHostId(identity.hostId())
        .setHostName(identity.hostName())
        .setContainerId(container.id())
        .setContainerName(container.name())
        .setImage(container.image())
        .setProject(container.project())
        .setService(container.service())
        .setLabels(container.labels())
        .setAgentId(identity.agentId())
        .setIncarnation(identity.incarnation())
        .setSequence(0)
        .setResource(resource)
        .setPhase(AlertPhase.RAISED)
        .setThresholdPercent(threshold)
        .setObservedPercent(observed)
        .setSince(since)
        .setTick(reading.tick())
        .build();
  }
}
