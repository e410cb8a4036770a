package io.tallyman.query.view;

import io.tallyman.query.topology.QueryTopology;
import io.tallyman.v1.ContainerState;
import io.tallyman.v1.HostStatus;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * All that is newest, at one moment.
 *
 * @param containersById by container id
 * @param hostsById by host id
 * @param samplesByKey by host and container, also of containers that were destroyed
 * @param viewsById containers as they are shown, by id
 * @param stale whether some samples come from a copy that may lag behind
 */
record Fleet(
    Map<String, Observed<ContainerState>> containersById,
    Map<String, Observed<HostStatus>> hostsById,
    Map<String, Sampled> samplesByKey,
    Map<String, ContainerView> viewsById,
    boolean stale) {

  /** What was read at {@code now}; views that have not changed are those of {@code before}. */
  static Fleet of(
      Map<String, Observed<ContainerState>> containers,
      Map<String, Observed<HostStatus>> hosts,
      Map<String, Sampled> samples,
      boolean stale,
      Instant now,
      @Nullable Fleet before) {
    Map<String, ContainerView> views = new HashMap<>();
    containers.forEach((id, state) -> {
      String hostId = state.value().getHostId();
      Sampled sampled = samples.get(QueryTopology.statsKey(hostId, state.value().getContainerId()));
      boolean isOld =
          (sampled != null && stale)
              || Ages.isStale(
                  state, sampled == null ? null : sampled.sample(), hosts.get(hostId), now);
      ContainerView view = new ContainerView(state, sampled, isOld);
      views.put(id, view.orEqual(before == null ? null : before.viewsById.get(id)));
    });
    return new Fleet(containers, hosts, samples, views, stale);
  }

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

  /** Every container as it is shown. */
  Collection<ContainerView> views() {
    return viewsById.values();
  }

  /** Ids of the hosts with that id or, if none has it, that name. */
  List<String> hostIds(String idOrName) {
    return hostsById.containsKey(idOrName)
        ? List.of(idOrName)
        : hosts().stream()
            .map(Observed::value)
            .filter(host -> host.getHostName().equals(idOrName))
            .map(HostStatus::getHostId)
            .toList();
  }
}
