package io.tallyman.query.view;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallyman.query.FleetRecords;
import io.tallyman.query.ManualClock;
import io.tallyman.query.topology.TopologyHarness;
import io.tallyman.v1.Action;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
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
    reader = new FleetReader(topology, topology.decoder, "", clock);
  }

  @AfterEach
  void close() {
    topology.close();
  }

  @Test
  void anEmptyFleetHasNoAge() {
    assertThat(new Containers(reader).list(all())).isEqualTo(page(null));
    assertThat(new Hosts(reader, topology.intake.newest()).list(10, null)).isEqualTo(page(null));
    assertThat(new Events(reader).list(events(10, null))).isEqualTo(page(null));
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
    Hosts hosts = new Hosts(reader, topology.intake.newest());
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
    assertThat(new Hosts(reader, topology.intake.newest()).list(10, null).items()).hasSize(1);
    clock.advance(Duration.ofSeconds(1));
    assertThat(new Containers(reader).list(all()).items()).isEmpty();
    assertThat(new Hosts(reader, topology.intake.newest()).list(10, null).items()).isEmpty();
  }

  @Test
  void aSearchThatFindsLittleEndsEarlyAndCanBeGoneOnWith() {
    int count = Events.MAX_SCANNED + 10;
    topology.event(FleetRecords.event("h", C, "rare", Action.OOM, T), "h", T);
    for (int n = 1; n <= count; n++) {
      Instant time = T.plusMillis(n);
      topology.event(FleetRecords.event("h", C, "often", Action.HEALTH_STATUS, time), "h", time);
    }
    Events views = new Events(reader);
    EventQuery rare = new EventQuery(null, null, Set.of(Action.OOM), null, null, 10, null);
    Page<?> first = views.list(rare);
    assertThat(first.items()).isEmpty();
    assertThat(first.nextCursor()).isNotNull();
    EventQuery on =
        new EventQuery(null, null, Set.of(Action.OOM), null, null, 10, first.nextCursor());
    Page<?> second = views.list(on);
    assertThat(second.items()).hasSize(1);
    assertThat(second.nextCursor()).isNull();
  }

  private static Page<Object> page(@Nullable Instant asOf) {
    return new Page<>(asOf, java.util.List.of(), null);
  }

  private static ContainerQuery all() {
    return new ContainerQuery(
        null, Set.of(), null, null, Map.of(), null, ContainerSort.NAME, false, 10, null);
  }

  private static EventQuery events(int limit, @Nullable String cursor) {
    return new EventQuery(null, null, Set.of(), null, null, limit, cursor);
  }
}
