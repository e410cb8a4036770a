package io.tallyman.e2e.faults;

import io.tallyman.schemas.EventIds;
import io.tallyman.v1.ContainerEvent;
import io.tallyman.v1.Origin;
import java.time.Duration;
import java.time.Instant;

/**
 * One event as it stands in Kafka.
 *
 * @param exitCode null where it is not known, or was none
 * @param idFits whether its id is the one that its own fields give
 * @param delay from the moment the agent saw it to the moment Kafka appended it
 */
public record Told(
    String eventId,
    String containerId,
    String rawAction,
    Integer exitCode,
    long timeNanos,
    Origin origin,
    long incarnation,
    long sequence,
    boolean idFits,
    Duration delay) {

  static Told of(ContainerEvent event, long appendedAtMillis) {
    var id =
        EventIds.eventId(
            event.getHostId(),
            event.getTimeNanos(),
            event.getRawAction(),
            event.getContainerId(),
            event.getOldName());
    return new Told(
        event.getEventId(),
        event.getContainerId(),
        event.getRawAction().intern(),
        event.getExitCode(),
        event.getTimeNanos(),
        event.getOrigin(),
        event.getIncarnation(),
        event.getSequence(),
        id.equals(event.getEventId()),
        Duration.between(event.getObservedAt(), Instant.ofEpochMilli(appendedAtMillis)));
  }

  public boolean isLive() {
    return origin == Origin.LIVE;
  }

  public boolean isReconciled() {
    return origin == Origin.RECONCILED;
  }
}
