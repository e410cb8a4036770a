package io.tallyman.query.view;

import io.tallyman.query.state.Answer;
import io.tallyman.query.state.Slice;
import io.tallyman.query.state.StoreEntry;
import io.tallyman.query.state.TimelineScan;
import io.tallyman.query.state.TimelineScan.Filter;
import io.tallyman.query.topology.Timeline;
import io.tallyman.query.topology.TimelineKey;
import io.tallyman.query.view.AmbiguousException.Candidate;
import io.tallyman.v1.ContainerAlert;
import io.tallyman.v1.ContainerEvent;
import io.tallyman.v1.StreamGap;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/** Answers questions about events, gaps and alerts. Safe from any thread. */
public final class Timelines {

  private static final Filter ANY = new Filter(null, null, Set.of(), Set.of(), null);

  /** Events that are looked at to see whom an id or a prefix of one means. */
  private static final int PROBED = 10;

  private static final Pattern ID_OR_PREFIX = Pattern.compile("[0-9a-f]{12,64}");

  private final FleetReader fleet;
  private final Containers containers;

  public Timelines(FleetReader fleet, Containers containers) {
    this.fleet = fleet;
    this.containers = containers;
  }

  /** Events that match, newest first. */
  public Page<Observed<ContainerEvent>> events(TimelineQuery query) {
    return list(Timeline.EVENTS, query, ContainerEvent::getTime, event -> true);
  }

  /**
   * Events of one container, newest first, whatever it was called.
   *
   * @throws NotFoundException when there is none, and never was in the time that is kept
   * @throws AmbiguousException when there are several
   */
  public Page<Observed<ContainerEvent>> eventsOf(
      String idOrName, @Nullable String host, TimelineQuery query) {
    try {
      Candidate found = containers.locate(idOrName, host);
      return events(of(found.hostId(), found.containerId(), query));
    } catch (NotFoundException e) {
      if (!ID_OR_PREFIX.matcher(idOrName).matches()) {
        throw e;
      }
      return eventsOfUnsampled(idOrName, host, query, e);
    }
  }

  /** Of one that was destroyed before its first sample: nothing but events tells of it. */
  private Page<Observed<ContainerEvent>> eventsOfUnsampled(
      String idOrPrefix, @Nullable String host, TimelineQuery query, NotFoundException unknown) {
    Filter any = new Filter(host, idOrPrefix, Set.of(), Set.of(), null);
    Page<Observed<ContainerEvent>> known = events(new TimelineQuery(null, null, any, PROBED, null));
    List<Candidate> told =
        known.items().stream().map(event -> Candidates.of(event.value())).distinct().toList();
    if (told.isEmpty() && known.nextCursor() == null) {
      throw unknown;
    }
    if (told.stream().map(Candidate::containerId).distinct().count() > 1) {
      throw new AmbiguousException("Several containers answer to " + idOrPrefix, told);
    }
    return events(of(host, idOrPrefix, query));
  }

  private static TimelineQuery of(@Nullable String host, String container, TimelineQuery query) {
    Filter of = query.filter();
    return new TimelineQuery(
        query.from(),
        query.to(),
        new Filter(host, container, of.kinds(), of.streams(), of.active()),
        query.limit(),
        query.cursor());
  }

  /** Gaps that overlap the range, the one that ended last first. */
  public Page<GapView> gaps(TimelineQuery query) {
    Instant to = query.to();
    // Kept by their ends: one that begins before the range ends can go on for as long as it likes.
    TimelineQuery ending =
        new TimelineQuery(query.from(), null, query.filter(), query.limit(), query.cursor());
    Page<Observed<StreamGap>> page =
        list(
            Timeline.GAPS,
            ending,
            StreamGap::getTo,
            gap -> to == null || gap.getFrom() == null || gap.getFrom().isBefore(to));
    Fleet all = fleet.fleet();
    return new Page<>(
        page.asOf(),
        page.items().stream().map(gap -> GapView.of(gap, all)).toList(),
        page.nextCursor(),
        page.stale());
  }

  /** One for each episode, the one that began last first. */
  public Page<Observed<ContainerAlert>> alerts(TimelineQuery query) {
    return list(Timeline.ALERTS, query, ContainerAlert::getSince, alert -> true);
  }

