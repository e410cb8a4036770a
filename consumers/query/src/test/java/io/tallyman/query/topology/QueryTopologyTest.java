package io.tallyman.query.topology;

import static io.tallyman.query.FleetRecords.event;
import static io.tallyman.query.FleetRecords.id;
import static io.tallyman.query.FleetRecords.sample;
import static io.tallyman.query.FleetRecords.state;
import static org.assertj.core.api.Assertions.assertThat;

import io.tallyman.query.topology.Decoded.Intact;
import io.tallyman.schemas.ReleasedSchemas;
import io.tallyman.schemas.SchemaResolver;
import io.tallyman.schemas.Topics;
import io.tallyman.v1.Action;
import io.tallyman.v1.ContainerEvent;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.ValueAndTimestamp;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QueryTopologyTest {

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
  void samplesThatNobodyRenewsGoAfterAWeek() {
    topology.stats(sample("h", C, "app", 1, T), "h", T);
    topology.advance(Duration.ofDays(7).minusHours(2));
    assertThat(topology.store(QueryTopology.LATEST_STATS).get("h|" + C)).isNotNull();
    topology.advance(Duration.ofHours(4));
    assertThat(topology.store(QueryTopology.LATEST_STATS).get("h|" + C)).isNull();
    topology.stats(sample("h", C, "app", 1, T), "h", T);
    assertThat(topology.store(QueryTopology.LATEST_STATS).get("h|" + C))
        .as("a replay brings it not back")
        .isNull();
  }

  @Test
  void eventsLieInTheOrderOfTheirTimesAndTakeTheirPlaceOnce() {
    ContainerEvent start = event("h", C, "app", Action.START, T);
    ContainerEvent die = event("h", C, "app", Action.DIE, T.plusSeconds(1));
    topology.event(die, "h", T.plusSeconds(2));
    topology.event(start, "h", T.plusSeconds(3));
    topology.event(die, "h", T.plusSeconds(4));
    assertThat(events()).containsExactly(Action.START, Action.DIE);
  }

  @Test
  void ofAnEventThatIsToldTwiceTheFirstReportStays() {
    ContainerEvent live = event("h", C, "app", Action.DIE, T);
    topology.event(live, "h", T.plusSeconds(1));
    topology.event(
        ContainerEvent.newBuilder(live).setIncarnation(live.getIncarnation() + 1).build(),
        "h",
        T.plusSeconds(9));
    try (KeyValueIterator<String, ValueAndTimestamp<byte[]>> kept =
        topology.store(Timeline.EVENTS.store()).all()) {
      byte[] first = kept.next().value.value();
      assertThat(decode(Topics.EVENTS.name(), first, ContainerEvent.class)).isEqualTo(live);
      assertThat(kept.hasNext()).isFalse();
    }
  }

  @Test
  void anEventOfAClockFarAheadIsPutWhereItCame() {
    topology.event(event("h", C, "app", Action.OOM, T.plus(Duration.ofDays(400))), "h", T);
    topology.event(event("h", C, "app", Action.DIE, T.plusSeconds(1)), "h", T.plusSeconds(1));
    assertThat(events()).containsExactly(Action.OOM, Action.DIE);
  }

  @Test
  void eventsGoAfterTheRetention() {
    topology.event(event("h", C, "app", Action.START, T), "h", T);
    topology.event(event("h", C, "app", Action.DIE, T.plusSeconds(7200)), "h", T.plusSeconds(7200));
    topology.advance(Duration.ofDays(7).plusHours(1));
    assertThat(events()).containsExactly(Action.DIE);
  }

  @Test
  void aRecordWhoseSchemaComesLaterIsKeptAndTakenThen() {
    AtomicBoolean known = new AtomicBoolean();
    SchemaResolver late =
        id -> known.get() ? ReleasedSchemas.resolver().resolve(id) : Optional.empty();
    try (TopologyHarness waiting =
        new TopologyHarness(directory.resolve("late"), T, late, Clock.systemUTC())) {
      waiting.stats(sample("h", C, "app", 1, T), "h", T.plusSeconds(1));
      waiting.container(state("h", C, "app", "running", T), C, T.plusSeconds(1));
      waiting.advance(DecodingProcessor.RETRY_INTERVAL);
      assertThat(waiting.store(QueryTopology.LATEST_STATS).get("h|" + C)).isNull();
      assertThat(waiting.unreadable.waiting()).isEqualTo(1);
      known.set(true);
      waiting.advance(DecodingProcessor.RETRY_INTERVAL);
      assertThat(waiting.store(QueryTopology.LATEST_STATS).get("h|" + C).timestamp())
          .isEqualTo(T.toEpochMilli());
      assertThat(waiting.containers().get(C)).isNotNull();
      assertThat(waiting.unreadable.waiting()).isZero();
      assertThat(waiting.unreadable.rejected()).isZero();
    }
  }

  @Test
  void aRecordWhoseSchemaNeverComesIsRejectedInTheEnd() {
    StoppedClock clock = new StoppedClock(T);
    try (TopologyHarness waiting =
        new TopologyHarness(directory.resolve("never"), T, id -> Optional.empty(), clock)) {
      waiting.stats(sample("h", C, "app", 1, T), "h", T);
      clock.now = T.plus(Duration.ofMinutes(11));
      waiting.advance(DecodingProcessor.RETRY_INTERVAL);
      assertThat(waiting.unreadable.waiting()).isZero();
      assertThat(waiting.unreadable.rejected()).isEqualTo(1);
      assertThat(waiting.unreadable.last()).startsWith(Topics.STATS.name() + "|0|0: Schema ");
    }
  }

  private List<Action> events() {
    List<Action> found = new ArrayList<>();
    try (KeyValueIterator<String, ValueAndTimestamp<byte[]>> all =
        topology.store(Timeline.EVENTS.store()).all()) {
      while (all.hasNext()) {
        found.add(
            decode(Topics.EVENTS.name(), all.next().value.value(), ContainerEvent.class)
                .getAction());
      }
    }
    return found;
  }

  private <T> T decode(String topic, byte[] framed, Class<T> type) {
    return type.cast(((Intact) topology.decoder.decode(topic, framed)).value());
  }

  private static final class StoppedClock extends Clock {

    private Instant now;

    StoppedClock(Instant now) {
      this.now = now;
    }

    @Override
    public ZoneOffset getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(java.time.ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return now;
    }
  }
}
