package io.tallyman.query.view;

import io.tallyman.query.topology.QueryTopology;
import io.tallyman.v1.ContainerState;
import io.tallyman.v1.HostStatus;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * All that is newest, at one moment.
 *
 * @param containersById by container id
 * @param hostsById by host id
 * @param samplesByKey by host and container, also of containers that were destroyed
 * @param stale whether some samples come from a copy that may lag behind
 */
record Fleet(
    Map<String, Observed<ContainerState>> containersById,
    Map<String, Observed<HostStatus>> hostsById,
    Map<String, Sampled> samplesByKey,
    boolean stale) {

  Collection<Observed<ContainerState>> containers() {
    return containersById.values();
  }

  Collection<Observed<HostStatus>> hosts() {
    return hostsById.values();
  }

  /** The newest sample of a container. */
  Optional<Sampled> sample(String hostId, String containerId) {
    return Optional.ofNullable(samplesByKey.get(QueryTopology.statsKey(hostId, containerId)));
  }

  /** A container as it is shown at that time. */
  ContainerView view(Observed<ContainerState> state, Instant now) {
    String hostId = state.value().getHostId();
    Sampled sampled = sample(hostId, state.value().getContainerId()).orElse(null);
    return new ContainerView(
        state,
        sampled,
        (sampled != null && stale)
            || Ages.isStale(
                state, sampled == null ? null : sampled.sample(), hostsById.get(hostId), now));
  }

  /** Id of the host with that id or name; the text itself when there is none. */
  @Nullable String hostId(@Nullable String idOrName) {
    if (idOrName == null || hostsById.containsKey(idOrName)) {
      return idOrName;
    }
    return hosts().stream()
        .filter(host -> host.value().getHostName().equals(idOrName))
        .map(host -> host.value().getHostId())
        .findFirst()
        .orElse(idOrName);
  }
}
