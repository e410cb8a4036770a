package io.tallyman.agent.engine;

import java.util.Map;

/**
 * One event as the engine sent it.
 *
 * @param timeNanos the engine's own time, nanoseconds since 1970-01-01 UTC
 * @param action the engine's word for what happened ({@code Action}), such as {@code die} or {@code
 *     health_status: healthy}
 * @param containerId the whole identifier ({@code Actor.ID})
 * @param attributes {@code Actor.Attributes}: the event's own, overwritten by container labels of
 *     the same name, but for {@code name} and {@code image}
 */
public record EngineEvent(
    long timeNanos, String action, String containerId, Map<String, String> attributes) {

  public EngineEvent {
    attributes = Map.copyOf(attributes);
  }
}
