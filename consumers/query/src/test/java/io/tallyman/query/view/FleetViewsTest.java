package io.tallyman.query.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tallyman.query.FleetRecords;
import io.tallyman.query.ManualClock;
import io.tallyman.query.state.TimelineScan.Filter;
import io.tallyman.query.topology.Retention;
import io.tallyman.query.topology.TopologyHarness;
import io.tallyman.v1.Action;
import io.tallyman.v1.ContainerAlert;
import io.tallyman.v1.ContainerEvent;
import io.tallyman.v1.HostStatus;
import io.tallyman.v1.StreamGap;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The views on the topology's own stores, without a broker. */
class FleetViewsTest {

  private static final Instant T = Instant.parse("2026-03-01T12:00:00Z");
  private static final String C = FleetRecords.id("c1");

  @TempDir Path directory;

  private final ManualClock clock = new ManualClock(T);
  private TopologyHarness topology;
  private FleetReader reader;

  @BeforeEach
  void open() {
    topology = new TopologyHarness(directory, T);
    reader =
        new FleetReader(
            topology, topology.decoder, "", topology.intake.newest(), clock, Duration.ZERO);
  }

  @AfterEach
  void close() {
    topology.close();
  }

  @Test
  void anEmptyFleetHasNoAge() {
    assertThat(new Containers(reader).list(all())).isEqualTo(page(null));
    assertThat(hosts().list(10, null)).isEqualTo(page(null));
    assertThat(timelines().events(events(10, null))).isEqualTo(page(null));
  }

  @Test
  void theAgeOfAListIsThatOfTheNewestRecordAndNeverAheadOfTheAppend() {
    topology.container(FleetRecords.state("h", C, "app", "running", T), C, T);
    assertThat(new Containers(reader).list(all()).asOf()).isEqualTo(T);
    topology.stats(FleetRecords.sample("h", C, "app", 1, T.plusSeconds(5)), "h", T.plusSeconds(6));
    assertThat(new Containers(reader).list(all()).asOf()).isEqualTo(T.plusSeconds(5));
    topology.host(FleetRecords.host("h", T.plusSeconds(99)), "h", T.plusSeconds(8));
    assertThat(new Containers(reader).list(all()).asOf()).isEqualTo(T.plusSeconds(8));
  }

  @Test
  void theServiceIsAsCurrentAsTheNewestOfAllRecords() {
    Hosts hosts = hosts();
    assertThat(hosts.freshness()).isEqualTo(new Freshness(null, true, 0));
    topology.host(FleetRecords.host("h", T), "h", T);
    assertThat(hosts.freshness()).isEqualTo(new Freshness(T, false, 1));
    Instant sampled = T.plusSeconds(7);
    topology.stats(FleetRecords.sample("h", C, "app", 1, sampled), "h", T.plusSeconds(8));
    assertThat(hosts.freshness().asOf()).isEqualTo(sampled);
    Instant happened = T.plusSeconds(8);
    topology.event(FleetRecords.event("h", C, "app", Action.DIE, happened), "h", happened);
    assertThat(hosts.freshness().asOf()).isEqualTo(happened);
    clock.advance(Duration.ofSeconds(8 + 15));
    assertThat(hosts.freshness().stale()).isFalse();
    clock.advance(Duration.ofSeconds(1));
    assertThat(hosts.freshness()).isEqualTo(new Freshness(happened, true, 1));
  }

  @Test
  void statesAndHostsThatNobodyRenewedForAWeekAreHidden() {
    topology.container(FleetRecords.state("h", C, "app", "running", T), C, T);
    topology.host(FleetRecords.host("h", T), "h", T);
    clock.advance(Duration.ofDays(7));
    assertThat(new Containers(reader).list(all()).items()).hasSize(1);
    assertThat(hosts().list(10, null).items()).hasSize(1);
    clock.advance(Duration.ofSeconds(1));
    assertThat(new Containers(reader).list(all()).items()).isEmpty();
    assertThat(hosts().list(10, null).items()).isEmpty();
  }

