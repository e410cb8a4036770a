package io.tallyman.agent.events;

import io.tallyman.agent.engine.ContainerDetails;
import io.tallyman.agent.engine.EngineEvent;
import io.tallyman.agent.inventory.KnownContainer;
import io.tallyman.v1.Action;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Works out what an event says, told apart from what labels make it say. Used by the pipeline's
 * thread alone.
 */
final class EventFacts {

  private final Inspections inspections;
  private final Set<Mechanism> off;

  EventFacts(Inspections inspections, Set<Mechanism> off) {
    this.inspections = inspections;
    this.off = off;
  }

  RecordMapper.Facts of(EngineEvent event, Action action, KnownContainer container, Track track) {
    Integer exitCode = null;
    Boolean oomKilled = action == Action.OOM ? Boolean.TRUE : null;
    if (action == Action.DIE) {
      oomKilled = container.run().oomKilled();
      if (isProven("exitCode", container)) {
        exitCode = number(event, "exitCode");
      } else {
        ContainerDetails details = inspections.nowForExitCode(track);
        if (details != null && Lifecycle.showsDeath(details, Nanos.toInstant(event.timeNanos()))) {
          exitCode = details.exitCode();
          oomKilled = details.oomKilled() || Boolean.TRUE.equals(oomKilled);
        }
      }
    }
    Integer signal =
        action == Action.KILL && isProven("signal", container) ? number(event, "signal") : null;
    return new RecordMapper.Facts(
        exitCode,
        signal,
        oomKilled,
        isProven("oldName", container) ? oldName(event, action) : null,
        health(event, action));
  }

  private boolean isProven(String attribute, KnownContainer container) {
    return off.contains(Mechanism.ATTRIBUTE_PROOF)
        || container.labelFacts().provesAttribute(attribute);
  }

  /** What a conclusion says. */
  static RecordMapper.Facts of(Action concluded, @Nullable ContainerDetails details) {
    ContainerDetails end =
        concluded == Action.DIE && details != null && !details.isRunning() ? details : null;
    return new RecordMapper.Facts(
        end == null ? null : (Integer) end.exitCode(),
        null,
        end == null ? null : (Boolean) end.oomKilled(),
        null,
        null);
  }

  /** The name before a rename, as the event has it; null for other actions. */
  static @Nullable String oldName(EngineEvent event, Action action) {
    String name = action == Action.RENAME ? event.attributes().get("oldName") : null;
    return name != null && name.startsWith("/") ? name.substring(1) : name;
  }

  private static @Nullable String health(EngineEvent event, Action action) {
    int colon = event.action().indexOf(':');
    return action != Action.HEALTH_STATUS || colon < 0
        ? null
        : event.action().substring(colon + 1).strip();
  }

  private static @Nullable Integer number(EngineEvent event, String attribute) {
    String text = event.attributes().get(attribute);
    try {
      return text == null ? null : Integer.valueOf(text);
    } catch (NumberFormatException e) {
      return null;
    }
  }
}
