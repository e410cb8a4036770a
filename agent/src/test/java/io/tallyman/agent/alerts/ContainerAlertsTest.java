package io.tallyman.agent.alerts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tallyman.agent.identity.RecordSequence;
import io.tallyman.agent.inventory.Inventory;
import io.tallyman.agent.publish.Acceptance;
import io.tallyman.agent.publish.Lane;
import io.tallyman.agent.publish.OutgoingRecord;
import io.tallyman.agent.stats.StatsOutput;
import io.tallyman.v1.AlertPhase;
import io.tallyman.v1.ContainerAlert;
import io.tallyman.v1.ContainerStats;
import io.tallyman.v1.Cpu;
import io.tallyman.v1.StatsSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContainerAlertsTest {

  @TempDir Path directory;

  private final Inventory inventory = AlertedContainers.inventory(true);
  private final ScriptedLane lane = new ScriptedLane();
  private final MovableClock clock = new MovableClock();
  private final List<ContainerStats.Builder> handedOn = new CopyOnWriteArrayList<>();
  private Set<Mechanism> off = Set.of();

  @BeforeEach
  void know() {
    AlertedContainers.running(inventory, "c1", Map.of("tallyman.max-cpu", "80"));
    inventory.becameComplete();
  }

  private ContainerAlerts started() {
    StatsOutput next =
        new StatsOutput() {
          @Override
          public void reading(ContainerStats.Builder stats) {
            handedOn.add(stats);
          }

          @Override
          public void ticksMissed(Instant from, Instant to, long ticks) {}

          @Override
          public void sweepsFailed(Instant from, Instant to, long lost) {}
        };
    ContainerAlerts alerts =
        new ContainerAlerts(
            next,
            inventory,
            AlertedContainers.IDENTITY,
            new RecordSequence(),
            lane,
            directory,
            Duration.ofSeconds(5),
            clock,
            off);
    alerts.start();
    return alerts;
  }

  private void busy(ContainerAlerts alerts, double percent, boolean onTick) {
    Instant now = clock.instant();
    clock.now = now.plusSeconds(5);
    alerts.reading(
        ContainerStats.newBuilder()
            .setContainerId("c1")
            .setSampledAt(now)
            .setTick(onTick ? now : null)
            .setIntervalMillis(5_000)
            .setSource(StatsSource.ENGINE)
            .setCpu(cpu(percent)));
  }

  private static Cpu cpu(@Nullable Double percent) {
    return Cpu.newBuilder().setPercent(percent).build();
  }

  private static void eventually(Runnable assertion) {
    Awaitility.await().atMost(Duration.ofSeconds(10)).untilAsserted(assertion::run);
  }

  private List<AlertPhase> accepted() {
    return lane.accepted.stream().map(ContainerAlert::getPhase).toList();
  }

  @Test
  void readingsAreHandedOnAndAnAlertFollows() {
    try (ContainerAlerts alerts = started()) {
      busy(alerts, 95, true);
      busy(alerts, 95, true);
      eventually(() -> assertThat(accepted()).containsExactly(AlertPhase.RAISED));
      eventually(() -> assertThat(alerts.open()).isEqualTo(1));
      assertThat(handedOn).hasSize(2);
      assertThat(lane.accepted.getFirst().getSequence()).isPositive();
    }
  }

  @Test
  void readingsBetweenTicksAreNotJudged() {
    try (ContainerAlerts alerts = started()) {
      busy(alerts, 95, false);
      busy(alerts, 95, false);
      busy(alerts, 95, true);
    }
    assertThat(handedOn).hasSize(3);
    assertThat(lane.offered).isEmpty();
  }

  @Test
  void anAlertThatTheLaneRefusesIsOfferedAgain() {
    lane.refusing = true;
    try (ContainerAlerts alerts = started()) {
      busy(alerts, 95, true);
      busy(alerts, 95, true);
      eventually(() -> assertThat(lane.offered).hasSize(1));
      assertThat(lane.accepted).isEmpty();
      lane.refusing = false;
      clock.now = clock.now.plus(ContainerAlerts.REFUSED_PAUSE).plusMillis(1);
      eventually(() -> assertThat(accepted()).containsExactly(AlertPhase.RAISED));
    }
  }

  @Test
  void aRestartNeitherRaisesAgainNorForgetsToClear() {
    try (ContainerAlerts alerts = started()) {
      busy(alerts, 95, true);
      busy(alerts, 95, true);
      eventually(() -> assertThat(accepted()).hasSize(1));
    }
    try (ContainerAlerts alerts = started()) {
      assertThat(alerts.open()).isEqualTo(1);
      for (int i = 0; i < 3; i++) {
        busy(alerts, 95, true);
      }
      for (int i = 0; i < Streak.CLEARED_AFTER; i++) {
        busy(alerts, 5, true);
      }
      eventually(
          () -> assertThat(accepted()).containsExactly(AlertPhase.RAISED, AlertPhase.CLEARED));
    }
    assertThat(lane.accepted.getLast().getAlertId())
        .isEqualTo(lane.accepted.getFirst().getAlertId());
  }

  @Tag("mechanism")
  @Test
  void withoutTheFileARestartForgetsTheEpisode() {
    off = Set.of(Mechanism.EPISODE_FILE);
    assertThatThrownBy(this::aRestartNeitherRaisesAgainNorForgetsToClear)
        .isInstanceOf(AssertionError.class);
  }

  @Test
  void whatVanishedWhileNoAgentRanIsClearedOnceTheHostIsKnown() {
    try (ContainerAlerts alerts = started()) {
      busy(alerts, 95, true);
      busy(alerts, 95, true);
      eventually(() -> assertThat(accepted()).hasSize(1));
    }
    inventory.forget("c1");
    try (ContainerAlerts alerts = started()) {
      eventually(
          () -> assertThat(accepted()).containsExactly(AlertPhase.RAISED, AlertPhase.CLEARED));
      eventually(() -> assertThat(alerts.open()).isZero());
    }
    assertThat(lane.accepted.getLast().getContainerName()).isEqualTo("name-c1");
  }

  @Test
  void beforeTheFirstListNothingCountsAsGone() {
    try (ContainerAlerts alerts = started()) {
      busy(alerts, 95, true);
      busy(alerts, 95, true);
      eventually(() -> assertThat(accepted()).hasSize(1));
    }
    Inventory empty = AlertedContainers.inventory(true);
    try (ContainerAlerts alerts =
        new ContainerAlerts(
            new StatsOutput() {
              @Override
              public void reading(ContainerStats.Builder stats) {}

              @Override
              public void ticksMissed(Instant from, Instant to, long ticks) {}

              @Override
              public void sweepsFailed(Instant from, Instant to, long lost) {}
            },
            empty,
            AlertedContainers.IDENTITY,
            new RecordSequence(),
            lane,
            directory,
            Duration.ofSeconds(5),
            clock)) {
      alerts.start();
      Awaitility.await()
          .during(ContainerAlerts.ROUND.plusMillis(200))
          .atMost(Duration.ofSeconds(10))
          .until(() -> alerts.open() == 1 && lane.offered.size() == 1);
    }
  }

  @Test
  void aDamagedFileDoesNotKeepTheAgentFromStarting() throws IOException {
    Files.writeString(directory.resolve("alerts.avro"), "not Avro");
    try (ContainerAlerts alerts = started()) {
      busy(alerts, 95, true);
      busy(alerts, 95, true);
      eventually(() -> assertThat(accepted()).hasSize(1));
    }
  }

  private static final class MovableClock extends Clock {
    private volatile Instant now = Instant.parse("2026-03-01T12:00:00Z");

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }

  private static final class ScriptedLane implements Lane {
    private final List<ContainerAlert> offered = new CopyOnWriteArrayList<>();
    private final List<ContainerAlert> accepted = new CopyOnWriteArrayList<>();
    private volatile boolean refusing;

    @Override
    public CompletableFuture<Acceptance> offer(OutgoingRecord record) {
      ContainerAlert alert = (ContainerAlert) record.value();
      offered.add(alert);
      if (refusing) {
        return CompletableFuture.completedFuture(Acceptance.REFUSED);
      }
      accepted.add(alert);
      return CompletableFuture.completedFuture(Acceptance.ACCEPTED);
    }

    @Override
    public LaneSnapshot snapshot() {
      return new LaneSnapshot("events", 0, 0, 0, 0, 0, 0, 0);
    }

    @Override
    public void close() {}
  }
}