  @Test
  void aSearchThatFindsLittleEndsEarlyAndCanBeGoneOnWith() {
    int count = 5_010;
    topology.event(FleetRecords.event("h", C, "rare", Action.OOM, T), "h", T);
    for (int n = 1; n <= count; n++) {
      Instant time = T.plusMillis(n);
      topology.event(FleetRecords.event("h", C, "often", Action.HEALTH_STATUS, time), "h", time);
    }
    // No index knows prefixes.
    Filter rare =
        new Filter(null, C.substring(0, 12), Set.of("OOM", "HEALTH_STATUS"), Set.of(), null);
    Filter none = new Filter(null, "0123456789abcdef", Set.of(), Set.of(), null);
    Page<?> first = timelines().events(new TimelineQuery(null, null, none, 10, null));
    assertThat(first.items()).isEmpty();
    assertThat(first.nextCursor()).isNotNull();
    Page<?> second =
        timelines().events(new TimelineQuery(null, null, rare, 100, first.nextCursor()));
    assertThat(second.items()).hasSize(11);
    assertThat(second.nextCursor()).isNull();
  }

  @Test
  void rareEventsAmongManyAreFoundInOnePage() {
    topology.event(FleetRecords.event("h", C, "rare", Action.OOM, T), "h", T);
    for (int n = 1; n <= 500; n++) {
      Instant time = T.plusMillis(n);
      topology.event(
          FleetRecords.event("h", FleetRecords.id("d"), "often", Action.HEALTH_STATUS, time),
          "h",
          time);
    }
    for (Filter rare :
        new Filter[] {
          new Filter(null, null, Set.of("OOM"), Set.of(), null),
          new Filter(null, C, Set.of(), Set.of(), null),
          new Filter(null, "rare", Set.of(), Set.of(), null),
        }) {
      Page<?> page = timelines().events(new TimelineQuery(null, null, rare, 10, null));
      assertThat(page.items()).as("%s", rare).hasSize(1);
      assertThat(page.nextCursor()).isNull();
    }
  }

  private static Page<Object> page(@Nullable Instant asOf) {
    return new Page<>(asOf, List.of(), null, true);
  }

  private static ContainerQuery all() {
    return new ContainerQuery(
        null, Set.of(), null, null, Map.of(), null, ContainerSort.NAME, false, 10, null);
  }

  @Test
  void everyListIsStaleWhenNothingComesAnyMore() {
    topology.host(FleetRecords.host("h", T), "h", T);
    topology.container(FleetRecords.state("h", C, "app", "running", T), C, T);
    topology.stats(FleetRecords.sample("h", C, "app", 1, T), "h", T);
    topology.event(FleetRecords.event("h", C, "app", Action.START, T), "h", T);
    assertThat(staleOfLists()).containsOnly(false);
    clock.advance(Duration.ofSeconds(16));
    assertThat(hosts().freshness().stale()).isTrue();
    assertThat(staleOfLists()).containsOnly(true);
  }

  private List<Boolean> staleOfLists() {
    Usages usages = new Usages(reader, Retention.DEFAULT, Duration.ZERO);
    UsageQuery now = new UsageQuery(null, null, null, null);
    UsageQuery past = new UsageQuery(T.minusSeconds(600), null, null, null);
    return List.of(
        new Containers(reader).list(all()).stale(),
        hosts().list(10, null).stale(),
        timelines().events(events(10, null)).stale(),
        timelines().gaps(events(10, null)).stale(),
        timelines().alerts(events(10, null)).stale(),
        usages.totals(Grouping.parse("none"), now, 10, null).page().stale(),
        usages.totals(Grouping.parse("none"), past, 10, null).page().stale(),
        usages.top(Usages.Order.CPU, now, 10).page().stale());
  }

  @Test
  void aHostsNameMeansAllThatHaveIt() {
    for (String host : List.of("h1", "h2", "h3")) {
      String name = host.equals("h3") ? "other" : "twin";
      topology.host(
          HostStatus.newBuilder(FleetRecords.host(host, T)).setHostName(name).build(), host, T);
      topology.event(FleetRecords.event(host, C, "app", Action.DIE, T), host, T);
      topology.gap(FleetRecords.gap(host, T), host, T);
      topology.alert(FleetRecords.alert(host, C, "app", T), host, T);
    }
    TimelineQuery twin =
        new TimelineQuery(null, null, new Filter("twin", null, Set.of(), Set.of(), null), 1, null);
    assertThat(pages(twin, query -> timelines().events(query), ContainerEvent::getHostId))
        .containsExactlyInAnyOrder("h1", "h2");
    assertThat(pages(twin, query -> timelines().alerts(query), ContainerAlert::getHostId))
        .containsExactlyInAnyOrder("h1", "h2");
    Filter all = twin.filter();
    assertThat(timelines().gaps(new TimelineQuery(null, null, all, 10, null)).items())
        .extracting(gap -> gap.gap().value().getHostId())
        .containsExactlyInAnyOrder("h1", "h2");
  }

