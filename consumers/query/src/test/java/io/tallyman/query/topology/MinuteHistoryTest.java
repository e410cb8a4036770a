package io.tallyman.query.topology;

import static io.tallyman.query.FleetRecords.id;
import static io.tallyman.query.FleetRecords.sample;
import static org.assertj.core.api.Assertions.assertThat;

import io.tallyman.query.history.MinuteCodec;
import io.tallyman.query.history.Rates;
import io.tallyman.query.history.Rollup;
import io.tallyman.query.state.Shard;
import io.tallyman.v1.ContainerStats;
import io.tallyman.v1.Network;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MinuteHistoryTest {

  private static final Instant T = Instant.parse("2026-03-01T12:00:00.000123Z");
  private static final String C = id("c1");

  @TempDir Path directory;

  private TopologyHarness topology;

  @BeforeEach
  void open() {
    topology = new TopologyHarness(directory, T);
  }

  @AfterEach
  void close() {
    topology.close();
  }

  @Test
  void theRestOfAMinuteIsTakenAfterHoursOfSilence() {
    topology.stats(sample("h", C, "app", 1, T.minusSeconds(60)), "h", T);
    topology.stats(sample("h", C, "app", 1, T), "h", T);
    topology.advance(Duration.ofHours(3));
    Instant back = T.plus(Duration.ofHours(3));
    topology.stats(sample("h", C, "app", 2, T.plusSeconds(5)), "h", back);
    topology.stats(sample("h", C, "app", 2, back), "h", back);
    assertThat(minutes()).extracting(Rollup::samples).containsExactly(1, 2, 1);
  }

  @Test
  void minutesOfASilentContainerGoInTheEnd() {
    topology.stats(sample("h", C, "app", 1, T.minusSeconds(60)), "h", T);
    topology.stats(sample("h", C, "app", 1, T), "h", T);
    topology.advance(Duration.ofHours(23));
    assertThat(minutes()).hasSize(2);
    topology.advance(Duration.ofHours(2));
    assertThat(minutes()).isEmpty();
  }

  @Test
  void ratesAreThoseSinceTheReadingBeforeHoweverFarApartTheyAre() {
    topology.stats(sample("h", C, "app", 1, T), "h", T);
    topology.stats(received(1_200 + 11, T.plusSeconds(600)), "h", T.plusSeconds(600));
    assertThat(rates().rx()).isEqualTo(2);
    topology.stats(received(9_000 + 1_211, T.plusSeconds(6600)), "h", T.plusSeconds(6600));
    assertThat(rates().rx()).as("after a minute that is rolled up").isEqualTo(1.5);
  }

  private static ContainerStats received(long bytes, Instant sampledAt) {
    return ContainerStats.newBuilder(sample("h", C, "app", 1, sampledAt))
        .setNetworks(List.of(Network.newBuilder().setName("eth0").setRxBytes(bytes).build()))
        .build();
  }

  private Rates rates() {
    return topology
        .ask(QueryTopology.LATEST_STATS, "h", Shard::latest)
        .parts()
        .getFirst()
        .getFirst()
        .rates();
  }

  private List<Rollup> minutes() {
    List<Rollup> minutes = new ArrayList<>();
    try (KeyValueIterator<String, byte[]> all = topology.plain(QueryTopology.HISTORY, 0).all()) {
      all.forEachRemaining(next -> minutes.add(MinuteCodec.decode(next.value).rollup()));
    }
    return minutes;
  }
}
