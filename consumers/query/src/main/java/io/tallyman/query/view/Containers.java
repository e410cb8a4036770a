package io.tallyman.query.view;

import io.tallyman.query.view.AmbiguousException.Candidate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Answers questions about containers. Safe from any thread. */
public final class Containers {

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
    Fleet all = fleet.fleet();
    Comparator<Ranked> order = Comparator.comparing(Ranked::key).thenComparing(Ranked::id);
    List<Ranked> page =
        all.views().stream()
            .filter(view -> query.matches(view.state().value()))
            .map(view -> new Ranked(query.sort().key(view), view))
            .filter(after(query))
            .sorted(query.descending() ? order.reversed() : order)
            .limit(query.limit() + 1L)
            .toList();
    boolean more = page.size() > query.limit();
    List<Ranked> shown = more ? page.subList(0, query.limit()) : page;
    List<ContainerView> items = shown.stream().map(Ranked::view).toList();
    return new Page<>(
        newest(all, items),
        items,
        more ? cursor(query, shown.getLast()) : null,
        all.stale() || fleet.freshness().stale());
  }

  /** Every container that is running or paused and has been sampled. */
  public List<ContainerView> sampled() {
    return fleet.fleet().views().stream()
        .filter(view -> Ages.isSampled(view.state().value()))
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
    return known(all -> {
      Candidate found = resolve(Candidates.ofTable(all), idOrName, host);
      return Objects.requireNonNull(all.viewsById().get(found.containerId()));
    });
  }

  /** As {@link #find}, and also one that was destroyed while it has a history. */
  Candidate locate(String idOrName, @Nullable String host) {
    return known(all -> {
      try {
        return resolve(Candidates.ofTable(all), idOrName, host);
      } catch (NotFoundException e) {
        return resolve(Candidates.ofSamples(all), idOrName, host);
      }
    });
  }

  /** What requests share may be a little old: nothing is unknown before it was looked for anew. */
  private <T> T known(Function<Fleet, T> question) {
    try {
      return question.apply(fleet.fleet());
    } catch (NotFoundException e) {
      return question.apply(fleet.fresh());
    }
  }

  private static Candidate resolve(List<Candidate> known, String idOrName, @Nullable String host) {
    List<Candidate> all = known.stream().filter(candidate -> isOn(host, candidate)).toList();
    if (idOrName.length() >= MIN_PREFIX_LENGTH) {
      List<Candidate> found =
          matching(all, candidate -> candidate.containerId().startsWith(idOrName));
      if (!found.isEmpty()) {
        return only(found, idOrName);
      }
    }
    String name = idOrName.startsWith("/") ? idOrName.substring(1) : idOrName;
    return only(matching(all, candidate -> name.equals(candidate.containerName())), idOrName);
  }

  private static List<Candidate> matching(List<Candidate> all, Predicate<Candidate> test) {
    return all.stream().filter(test).toList();
  }

  private static Candidate only(List<Candidate> found, String idOrName) {
    if (found.isEmpty()) {
      throw new NotFoundException(
          "No container has the id, a prefix of it or the name " + idOrName);
    }
    if (found.size() > 1) {
      throw new AmbiguousException(
          found.size() + " containers answer to " + idOrName,
          found.stream().limit(MAX_CANDIDATES).toList());
    }
    return found.getFirst();
  }

  private static boolean isOn(@Nullable String host, Candidate candidate) {
    return host == null || host.equals(candidate.hostId()) || host.equals(candidate.hostName());
  }

  private static @Nullable Instant newest(Fleet all, List<ContainerView> items) {
    List<Instant> times = new ArrayList<>();
    all.containers().forEach(state -> times.add(state.time()));
    all.hosts().forEach(host -> times.add(host.time()));
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
