package io.tallyman.query.topology;

import static io.tallyman.query.FleetRecords.event;
import static io.tallyman.query.FleetRecords.id;
import static io.tallyman.query.FleetRecords.sample;
import static io.tallyman.query.FleetRecords.state;
import static org.assertj.core.api.Assertions.assertThat;

import io.tallyman.query.topology.Decoded.Intact;
import io.tallyman.schemas.Topics;
import io.tallyman.v1.Action;
import io.tallyman.v1.ContainerState;
import io.tallyman.v1.ContainerStats;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.apache.kafka.streams.state.ValueAndTimestamp;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One topology for all tests; each has a container of its own. */
class LatestAndTablesTest {

  private static final Instant T = Instant.parse("2026-03-01T12:00:00.000123Z");

  @TempDir static Path directory;

  private static TopologyHarness topology;

  @BeforeAll
  static void open() {
    topology = new TopologyHarness(directory, T);
  }

  @AfterAll
  static void close() {
    topology.close();
  }

  @Test
  void theNewestSampleWinsInWhateverOrderTheyCome() {
    String c = id("c1");
    topology.stats(sample("h", c, "app", 1, T), "h", T.plusMillis(20));
    topology.stats(sample("h", c, "app", 2, T.plusSeconds(5)), "h", T.plusSeconds(6));
    topology.stats(sample("h", c, "app", 3, T.plusSeconds(1)), "h", T.plusSeconds(7));
    assertThat(latest(c).getCpu().getPercent()).isEqualTo(2);
    topology.stats(
        sample("h", c, "app", 4, T.plusSeconds(5).plusNanos(1000)), "h", T.plusSeconds(8));
    assertThat(latest(c).getCpu().getPercent()).as("newer within the millisecond").isEqualTo(4);
  }

  @Test
  void aRedeliveredSampleChangesNothing() {
    String c = id("c2");
    topology.stats(sample("h", c, "app", 1, T), "h", T.plusMillis(20));
    ValueAndTimestamp<byte[]> before = topology.store(QueryTopology.LATEST_STATS).get("h|" + c);
    topology.stats(sample("h", c, "app", 9, T), "h", T.plusSeconds(9));
    assertThat(topology.store(QueryTopology.LATEST_STATS).get("h|" + c).value())
        .isEqualTo(before.value());
    assertThat(topology.store(QueryTopology.LATEST_STATS).get("h|" + c).timestamp())
        .isEqualTo(before.timestamp());
  }

  @Test
  void aClockThatWasAheadDoesNotHoldBackWhatComesAfter() {
    String c = id("c3");
    topology.stats(sample("h", c, "app", 1, T.plus(Duration.ofDays(1))), "h", T);
    topology.stats(sample("h", c, "app", 2, T.plusSeconds(5)), "h", T.plusSeconds(6));
    assertThat(latest(c).getCpu().getPercent()).isEqualTo(2);
    assertThat(topology.store(QueryTopology.LATEST_STATS).get("h|" + c).timestamp())
        .isEqualTo(T.plusSeconds(5).toEpochMilli());
  }

  @Test
  void equalIdsOnTwoHostsAreTwoContainers() {
    String c = id("c4");
    topology.stats(sample("h1", c, "app", 1, T), "h1", T);
    topology.stats(sample("h2", c, "app", 2, T), "h2", T);
    assertThat(topology.store(QueryTopology.LATEST_STATS).get("h1|" + c)).isNotNull();
    assertThat(topology.store(QueryTopology.LATEST_STATS).get("h2|" + c)).isNotNull();
  }

  @Test
  void theTableKeepsTheNewestStateUntilTheContainerIsDestroyed() {
    String c = id("c5");
    topology.container(state("h", c, "app", "running", T), c, T);
    topology.container(state("h", c, "app", "exited", T.plusSeconds(2)), c, T.plusSeconds(3));
    topology.container(state("h", c, "app", "running", T.plusSeconds(1)), c, T.plusSeconds(4));
    ContainerState kept =
        decode(
            Topics.CONTAINERS.name(), topology.containers().get(c).value(), ContainerState.class);
    assertThat(kept.getState()).isEqualTo("exited");
    topology.container(null, c, T.plusSeconds(5));
    assertThat(topology.containers().get(c)).isNull();
  }

  @Test
  void whatDoesNotBelongOrIsBrokenIsCountedAndTheNextOneTaken() {
    String c = id("c6");
    topology.raw(Topics.STATS.name(), "h", new byte[] {0, 1}, T);
    topology.raw(Topics.STATS.name(), "h", null, T);
    topology.stats(event("h", c, "app", Action.DIE, T), "h", T);
    topology.container(event("h", c, "app", Action.DIE, T), c, T);
    topology.stats(sample("h", c, "app", 1, T), "h", T);
    assertThat(topology.unreadable.rejected()).isEqualTo(4);
    assertThat(topology.unreadable.last()).contains("docker.");
    assertThat(latest(c).getCpu().getPercent()).isEqualTo(1);
    assertThat(topology.containers().get(c)).isNull();
  }

  private static ContainerStats latest(String container) {
    return decode(
        Topics.STATS.name(),
        topology.store(QueryTopology.LATEST_STATS).get("h|" + container).value(),
        ContainerStats.class);
  }

  private static <T> T decode(String topic, byte[] framed, Class<T> type) {
    return type.cast(((Intact) topology.decoder.decode(topic, framed)).value());
  }
}
