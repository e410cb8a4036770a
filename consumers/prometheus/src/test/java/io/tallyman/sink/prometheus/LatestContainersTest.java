package io.tallyman.sink.prometheus;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallyman.testkit.Samples;
import io.tallyman.v1.ContainerState;
import io.tallyman.v1.ContainerStats;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class LatestContainersTest {

  private static final String ONE = Samples.containerId(1);

  private Instant now = Instant.parse("2026-02-03T04:05:07Z");
  private final LatestContainers latest = new LatestContainers(1_000, () -> now);

  private static ContainerStats sample(int container, int seconds) {
    return Samples.stats()
        .setContainerId(Samples.containerId(container))
        .setContainerName("c" + container)
        .setSampledAt(Samples.TIME.plusSeconds(seconds))
        .build();
  }

  private static ContainerState state(String state, int seconds) {
    return Samples.state()
        .setContainerId(ONE)
        .setState(state)
        .setAsOf(Samples.TIME.plusSeconds(seconds))
        .build();
  }

  private List<String> names() {
    return latest.containers().stream().map(c -> c.stats().getContainerName()).toList();
  }

  @Test
  void theNewestSampleIsShown() {
    latest.accept(sample(1, 5));
    latest.accept(sample(1, 0));

    assertThat(latest.containers())
        .singleElement()
        .satisfies(shown ->
            assertThat(shown.stats().getSampledAt()).isEqualTo(Samples.TIME.plusSeconds(5)));
  }

  @Test
  void aContainerVanishesAfterThreeSilentIntervals() {
    latest.accept(sample(1, 0));
    now = now.plusSeconds(10);
    latest.accept(sample(2, 10));
    now = now.plusSeconds(5);
    assertThat(names()).containsExactly("c1", "c2");

    now = now.plusMillis(1);

    assertThat(names()).containsExactly("c2");
  }

  @Test
  void noIntervalIsLongerThanADay() {
    latest.accept(
        ContainerStats.newBuilder(sample(1, 0)).setIntervalMillis(Long.MAX_VALUE).build());
    now = now.plus(Duration.ofDays(3));
    assertThat(names()).containsExactly("c1");

    now = now.plusMillis(1);

    assertThat(names()).isEmpty();
  }

  @Test
  void aContainerVanishesWhenItEnds() {
    int seconds = 0;
    for (var state : List.of("exited", "dead", "removing")) {
      latest.accept(sample(1, seconds));
      assertThat(names()).containsExactly("c1");

      latest.accept(state(state, seconds + 1));
      assertThat(names()).as(state).isEmpty();
      seconds += 10;
    }
  }

  @Test
  void aPausedContainerStays() {
    latest.accept(sample(1, 0));
    latest.accept(state("paused", 1));

    assertThat(names()).containsExactly("c1");
  }

  @Test
  void aLateSampleDoesNotBringTheDeadBack() {
    latest.accept(sample(1, 0));
    latest.accept(state("exited", 10));
    latest.accept(sample(1, 9));
    assertThat(names()).isEmpty();

    // Started again, which its state may say later.
    latest.accept(sample(1, 12));
    assertThat(names()).containsExactly("c1");
  }

  @Test
  void anOlderStateDoesNotEndIt() {
    latest.accept(state("running", 10));
    latest.accept(sample(1, 3));
    latest.accept(state("exited", 5));

    assertThat(names()).containsExactly("c1");
    assertThat(latest.containers().getFirst().state()).isNotNull();
  }

  @Test
  void aTombstoneEndsItAndAHostThatIsForgottenEndsAllThatItHad() {
    latest.accept(sample(1, 0));
    latest.accept(sample(2, 0));
    latest.removed(ONE, Samples.TIME.plusSeconds(1));
    assertThat(names()).containsExactly("c2");

    latest.forgetHost(Samples.HOST_ID);
    assertThat(names()).isEmpty();
  }

  @Test
  void thereAreNeverMoreSeriesThanAllowedAndThoseThatCameFirstStay() {
    int each = ExpositionFormat.seriesOf(new ShownContainer(sample(1, 0), null));
    var few = new LatestContainers(2 * each, () -> now);
    for (int round = 0; round < 3; round++) {
      for (int container = 1; container <= 4; container++) {
        few.accept(sample(container, round));
      }
    }

    assertThat(few.containers())
        .extracting(c -> c.stats().getContainerName())
        .containsExactly("c1", "c2");
    assertThat(few.series()).isEqualTo(2 * each);
    assertThat(few.refused()).isEqualTo(6);

    few.removed(ONE, Samples.TIME.plusSeconds(3));
    few.accept(sample(4, 4));
    assertThat(few.containers())
        .extracting(c -> c.stats().getContainerName())
        .containsExactly("c2", "c4");
    assertThat(few.series()).isEqualTo(2 * each);
  }
}
