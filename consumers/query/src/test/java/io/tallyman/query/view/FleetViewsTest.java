package io.tallyman.query.view;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallyman.query.FleetRecords;
import io.tallyman.query.ManualClock;
import io.tallyman.query.state.TimelineScan.Filter;
import io.tallyman.query.topology.TopologyHarness;
import io.tallyman.v1.Action;
import io.tallyman.v1.HostStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
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
    reader = new FleetReader(topology, topology.decoder, "", clock, Duration.ZERO);
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
    return new Page<>(asOf, java.util.List.of(), null, false);
  }

  private static ContainerQuery all() {
    return new ContainerQuery(
        null, Set.of(), null, null, Map.of(), null, ContainerSort.NAME, false, 10, null);
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
    return new Hosts(reader, topology.intake.newest(), topology.intake.conflicts());
  }

  private Timelines timelines() {
    return new Timelines(reader, new Containers(reader));
  }

  private static TimelineQuery events(int limit, @Nullable String cursor) {
    Filter all = new Filter(null, null, Set.of(), Set.of(), null);
    return new TimelineQuery(null, null, all, limit, cursor);
  }
}
