package io.tallyman.agent.alerts;

import io.tallyman.v1.AlertPhase;
import io.tallyman.v1.ContainerAlert;
import io.tallyman.v1.Resource;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * From the reading that raised an alert until Kafka's lane has taken that it was cleared.
 * Immutable.
 *
 * @param raised the record of its begin
 * @param told whether the lane has taken that record
 * @param cleared the record of its end; null while it lasts
 */
record Episode(ContainerAlert raised, boolean told, @Nullable ContainerAlert cleared) {

  /** Which threshold an episode is about: there is one at a time. */
  record Subject(String containerId, Resource resource) {}

  static Episode of(ContainerAlert raised) {
    return new Episode(raised, false, null);
  }

  Subject subject() {
    return new Subject(raised.getContainerId(), raised.getResource());
  }

  boolean isOver() {
    return cleared != null;
  }

  /** What the lane has not taken yet, the begin before the end; null when there is nothing. */
  @Nullable ContainerAlert untold() {
    return told ? cleared : raised;
  }

  /** The same after the lane took {@link #untold}; null when nothing is left to tell. */
  @Nullable Episode afterTelling() {
    return told && cleared != null ? null : new Episode(raised, true, cleared);
  }

  Episode clearedBy(double observedPercent, Instant tick) {
    return new Episode(
        raised,
        told,
        ContainerAlert.newBuilder(raised)
            .setPhase(AlertPhase.CLEARED)
            .setObservedPercent(observedPercent)
            .setTick(tick)
            .build());
  }
}
