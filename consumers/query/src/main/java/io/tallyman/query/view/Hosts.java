package io.tallyman.query.view;

import io.tallyman.query.topology.HostConflicts;
import io.tallyman.query.view.AmbiguousException.Candidate;
import io.tallyman.v1.HostStatus;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Answers questions about hosts. Safe from any thread. */
public final class Hosts {

  private static final char SEPARATOR = '\u0000';

  private final FleetReader fleet;
  private final HostConflicts conflicts;

  public Hosts(FleetReader fleet, HostConflicts conflicts) {
    this.fleet = fleet;
    this.conflicts = conflicts;
  }

  /** How current all that is known is. */
  public Freshness freshness() {
    return fleet.freshness();
  }

  /** All, by name. */
  public Page<HostView> list(int limit, @Nullable String cursor) {
    String after = cursor == null ? "" : Cursor.decode(cursor);
    Collection<Observed<HostStatus>> all = fleet.fleet().hosts();
    List<Observed<HostStatus>> rest =
        all.stream()
            .sorted(Comparator.comparing(Hosts::position))
            .filter(host -> position(host).compareTo(after) > 0)
            .toList();
    List<Observed<HostStatus>> shown = rest.subList(0, Math.min(limit, rest.size()));
    return new Page<>(
        newest(all),
        shown.stream().map(this::view).toList(),
        shown.size() < rest.size() ? Cursor.encode(position(shown.getLast())) : null,
        fleet.freshness().stale());
  }

  /**
   * The one with that id, or that name if it is the only one.
   *
   * @throws NotFoundException when there is none
   * @throws AmbiguousException when several have that name
   */
  public HostView find(String idOrName) {
    Collection<Observed<HostStatus>> all = fleet.fleet().hosts();
    for (Observed<HostStatus> host : all) {
      if (host.value().getHostId().equals(idOrName)) {
        return view(host);
      }
    }
    List<Observed<HostStatus>> named =
        all.stream().filter(host -> host.value().getHostName().equals(idOrName)).toList();
    if (named.isEmpty()) {
      throw new NotFoundException("No host has the id or name " + idOrName);
    }
    if (named.size() > 1) {
      throw new AmbiguousException(
          named.size() + " hosts have the name " + idOrName,
          named.stream()
              .map(h -> new Candidate("", "", h.value().getHostId(), h.value().getHostName()))
              .toList());
    }
    return view(named.getFirst());
  }

  private static @Nullable Instant newest(Collection<Observed<HostStatus>> hosts) {
    return hosts.stream().map(Observed::time).max(Comparator.naturalOrder()).orElse(null);
  }

  private static String position(Observed<HostStatus> host) {
    return host.value().getHostName() + SEPARATOR + host.value().getHostId();
  }

  private HostView view(Observed<HostStatus> host) {
    return new HostView(
        host, Ages.isStale(host, fleet.now()), conflicts.of(host.value().getHostId()).orElse(null));
  }
}