  private <T extends SpecificRecord> Page<Observed<T>> list(
      Timeline<T> timeline, TimelineQuery query, Function<T, Instant> stated, Predicate<T> also) {
    String from = TimelineKey.bound(Objects.requireNonNullElse(query.from(), Instant.EPOCH));
    String to = TimelineKey.bound(Objects.requireNonNullElse(query.to(), Instant.MAX));
    String before = query.cursor() == null ? to : earlier(to, position(query.cursor()));
    Answer<Slice> answer =
        ask(
            query.filter(),
            timeline.store(),
            filter -> new TimelineScan(timeline.store(), from, before, filter, query.limit()));
    boolean isStale = answer.stale() || fleet.freshness().stale();
    return page(
        new Answer<>(answer.parts(), isStale),
        query.limit(),
        entries(timeline, stated),
        also,
        newest(timeline, stated));
  }

  /** A name means every host that has it now, and where none has, those that had it then. */
  private Answer<Slice> ask(Filter filter, String store, Function<Filter, TimelineScan> scan) {
    List<String> hostIds = filter.host() == null ? List.of() : fleet.fleet().hostIds(filter.host());
    if (hostIds.isEmpty()) {
      TimelineScan all = scan.apply(filter);
      return fleet.stores().ask(store, null, shard -> shard.timeline(all));
    }
    List<Slice> parts = new ArrayList<>();
    boolean isStale = false;
    for (String hostId : hostIds) {
      TimelineScan own =
          scan.apply(
              new Filter(
                  hostId, filter.container(), filter.kinds(), filter.streams(), filter.active()));
      Answer<Slice> answer = fleet.stores().ask(store, hostId, shard -> shard.timeline(own));
      parts.addAll(answer.parts());
      isStale |= answer.stale();
    }
    return new Answer<>(parts, isStale);
  }

  /** What lies beyond a slice that was cut off may lie before what others have shown after it. */
  private static <T extends SpecificRecord> Page<Observed<T>> page(
      Answer<Slice> answer,
      int limit,
      DecodedEntries<T> entries,
      Predicate<T> also,
      @Nullable Instant asOf) {
    Optional<String> cut =
        answer.parts().stream()
            .map(Slice::resume)
            .filter(Objects::nonNull)
            .max(Comparator.naturalOrder());
    List<StoreEntry> merged =
        answer.parts().stream()
            .flatMap(slice -> slice.items().stream())
            .filter(entry -> cut.isEmpty() || entry.key().compareTo(cut.get()) >= 0)
            .sorted(Comparator.comparing(StoreEntry::key).reversed())
            .toList();
    List<StoreEntry> shown = merged.subList(0, Math.min(limit, merged.size()));
    List<Observed<T>> items = new ArrayList<>();
    for (StoreEntry entry : shown) {
      Observed<T> observed = entries.get(entry.key(), entry.timeMillis(), entry.value());
      if (observed != null && also.test(observed.value())) {
        items.add(observed);
      }
    }
    String next = shown.size() < merged.size() ? shown.getLast().key() : cut.orElse(null);
    return new Page<>(asOf, items, next == null ? null : Cursor.encode(next), answer.stale());
  }

  /** Of the newest record of all. */
  private <T extends SpecificRecord> @Nullable Instant newest(
      Timeline<T> timeline, Function<T, Instant> stated) {
    TimelineScan scan =
        new TimelineScan(
            timeline.store(),
            TimelineKey.bound(Instant.EPOCH),
            TimelineKey.bound(Instant.MAX),
            ANY,
            1);
    DecodedEntries<T> entries = entries(timeline, stated);
    return fleet.stores().ask(timeline.store(), null, s -> s.timeline(scan)).parts().stream()
        .flatMap(slice -> slice.items().stream())
        .map(entry -> entries.get(entry.key(), entry.timeMillis(), entry.value()))
        .filter(Objects::nonNull)
        .map(Observed::time)
        .max(Comparator.naturalOrder())
        .orElse(null);
  }

  private <T extends SpecificRecord> DecodedEntries<T> entries(
      Timeline<T> timeline, Function<T, Instant> stated) {
    return fleet.entries(timeline.topic().name(), timeline.type(), stated);
  }

  private static String earlier(String one, String other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  private static String position(String cursor) {
    String key = Cursor.decode(cursor);
    if (!TimelineKey.isKey(key)) {
      throw Cursor.invalid();
    }
    return key;
  }
}
