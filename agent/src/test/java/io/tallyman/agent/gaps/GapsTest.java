package io.tallyman.agent.gaps;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallyman.agent.identity.AgentIdentity;
import io.tallyman.agent.identity.RecordSequence;
import io.tallyman.agent.publish.Acceptance;
import io.tallyman.agent.publish.Lane;
import io.tallyman.agent.publish.OutgoingRecord;
import io.tallyman.agent.publish.StatsPublisher;
import io.tallyman.schemas.EventIds;
import io.tallyman.v1.GapReason;
import io.tallyman.v1.Stream;
import io.tallyman.v1.StreamGap;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class GapsTest {

  private static final Instant FROM = Instant.parse("2026-03-01T12:00:00.123456789Z");
  private static final Instant TO = FROM.plusSeconds(15);

  private final FickleLane lane = new FickleLane();
  private final Gaps gaps = new Gaps("host-1", lane);

  /** Takes only what may use the reserved room, and not even that while it is full. */
  private static final class FickleLane implements Lane {
    final List<StreamGap> taken = new ArrayList<>();
    boolean full;

    @Override
    public CompletableFuture<Acceptance> offer(OutgoingRecord record) {
      return CompletableFuture.completedFuture(Acceptance.REFUSED);
    }

    @Override
    public CompletableFuture<Acceptance> offerReserved(OutgoingRecord record) {
      assertThat(record.topic()).isEqualTo("docker.gaps.v1");
      assertThat(record.key()).isEqualTo("host-1");
      if (full) {
        return offer(record);
      }
      taken.add((StreamGap) record.value());
      return CompletableFuture.completedFuture(Acceptance.ACCEPTED);
    }

    @Override
    public LaneSnapshot snapshot() {
      return new LaneSnapshot("events", 0, 0, 0, 0, 0, 0, 0);
    }

    @Override
    public void close() {}
  }

  @Test
  void aHoleThatIsToldTwiceHasOneIdentity() {
    gaps.gap(Stream.EVENTS, GapReason.RING_OVERFLOW, FROM, TO, null);
    gaps.gap(Stream.EVENTS, GapReason.RING_OVERFLOW, FROM.plusNanos(10), TO, null);
    gaps.gap(Stream.STATS, GapReason.RING_OVERFLOW, FROM, TO, null);

    assertThat(lane.taken.get(0).getGapId())
        .isEqualTo(lane.taken.get(1).getGapId())
        .isEqualTo(EventIds.gapId("host-1", Stream.EVENTS, GapReason.RING_OVERFLOW, FROM, TO))
        .isNotEqualTo(lane.taken.get(2).getGapId());
    assertThat(lane.taken.getFirst().getFrom())
        .isEqualTo(Instant.parse("2026-03-01T12:00:00.123456Z"));
  }

  @Test
  void holesAreCountedByTheirReason() {
    gaps.gap(Stream.EVENTS, GapReason.AGENT_DOWN, null, TO, null);
    gaps.gap(Stream.STATS, GapReason.SPOOL_FULL, FROM, TO, 7L);
    gaps.gap(Stream.STATS, GapReason.SPOOL_FULL, TO, TO.plusSeconds(1), 8L);

    assertThat(gaps.total()).isEqualTo(3);
    assertThat(gaps.total(GapReason.SPOOL_FULL)).isEqualTo(2);
    assertThat(lane.taken.getFirst().getFrom()).isNull();
    assertThat(lane.taken.get(1).getLost()).isEqualTo(7);
  }

  @Test
  void whatFindsNoRoomIsOfferedAgain() {
    lane.full = true;
    gaps.gap(Stream.EVENTS, GapReason.SPOOL_FULL, FROM, TO, 1L);
    gaps.offerAgain();
    assertThat(lane.taken).isEmpty();

    lane.full = false;
    gaps.offerAgain();
    gaps.offerAgain();

    assertThat(lane.taken).hasSize(1);
    assertThat(gaps.total()).isEqualTo(1);
  }

  @Test
  void ticksThatPassedWithoutReadingsAreAHoleInTheStats() {
    AgentIdentity identity = new AgentIdentity("host-1", "box", "agent-1", 3, "run-1");
    new StatsPublisher(identity, new RecordSequence(), lane, gaps).ticksMissed(FROM, TO, 3);

    StreamGap gap = lane.taken.getFirst();
    assertThat(gap.getStream()).isEqualTo(Stream.STATS);
    assertThat(gap.getReason()).isEqualTo(GapReason.TICK_MISSED);
    assertThat(gap.getTo()).isEqualTo(Instant.parse("2026-03-01T12:00:15.123456Z"));
    assertThat(gap.getLost()).isNull();
  }
}
