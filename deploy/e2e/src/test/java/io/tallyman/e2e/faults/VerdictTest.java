package io.tallyman.e2e.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallyman.schemas.EventIds;
import io.tallyman.v1.GapReason;
import io.tallyman.v1.Origin;
import io.tallyman.v1.Stream;
import io.tallyman.v1.StreamGap;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Shows that the judge of the other tests notices. */
class VerdictTest {

  private static final Duration SAME_MOMENT = Duration.ofNanos(2_000);

  private long sequence;

  @Test
  void whatIsNeitherToldNorInAGapIsLost() {
    var told = happened("a", "start", 1_000_000);
    var inGap = happened("a", "die", 2_000_000);
    var lost = happened("a", "start", 3_000_000);
    var verdict =
        verdict(List.of(told, inGap, lost), List.of(tell(told)), gap(1_500_000L, 2_500_000L));

    assertThat(verdict.lost()).containsExactly(lost);
    assertThat(verdict.notTold()).containsExactly(inGap, lost);
    assertThat(verdict.missing(List.of(told.eventId(), lost.eventId())))
        .isEqualTo(Set.of(lost.eventId()));
  }

  @Test
  void lossesAreToldByTheirTimes() {
    var told = happened("a", "start", 2_000_000);
    var lost =
        List.of(
            happened("a", "die", 3_000_000),
            happened("a", "start", 4_000_000),
            happened("a", "die", 6_000_000));
    var happened = List.of(told, lost.get(0), lost.get(1), told, lost.get(2));

    assertThat(verdict(happened, List.of(tell(told))).losses())
        .containsExactly(
            "2 from 1970-01-01T00:00:00.003Z to 1970-01-01T00:00:00.004Z, the first: die a",
            "1 from 1970-01-01T00:00:00.006Z to 1970-01-01T00:00:00.006Z, the first: die a");
  }

  @Test
  void aGapWithoutABeginCoversAllBefore() {
    var event = happened("a", "start", 1_000_000);

    assertThat(verdict(List.of(event), List.of(), gap(null, 1_000_000)).lost()).isEmpty();
    assertThat(verdict(List.of(event), List.of(), gap(null, 999_000)).lost()).hasSize(1);
  }

  @Test
  void gapsOfStatsCoverNoEvents() {
    var event = happened("a", "start", 1_000_000);
    var gap = StreamGap.newBuilder(gap(null, 2_000_000)).setStream(Stream.STATS).build();

    assertThat(verdict(List.of(event), List.of(), gap).lost()).containsExactly(event);
  }

  @Test
  void aConclusionStandsForTheEventOfItsMomentAlone() {
    var event = happened("a", "die", 1_000_000);
    var near = concluded("a", "die", 1_001_000);
    var far = concluded("a", "die", 1_010_000);
    var otherAction = concluded("a", "start", 1_000_000);

    assertThat(verdict(List.of(event), List.of(near)).lost()).isEmpty();
    assertThat(verdict(List.of(event), List.of(near)).unknown()).isEmpty();
    assertThat(verdict(List.of(event), List.of(far)).lost()).hasSize(1);
    assertThat(verdict(List.of(event), List.of(far)).unknown()).containsExactly(far);
    assertThat(verdict(List.of(event), List.of(otherAction)).lost()).hasSize(1);
  }

  @Test
  void aContainerIsDestroyedOnceWheneverThatWas() {
    var event = happened("a", "destroy", 1_000_000);
    var concluded = concluded("a", "destroy", 900_000);

    assertThat(verdict(List.of(event), List.of(concluded)).lost()).isEmpty();
    assertThat(verdict(List.of(event), List.of(concluded)).unknown()).isEmpty();
    assertThat(verdict(List.of(), List.of(concluded)).unknown()).containsExactly(concluded);
  }

  @Test
  void whatNeverHappenedIsUnknown() {
    var event = happened("a", "start", 1_000_000);
    var invented = tell(happened("a", "start", 1_000_001));
    var mislabelled =
        new Told(
            event.eventId(),
            "a",
            "start",
            null,
            1_000_000,
            Origin.RECONCILED,
            1,
            9,
            false,
            Duration.ZERO);

    assertThat(verdict(List.of(event), List.of(tell(event))).unknown()).isEmpty();
    assertThat(verdict(List.of(event), List.of(invented)).unknown()).containsExactly(invented);
    assertThat(verdict(List.of(event), List.of(mislabelled)).unknown()).hasSize(1);
  }

  @Test
  void copiesAreCountedAndDoNotDisturbTheOrder() {
    var first = tell(happened("a", "start", 1));
    var second = tell(happened("a", "die", 2));
    var verdict = verdict(List.of(), List.of(first, second, first, second));

    assertThat(verdict.duplicates()).isEqualTo(2);
    assertThat(verdict.disorder()).isEmpty();
  }

  @Test
  void firstReportsOutOfOrderAreDisorder() {
    var first = tell(happened("a", "start", 1));
    var second = tell(happened("b", "start", 2));

    assertThat(verdict(List.of(), List.of(first, second)).disorder()).isEmpty();
    assertThat(verdict(List.of(), List.of(second, first)).disorder()).hasSize(1);
  }

  @Test
  void aContainersEventsToldOtherwiseThanTheyHappenedAreDisorder() {
    var create = happened("a", "create", 2);
    var other = happened("b", "create", 1);
    var start = happened("a", "start", 1);
    var happened = List.of(create, other, start);

    assertThat(verdict(happened, List.of(tell(create), tell(start), tell(other))).disorder())
        .isEmpty();
    assertThat(verdict(happened, List.of(tell(start), tell(create))).disorder()).hasSize(1);
  }

  @Test
  void whatWasReadFromTheMemoryMayBeLateButOvertakesNothing() {
    var start = happened("a", "start", 1);
    var die = happened("a", "die", 2);
    var happened = List.of(start, die);

    assertThat(verdict(happened, List.of(tell(die), told(start, Origin.RING))).disorder())
        .isEmpty();
    assertThat(verdict(happened, List.of(told(die, Origin.RING), tell(start))).disorder())
        .hasSize(1);
  }

  private static Verdict verdict(List<Happened> happened, List<Told> told, StreamGap... gaps) {
    return new Verdict(happened, told, List.of(gaps), SAME_MOMENT);
  }

  private static Happened happened(String container, String action, long timeNanos) {
    return Happened.of("host", timeNanos, action, container, null);
  }

  private Told tell(Happened event) {
    return told(event, Origin.LIVE);
  }

  private Told concluded(String container, String action, long timeNanos) {
    return told(happened(container, action, timeNanos), Origin.RECONCILED);
  }

  private Told told(Happened event, Origin origin) {
    return new Told(
        event.eventId(),
        event.containerId(),
        event.rawAction(),
        null,
        event.timeNanos(),
        origin,
        1,
        ++sequence,
        true,
        Duration.ZERO);
  }

  private static StreamGap gap(Long fromNanos, long toNanos) {
    var from = fromNanos == null ? null : Instant.EPOCH.plusNanos(fromNanos);
    var to = Instant.EPOCH.plusNanos(toNanos);
    return StreamGap.newBuilder()
        .setGapId(EventIds.gapId("host", Stream.EVENTS, GapReason.AGENT_DOWN, from, to))
        .setHostId("host")
        .setStream(Stream.EVENTS)
        .setFrom(from)
        .setTo(to)
        .setReason(GapReason.AGENT_DOWN)
        .build();
  }
}
