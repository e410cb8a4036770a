package io.tallyman.agent.stats;

import io.tallyman.agent.inventory.AlertThresholds;
import io.tallyman.agent.inventory.KnownContainer;
import io.tallyman.agent.inventory.LabelFacts;
import io.tallyman.agent.inventory.Limits;
import io.tallyman.agent.inventory.RunState;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Known containers for tests. */
final class Containers {

  private Containers() {}

  static KnownContainer running(String id) {
    return container(id, null, null, null);
  }

  static KnownContainer limited(String id, double cpus) {
    return container(id, null, cpus, null);
  }

  static KnownContainer startedAt(String id, Instant startedAt) {
    return container(id, startedAt, null, null);
  }

  static KnownContainer every(String id, Duration interval) {
    return container(id, null, null, interval);
  }

  private static KnownContainer container(
      String id, @Nullable Instant startedAt, @Nullable Double cpus, @Nullable Duration interval) {
    LabelFacts labels =
        new LabelFacts(
            Map.of("team", "blue"),
            "shop",
            "web",
            Set.of(),
            true,
            interval,
            false,
            true,
            AlertThresholds.NONE);
    RunState run = new RunState("running", startedAt, null, null, false, 0, 4711L, null, null);
    Limits limits = new Limits("bridge", cpus, null, null);
    return new KnownContainer(
        id, "name-of-" + id, "busybox", null, null, labels, run, limits, true);
  }
}
