package io.tallyman.query.view;

import io.tallyman.query.view.AmbiguousException.Candidate;
import io.tallyman.v1.ContainerState;
import io.tallyman.v1.ContainerStats;
import io.tallyman.v1.HostStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Answers questions about containers. Safe from any thread. */
public final class Containers {

  private static final int ID_LENGTH = 64;
  private static final int MIN_PREFIX_LENGTH = 12;
  private static final int MAX_CANDIDATES = 10;
  private static final char SEPARATOR = '\u0000';

  private final FleetReader fleet;

  public Containers(FleetReader fleet) {
    this.fleet = fleet;
  }

  /** A container and its place in the order. */
  private record Ranked(String key, ContainerView view) {

    String id() {
      return view.state().value().getContainerId();
    }
  }

  /**
   * Those that match. Pages follow each other by sort key, so what moves between two requests can
   * be missed or met twice, and nothing else.
   */
  public Page<ContainerView> list(ContainerQuery query) {
    Map<String, Observed<HostStatus>> hosts = fleet.hostsById();
    List<Observed<ContainerState>> all = fleet.containers();
    Comparator<Ranked> order = Comparator.comparing(Ranked::key).thenComparing(Ranked::id);
    Stream<Ranked> ranked =
        all.stream()
            .filter(state -> query.matches(state.value()))
            .map(state -> query.sort().needsSample() ? withSample(state, hosts) : bare(state))
            .map(view -> new Ranked(query.sort().key(view), view))
            .sorted(query.descending() ? order.reversed() : order);
    List<Ranked> page = ranked.filter(after(query)).limit(query.limit() + 1L).toList();
    boolean more = page.size() > query.limit();
    List<Ranked> shown = more ? page.subList(0, query.limit()) : page;
    List<ContainerView> items =
        shown.stream()
            .map(Ranked::view)
            .map(view -> query.sort().needsSample() ? view : withSample(view.state(), hosts))
            .toList();
    return new Page<>(
        newest(all, hosts, items), items, more ? cursor(query, shown.getLast()) : null);
  }

  /** Every container that is running or paused and has been sampled. */
  public List<ContainerView> sampled() {
    Map<String, Observed<HostStatus>> hosts = fleet.hostsById();
    return fleet.containers().stream()
        .filter(state -> Ages.isSampled(state.value()))
        .map(state -> withSample(state, hosts))
        .filter(view -> view.sample() != null)
        .toList();
  }

  /**
   * The one with that full id, unique prefix of 12 or more, or name.
   *
   * @param host id or name of the host it is on; null for any
   * @throws NotFoundException when there is none
   * @throws AmbiguousException when there are several
   */
  public ContainerView find(String idOrName, @Nullable String host) {
    return withSample(resolve(idOrName, host), fleet.hostsById());
  }

  private Observed<ContainerState> resolve(String idOrName, @Nullable String host) {
    if (idOrName.length() == ID_LENGTH) {
      Optional<Observed<ContainerState>> exact = fleet.container(idOrName);
      if (exact.isPresent() && isOn(host, exact.get().value())) {
        return exact.get();
      }
    }
    List<Observed<ContainerState>> all =
        fleet.containers().stream().filter(state -> isOn(host, state.value())).toList();
    if (idOrName.length() >= MIN_PREFIX_LENGTH) {
      List<Observed<ContainerState>> found =
          matching(all, state -> state.getContainerId().startsWith(idOrName));
      if (!found.isEmpty()) {
        return only(found, idOrName);
      }
    }
    String name = idOrName.startsWith("/") ? idOrName.substring(1) : idOrName;
    return only(matching(all, state -> name.equals(state.getContainerName())), idOrName);
  }

  private static List<Observed<ContainerState>> matching(
      List<Observed<ContainerState>> all, Predicate<ContainerState> test) {
    return all.stream().filter(state -> test.test(state.value())).toList();
  }

  private static Observed<ContainerState> only(
      List<Observed<ContainerState>> found, String idOrName) {
    if (found.isEmpty()) {
      throw new NotFoundException(
          "No container has the id, a prefix of it or the name " + idOrName);
    }
    if (found.size() > 1) {
      throw new AmbiguousException(
          found.size() + " containers answer to " + idOrName,
          found.stream().limit(MAX_CANDIDATES).map(state -> candidate(state.value())).toList());
    }
    return found.getFirst();
  }

  private static Candidate candidate(ContainerState state) {
    return new Candidate(
        state.getContainerId(),
        Objects.requireNonNullElse(state.getContainerName(), ""),
        state.getHostId(),
        state.getHostName());
  }

  private static boolean isOn(@Nullable String host, ContainerState state) {
    return host == null || host.equals(state.getHostId()) || host.equals(state.getHostName());
  }

  private static ContainerView bare(Observed<ContainerState> state) {
    return new ContainerView(state, null, false);
  }

  private ContainerView withSample(
      Observed<ContainerState> state, Map<String, Observed<HostStatus>> hosts) {
    String hostId = state.value().getHostId();
    Observed<ContainerStats> sample =
        fleet.latest(hostId, state.value().getContainerId()).orElse(null);
    return new ContainerView(
        state, sample, Ages.isStale(state, sample, hosts.get(hostId), fleet.now()));
  }

  private static @Nullable Instant newest(
      List<Observed<ContainerState>> states,
      Map<String, Observed<HostStatus>> hosts,
      List<ContainerView> items) {
    List<Instant> times = new ArrayList<>();
    states.forEach(state -> times.add(state.time()));
    hosts.values().forEach(host -> times.add(host.time()));
    items.forEach(item -> times.add(item.asOf()));
    return times.stream().max(Comparator.naturalOrder()).orElse(null);
  }

  private static String cursor(ContainerQuery query, Ranked last) {
    return Cursor.encode(order(query) + SEPARATOR + last.key() + SEPARATOR + last.id());
  }

  private static String order(ContainerQuery query) {
    return (query.descending() ? "-" : "") + query.sort().parameter();
  }

  private static Predicate<Ranked> after(ContainerQuery query) {
    if (query.cursor() == null) {
      return any -> true;
    }
    String[] position = Cursor.decode(query.cursor()).split(String.valueOf(SEPARATOR), -1);
    if (position.length != 3 || !position[0].equals(order(query))) {
      throw Cursor.invalid();
    }
    return ranked -> {
      int byKey = ranked.key().compareTo(position[1]);
      int comparison = byKey == 0 ? ranked.id().compareTo(position[2]) : byKey;
      return query.descending() ? comparison < 0 : comparison > 0;
    };
  }
}
