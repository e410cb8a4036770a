package io.tallyman.agent.events;

import io.tallyman.agent.inventory.RunState;
import io.tallyman.v1.Action;
import io.tallyman.v1.ContainerState;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the pipeline remembers of a container beside the inventory. Used by its thread alone. */
final class Track {

  final String containerId;

  /** Transitions that were concluded, whose own event may still come; action to time. */
  final Map<Action, Instant> concluded = new EnumMap<>(Action.class);

  /** Grows with each event that changes the state: tells whether an inspect is still true. */
  long revision;

  /** When the last event was accepted, by the host's clock. */
  @Nullable Instant lastAcceptedAt;

  /** Since when something seems to have happened without an event. */
  @Nullable Instant suspectedAt;

  /** No event of it was ever accepted, though it came into being under the agent's eyes. */
  boolean stranger;

  /** The inventory knows when it started and ended, so later times are news. */
  boolean timesKnown;

  /** The run as accepted events told it, while refused ones make that lag behind; else null. */
  @Nullable RunState told;

  /** The state as last published; null when none stands on the topic. */
  @Nullable ContainerState published;

  /** Known from an earlier run of the agent, and not yet inspected in this one. */
  boolean uninspected;

  boolean inspecting;
  boolean inspectAgain;
  boolean inspectDue;
  long nextInspectNanos = Long.MIN_VALUE;

  Track(String containerId) {
    this.containerId = containerId;
  }

  /** True when what the inventory has of its run is more than the list tells. */
  boolean isWellKnown() {
    return timesKnown && !uninspected;
  }
}
