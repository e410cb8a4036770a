package io.tallyman.e2e.faults;

import io.tallyman.schemas.EventIds;
import io.tallyman.simulator.EngineEvent;
import java.util.Set;

/** One lifecycle event that an engine logged, and so one that an agent has to account for. */
public record Happened(String eventId, String containerId, String rawAction, long timeNanos) {

  private static final Set<String> LIFECYCLE =
      Set.of(
          "create", "start", "restart", "stop", "die", "kill", "oom", "pause", "unpause", "rename",
          "update", "destroy");

  public static boolean concerns(EngineEvent event) {
    return event.type().equals("container")
        && (LIFECYCLE.contains(event.action()) || event.action().startsWith("health_status"));
  }

  public static Happened of(String hostId, EngineEvent event) {
    var oldName = event.action().equals("rename") ? event.attributes().get("oldName") : null;
    return of(hostId, event.timeNanos(), event.action(), event.actorId(), oldName);
  }

  /** {@code oldName} is as the engine tells it, with a slash. */
  public static Happened of(
      String hostId, long timeNanos, String rawAction, String containerId, String oldName) {
    var bare = oldName != null && oldName.startsWith("/") ? oldName.substring(1) : oldName;
    return new Happened(
        EventIds.eventId(hostId, timeNanos, rawAction, containerId, bare),
        containerId,
        rawAction.intern(),
        timeNanos);
  }
}
