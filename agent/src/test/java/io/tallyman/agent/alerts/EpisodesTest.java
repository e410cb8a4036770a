package io.tallyman.agent.alerts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tallyman.agent.inventory.Inventory;
import io.tallyman.agent.inventory.KnownContainer;
import io.tallyman.v1.AlertPhase;
import io.tallyman.v1.ContainerAlert;
import io.tallyman.v1.Resource;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class EpisodesTest {

  private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");

  private final Inventory inventory = AlertedContainers.inventory(true);
  private final KnownContainer web =
      AlertedContainers.running(
          inventory, "c1", Map.of("tallyman.max-cpu", "80", "tallyman.max-memory", "90"));
  private final List<ContainerAlert> told = new ArrayList<>();
  private Episodes episodes = new Episodes(AlertedContainers.IDENTITY, List.of(), Set.of());
  private int ticks;

  private void reading(@Nullable Double cpuPercent, @Nullable Double memoryPercent) {
    Instant tick = START.plusSeconds(5L * ticks++);
    episodes.judge(web, new Reading("c1", tick, tick.plusMillis(3), cpuPercent, memoryPercent));
    tell();
  }

  private void tell() {
    for (List<ContainerAlert> next = episodes.untold(); !next.isEmpty(); next = episodes.untold()) {
      next.forEach(alert -> {
        told.add(alert);
        episodes.told(alert);
      });
    }
  }

  private void cpu(double... percents) {
    for (double percent : percents) {
      reading(percent, null);
    }
  }

  @Test
  void oneEpisodeIsRaisedOnceAndClearedOnce() {
    cpu(10, 95, 96, 97, 99, 10, 10, 10, 10, 10);
    assertThat(told).extracting(ContainerAlert::getPhase).containsExactly(AlertPhase.RAISED);
    cpu(10, 10, 10);
    assertThat(told)
        .extracting(ContainerAlert::getPhase)
        .containsExactly(AlertPhase.RAISED, AlertPhase.CLEARED);

    ContainerAlert raised = told.getFirst();
    assertThat(raised.getResource()).isEqualTo(Resource.CPU);
    assertThat(raised.getThresholdPercent()).isEqualTo(80);
    assertThat(raised.getObservedPercent()).isEqualTo(96);
    assertThat(raised.getTick()).isEqualTo(START.plusSeconds(10));
    assertThat(raised.getSince()).isEqualTo(START.plusSeconds(10).plusMillis(3));
    assertThat(raised.getContainerName()).isEqualTo("name-c1");
    ContainerAlert cleared = told.getLast();
    assertThat(cleared.getAlertId()).isEqualTo(raised.getAlertId());
    assertThat(cleared.getSince()).isEqualTo(raised.getSince());
    assertThat(cleared.getObservedPercent()).isEqualTo(10);
    assertThat(cleared.getTick()).isEqualTo(START.plusSeconds(50));
  }

  @Tag("mechanism")
  @Test
  void withoutTheRuleOfOneAtATimeALoadIsRaisedAgainAndAgain() {
    episodes = new Episodes(AlertedContainers.IDENTITY, List.of(), Set.of(Mechanism.ONE_AT_A_TIME));
    assertThatThrownBy(this::oneEpisodeIsRaisedOnceAndClearedOnce)
        .isInstanceOf(AssertionError.class);
  }

  @Test
  void aSingleBurstRaisesNothing() {
    cpu(99, 10, 99, 10, 99, 10);
    assertThat(told).isEmpty();
  }

  @Test
  void aThresholdThatIsMetIsNotPassed() {
    cpu(80, 80, 80, 80);
    assertThat(told).isEmpty();
  }

  @Test
  void aLoadThatComesAndGoesIsOneEpisode() {
    cpu(99, 99);
    for (int i = 0; i < 20; i++) {
      cpu(10, 10, 10, 10, 10, 99, 99);
    }
    assertThat(told).extracting(ContainerAlert::getPhase).containsExactly(AlertPhase.RAISED);
  }

  @Tag("mechanism")
  @Test
  void withoutACoolDownALoadThatComesAndGoesIsManyEpisodes() {
    episodes = new Episodes(AlertedContainers.IDENTITY, List.of(), Set.of(Mechanism.COOL_DOWN));
    assertThatThrownBy(this::aLoadThatComesAndGoesIsOneEpisode).isInstanceOf(AssertionError.class);
  }

  @Test
  void aReadingWithoutFigureChangesNothing() {
    cpu(99);
    reading(null, null);
    cpu(99);
    assertThat(told).hasSize(1);
  }

  @Test
  void memoryAndCpuAreEpisodesOfTheirOwn() {
    reading(99.0, 95.0);
    reading(99.0, 95.0);
    assertThat(told)
        .extracting(ContainerAlert::getResource)
        .containsExactlyInAnyOrder(Resource.CPU, Resource.MEMORY);
    assertThat(told).extracting(ContainerAlert::getAlertId).doesNotHaveDuplicates();
  }

  @Test
  void theNextEpisodeHasAnIdentityOfItsOwn() {
    cpu(99, 99, 1, 1, 1, 1, 1, 1, 99, 99);
    assertThat(told)
        .extracting(ContainerAlert::getPhase)
        .containsExactly(AlertPhase.RAISED, AlertPhase.CLEARED, AlertPhase.RAISED);
    assertThat(told.getLast().getAlertId()).isNotEqualTo(told.getFirst().getAlertId());
  }

  @Test
  void aContainerThatIsGoneEndsItsEpisode() {
    cpu(99, 98);
    inventory.forget("c1");
    episodes.endWithout(inventory.collected(), START.plusSeconds(60));
    tell();
    assertThat(told.getLast().getPhase()).isEqualTo(AlertPhase.CLEARED);
    assertThat(told.getLast().getObservedPercent()).isEqualTo(98);
    assertThat(told.getLast().getTick()).isEqualTo(START.plusSeconds(60));
  }

  @Test
  void anEpisodeOfAnEarlierRunIsNotRaisedAgainAndIsCleared() {
    cpu(99, 99);
    episodes = new Episodes(AlertedContainers.IDENTITY, episodes.all(), Set.of());
    cpu(99, 99, 99, 99, 1, 1, 1, 1, 1, 1);
    assertThat(told)
        .extracting(ContainerAlert::getPhase)
        .containsExactly(AlertPhase.RAISED, AlertPhase.CLEARED);
  }

  @Test
  void labelsThatAreNotTrustedRaiseNothingAndEndWhatTheyRaised() {
    cpu(99, 99);
    Inventory untrusting = AlertedContainers.inventory(false);
    KnownContainer untrusted =
        AlertedContainers.running(untrusting, "c1", Map.of("tallyman.max-cpu", "80"));
    episodes.judge(untrusted, new Reading("c1", START, START, 99.0, null));
    episodes.endWithout(untrusting.collected(), START);
    tell();
    assertThat(told.getLast().getPhase()).isEqualTo(AlertPhase.CLEARED);
  }

  @Test
  void whatWasNotTakenIsOfferedAgainBeginBeforeEnd() {
    for (double percent : new double[] {99, 99, 1, 1, 1, 1, 1, 1}) {
      Instant tick = START.plusSeconds(5L * ticks++);
      episodes.judge(web, new Reading("c1", tick, tick, percent, null));
    }
    assertThat(episodes.untold())
        .extracting(ContainerAlert::getPhase)
        .containsExactly(AlertPhase.RAISED);
    tell();
    assertThat(told)
        .extracting(ContainerAlert::getPhase)
        .containsExactly(AlertPhase.RAISED, AlertPhase.CLEARED);
    assertThat(episodes.all()).isEmpty();
  }
}