  private static <T extends SpecificRecord> List<String> pages(
      TimelineQuery first,
      Function<TimelineQuery, Page<Observed<T>>> list,
      Function<T, String> hostId) {
    List<String> found = new ArrayList<>();
    String cursor = null;
    do {
      Page<Observed<T>> page =
          list.apply(new TimelineQuery(null, null, first.filter(), first.limit(), cursor));
      page.items().forEach(item -> found.add(hostId.apply(item.value())));
      cursor = page.nextCursor();
    } while (cursor != null);
    return found;
  }

  @Test
  void aContainerThatWasGoneBeforeItsFirstSampleHasItsEvents() {
    topology.event(FleetRecords.event("h", C, "app", Action.START, T), "h", T);
    String other = C.substring(0, 20) + "f".repeat(44);
    topology.event(FleetRecords.event("h", other, "app", Action.START, T), "h", T);
    for (String id : List.of(C, C.substring(0, 21))) {
      assertThat(timelines().eventsOf(id, null, events(10, null)).items()).as(id).hasSize(1);
    }
    Filter oom = new Filter(null, null, Set.of("OOM"), Set.of(), null);
    assertThat(timelines().eventsOf(C, "h", new TimelineQuery(null, null, oom, 10, null)).items())
        .as("known, and none of that kind")
        .isEmpty();
    assertThatThrownBy(() -> timelines().eventsOf(C.substring(0, 12), null, events(10, null)))
        .isInstanceOf(AmbiguousException.class);
    assertThatThrownBy(() -> timelines().eventsOf("d".repeat(64), null, events(10, null)))
        .isInstanceOf(NotFoundException.class);
    assertThatThrownBy(() -> timelines().eventsOf(C, "elsewhere", events(10, null)))
        .isInstanceOf(NotFoundException.class);
  }

  @Test
  void aGapOverDaysIsInEachOfThem() {
    StreamGap weekend =
        StreamGap.newBuilder(FleetRecords.gap("h", T)).setFrom(T.minus(Duration.ofDays(3))).build();
    topology.gap(weekend, "h", T);
    Filter any = new Filter(null, null, Set.of(), Set.of(), null);
    for (int day = 0; day <= 3; day++) {
      Instant to = T.minus(Duration.ofDays(day)).plusSeconds(1);
      assertThat(timelines().gaps(new TimelineQuery(to.minusSeconds(2), to, any, 10, null)).items())
          .as("day %d", day)
          .hasSize(1);
    }
    Instant before = T.minus(Duration.ofDays(4));
    assertThat(timelines().gaps(new TimelineQuery(null, before, any, 10, null)).items()).isEmpty();
  }

  @Test
  void twoAgentsThatReportAsOneHostAreTold() {
    topology.host(heartbeat("a", T), "h", T);
    topology.host(heartbeat("b", T.plusSeconds(10)), "h", T.plusSeconds(10));
    assertThat(hosts().find("h").conflict()).as("the new agent of a host").isNull();
    topology.host(heartbeat("a", T.plusSeconds(20)), "h", T.plusSeconds(20));
    assertThat(Objects.requireNonNull(hosts().find("h").conflict()).agents())
        .extracting(agent -> agent.agentId())
        .containsExactly("a", "b");
    for (int n = 3; n < 10; n++) {
      topology.host(heartbeat("a", T.plusSeconds(10L * n)), "h", T.plusSeconds(10L * n));
    }
    assertThat(hosts().find("h").conflict()).as("the other one is gone").isNull();
  }

  private static HostStatus heartbeat(String agentId, Instant time) {
    return HostStatus.newBuilder(FleetRecords.host("h", time)).setAgentId(agentId).build();
  }

  private Hosts hosts() {
    return new Hosts(reader, topology.intake.conflicts());
  }

  private Timelines timelines() {
    return new Timelines(reader, new Containers(reader));
  }

  private static TimelineQuery events(int limit, @Nullable String cursor) {
    Filter all = new Filter(null, null, Set.of(), Set.of(), null);
    return new TimelineQuery(null, null, all, limit, cursor);
  }
}
