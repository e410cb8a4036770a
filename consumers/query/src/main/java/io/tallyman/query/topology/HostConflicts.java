package io.tallyman.query.topology;

import io.tallyman.v1.HostStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Notices when two live agents report under one host id, as those of cloned machines do. Their
 * heartbeats alternate; those of an agent that took the place of another do not, since the old one
 * is not heard again. Safe from any thread.
 */
public final class HostConflicts {

  /** An agent that has not been heard for so long is gone. */
  static final Duration MEMORY = Duration.ofMinutes(1);

  private final Map<String, Track> byHost = new ConcurrentHashMap<>();

  /** An agent as it was last heard; {@code asOf} as of {@link RecordTimes}. */
  public record Agent(String agentId, String hostName, long incarnation, Instant asOf) {}

  /**
   * Two or more agents that report as one host.
   *
   * @param since when it was first noticed
   */
  public record Conflict(Instant since, List<Agent> agents) {}

  private static final class Track {
    private final Map<String, Agent> agents = new HashMap<>();
    private @Nullable String last;
    private @Nullable Instant since;
    private Instant returned = Instant.EPOCH;
  }

  /** A heartbeat; {@code timeMillis} as of {@link RecordTimes}. */
  void heard(HostStatus status, long timeMillis) {
    Instant time = Instant.ofEpochMilli(timeMillis);
    byHost.compute(
        status.getHostId(),
        (host, known) -> {
          Track track = known == null ? new Track() : known;
          take(track, status, time);
          return track;
        });
  }

  private static void take(Track track, HostStatus status, Instant time) {
    String agentId = status.getAgentId();
    track.agents.values().removeIf(agent -> agent.asOf().isBefore(time.minus(MEMORY)));
    if (track.agents.containsKey(agentId) && !agentId.equals(track.last)) {
      if (track.since == null || track.returned.isBefore(time.minus(MEMORY))) {
        track.since = time;
      }
      track.returned = time;
    }
    track.last = agentId;
    track.agents.put(
        agentId, new Agent(agentId, status.getHostName(), status.getIncarnation(), time));
  }

  /** Of a host, as of its newest heartbeat. */
  public Optional<Conflict> of(String hostId) {
    AtomicReference<@Nullable Conflict> found = new AtomicReference<>();
    byHost.computeIfPresent(
        hostId,
        (host, track) -> {
          found.set(conflict(track));
          return track;
        });
    return Optional.ofNullable(found.get());
  }

  private static @Nullable Conflict conflict(Track track) {
    Instant newest =
        track.agents.values().stream()
            .map(Agent::asOf)
            .max(Comparator.naturalOrder())
            .orElse(Instant.EPOCH);
    if (track.since == null
        || track.agents.size() < 2
        || track.returned.isBefore(newest.minus(MEMORY))) {
      return null;
    }
    return new Conflict(
        track.since,
        track.agents.values().stream().sorted(Comparator.comparing(Agent::agentId)).toList());
  }
}
