package io.tallyman.agent.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallyman.agent.inventory.Inventory;
import io.tallyman.agent.inventory.KnownContainer;
import io.tallyman.v1.AlertPhase;
import io.tallyman.v1.ContainerAlert;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Random loads, refusals, restarts and removals: what the lane took is, per episode, one begin and
 * then one end, and episodes of one threshold follow one another.
 */
class EpisodesPropertyTest {

  private static final int SEEDS = 300;
  private static final int STEPS = 150;
  private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");

  @Test
  void episodesAreWholeWhateverHappens() throws IOException {
    for (long seed = 1; seed <= SEEDS; seed++) {
      new Run(seed).play();
    }
  }

  /** One story. */
  private static final class Run {
    private final long seed;
    private final Random random;
    private final Inventory inventory = AlertedContainers.inventory(true);
    private final List<ContainerAlert> taken = new ArrayList<>();
    private Episodes episodes = new Episodes(AlertedContainers.IDENTITY, List.of(), Set.of());
    private List<Episode> onDisk = List.of();
    private double load = 50;
    private int made;

    private Run(long seed) {
      this.seed = seed;
      this.random = new Random(seed);
    }

    private void play() throws IOException {
      for (int step = 0; step < STEPS; step++) {
        Instant tick = START.plusSeconds(5L * step);
        churn();
        readings(tick);
        episodes.endWithout(inventory.collected(), tick);
        boolean crash = random.nextInt(30) == 0;
        tell(crash);
        if (crash) {
          episodes = restarted();
        }
      }
      inventory.all().forEach(known -> inventory.forget(known.id()));
      episodes.endWithout(List.of(), START.plusSeconds(5L * STEPS));
      while (!episodes.all().isEmpty()) {
        tell(false);
      }
      checkWhole();
    }

    private Episodes restarted() throws IOException {
      return new Episodes(
          AlertedContainers.IDENTITY, EpisodeFile.decoded(EpisodeFile.encoded(onDisk)), Set.of());
    }

    private void churn() {
      if (inventory.size() < 3 && random.nextInt(4) == 0) {
        AlertedContainers.running(inventory, "c" + made++, labels());
      }
      if (random.nextInt(40) == 0) {
        inventory.all().stream().findFirst().ifPresent(known -> inventory.forget(known.id()));
      }
      if (random.nextInt(8) == 0) {
        load = random.nextInt(160);
      }
    }

    private Map<String, String> labels() {
      Map<String, String> labels = new HashMap<>();
      labels.put("tallyman.max-cpu", Integer.toString(1 + random.nextInt(120)));
      if (random.nextBoolean()) {
        labels.put("tallyman.max-memory", Integer.toString(1 + random.nextInt(120)));
      }
      return labels;
    }

    private void readings(Instant tick) {
      for (KnownContainer known : inventory.collected()) {
        if (random.nextInt(10) > 0) {
          episodes.judge(
              known,
              new Reading(
                  known.id(),
                  tick,
                  tick.plusMillis(random.nextInt(900)),
                  load + random.nextInt(30),
                  random.nextInt(10) == 0 ? null : Double.valueOf(load)));
        }
      }
    }

    /** A crash comes before the lane's answer is on disk: then it is told twice at most. */
    private void tell(boolean crash) {
      onDisk = List.copyOf(episodes.all());
      for (ContainerAlert alert : episodes.untold()) {
        if (random.nextInt(4) > 0) {
          taken.add(alert);
          if (!crash) {
            episodes.told(alert);
          }
        }
      }
      if (!crash) {
        onDisk = List.copyOf(episodes.all());
      }
    }

    private void checkWhole() {
      Map<String, List<AlertPhase>> phases = new LinkedHashMap<>();
      Map<Episode.Subject, String> open = new HashMap<>();
      for (ContainerAlert alert : taken) {
        List<AlertPhase> before =
            phases.computeIfAbsent(alert.getAlertId(), id -> new ArrayList<>());
        if (!before.isEmpty() && before.getLast() == alert.getPhase()) {
          continue;
        }
        before.add(alert.getPhase());
        var subject = new Episode.Subject(alert.getContainerId(), alert.getResource());
        if (alert.getPhase() == AlertPhase.RAISED) {
          assertThat(open.put(subject, alert.getAlertId())).as("seed %d", seed).isNull();
        } else {
          assertThat(open.remove(subject)).as("seed %d", seed).isEqualTo(alert.getAlertId());
        }
      }
      assertThat(open).as("seed %d", seed).isEmpty();
      assertThat(phases).as("seed %d", seed).isNotEmpty();
      assertThat(phases.values())
          .as("seed %d", seed)
          .allSatisfy(
              each -> assertThat(each).containsExactly(AlertPhase.RAISED, AlertPhase.CLEARED));
    }
  }
}
