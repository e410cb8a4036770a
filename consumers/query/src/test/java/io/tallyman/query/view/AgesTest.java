package io.tallyman.query.view;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallyman.query.FleetRecords;
import io.tallyman.v1.ContainerState;
import io.tallyman.v1.ContainerStats;
import io.tallyman.v1.HostStatus;
import java.time.Instant;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class AgesTest {

  private static final Instant T = Instant.parse("2026-03-01T12:00:00Z");
  private static final String C = FleetRecords.id("c1");

  @Test
  void aRunningContainerIsStaleAfterThreeOfItsOwnIntervals() {
    assertThat(Ages.isStale(state("running"), sampled(), host(), T.plusSeconds(15))).isFalse();
    assertThat(Ages.isStale(state("running"), sampled(), host(), T.plusSeconds(16))).isTrue();
    assertThat(Ages.isStale(state("paused"), sampled(), host(), T.plusSeconds(16))).isTrue();
  }

  @Test
  void aStoppedContainerIsAsCurrentAsItsHost() {
    assertThat(Ages.isStale(state("exited"), sampled(), host(), T.plusSeconds(30))).isFalse();
    assertThat(Ages.isStale(state("exited"), sampled(), host(), T.plusSeconds(31))).isTrue();
    assertThat(Ages.isStale(state("created"), null, host(), T.plusSeconds(30))).isFalse();
    assertThat(Ages.isStale(state("created"), null, null, T.plusSeconds(31))).isTrue();
  }

  @Test
  void theFleetIsStaleAfterThreeOfTheShortestIntervalWithinReason() {
    assertThat(Ages.isFleetStale(T, every(7_000, 60_000), T.plusSeconds(21))).isFalse();
    assertThat(Ages.isFleetStale(T, every(7_000, 60_000), T.plusSeconds(22))).isTrue();
    assertThat(Ages.isFleetStale(T, every(1_000), T.plusSeconds(15))).isFalse();
    assertThat(Ages.isFleetStale(T, every(1_000), T.plusSeconds(16))).isTrue();
    assertThat(Ages.isFleetStale(T, every(60_000), T.plusSeconds(30))).isFalse();
    assertThat(Ages.isFleetStale(T, every(60_000), T.plusSeconds(31))).isTrue();
    assertThat(Ages.isFleetStale(null, every(5_000), T)).isTrue();
  }

  private static List<Observed<HostStatus>> every(long... intervalMillis) {
    return LongStream.of(intervalMillis)
        .mapToObj(millis ->
            new Observed<>(
                HostStatus.newBuilder(FleetRecords.host("h", T)).setIntervalMillis(millis).build(),
                T))
        .toList();
  }

  private static Observed<ContainerState> state(String state) {
    return new Observed<>(FleetRecords.state("h", C, "app", state, T), T);
  }

  private static Observed<ContainerStats> sampled() {
    return new Observed<>(FleetRecords.sample("h", C, "app", 1, T), T);
  }

  private static Observed<HostStatus> host() {
    return new Observed<>(FleetRecords.host("h", T), T);
  }
}
