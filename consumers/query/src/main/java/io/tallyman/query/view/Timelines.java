package io.tallyman.query.view;

import io.tallyman.query.state.Answer;
import io.tallyman.query.state.Slice;
import io.tallyman.query.state.StoreEntry;
import io.tallyman.query.state.TimelineScan;
import io.tallyman.query.state.TimelineScan.Filter;
import io.tallyman.query.topology.Timeline;
import io.tallyman.query.topology.TimelineKey;
import io.tallyman.v1.ContainerAlert;
import io.tallyman.v1.ContainerEvent;
import io.tallyman.v1.StreamGap;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/** Answers questions about events, gaps and alerts. Safe from any thread. */
public final class Timelines {

  private static final Filter ANY =
      new Filter(null, null, java.util.Set.of(), java.util.Set.of(), null);

  /** A gap that begins before the range and ends in it belongs to it, and one around it too. */
  private static final Duration LONGEST_GAP = Duration.ofDays(1);

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
    Filter of = query.filter();
    AmbiguousException.Candidate found = containers.locate(idOrName, host);
    Filter filter =
        new Filter(found.hostId(), found.containerId(), of.kinds(), of.streams(), of.active());
    return events(
        new TimelineQuery(query.from(), query.to(), filter, query.limit(), query.cursor()));
  }

  /** Gaps that overlap the range, the one that ended last first. */
  public Page<GapView> gaps(TimelineQuery query) {
    Instant from = query.from();
    Instant to = query.to();
    TimelineQuery ending =
        new TimelineQuery(
            from,
            to == null ? null : to.plus(LONGEST_GAP),
            query.filter(),
            query.limit(),
            query.cursor());
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
    Filter filter = query.filter();
    String hostId = fleet.fleet().hostId(filter.host());
    boolean isKnown = hostId != null && fleet.fleet().hostsById().containsKey(hostId);
    Filter resolved =
        new Filter(hostId, filter.container(), filter.kinds(), filter.streams(), filter.active());
    String from = TimelineKey.bound(Objects.requireNonNullElse(query.from(), Instant.EPOCH));
    String to = TimelineKey.bound(Objects.requireNonNullElse(query.to(), Instant.MAX));
    String before = query.cursor() == null ? to : earlier(to, position(query.cursor()));
    TimelineScan scan = new TimelineScan(timeline.store(), from, before, resolved, query.limit());
    Answer<Slice> answer =
        fleet.stores().ask(timeline.store(), isKnown ? hostId : null, s -> s.timeline(scan));
    return page(answer, query.limit(), entries(timeline, stated), also, newest(timeline, stated));
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
