package io.tallyman.agent.alerts;

import io.tallyman.agent.engine.ContainerSummary;
import io.tallyman.agent.identity.AgentIdentity;
import io.tallyman.agent.inventory.Inventory;
import io.tallyman.agent.inventory.KnownContainer;
import io.tallyman.agent.inventory.LabelPolicy;
import io.tallyman.agent.inventory.Selection;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Containers with thresholds, for tests. */
final class AlertedContainers {

  static final AgentIdentity IDENTITY = new AgentIdentity("host-1", "quay", "agent-1", 3, "run-1");

  private AlertedContainers() {}

  static Inventory inventory(boolean trusted) {
    return new Inventory(new LabelPolicy(List.of(), trusted, 256, List.of()), Selection.ALL);
  }

  static KnownContainer running(Inventory inventory, String id, Map<String, String> labels) {
    return inventory.learn(
        new ContainerSummary(
            id, "name-" + id, "busybox:1", null, Instant.EPOCH, "running", labels, "bridge"));
  }
}
