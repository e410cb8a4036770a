package io.tallyman.agent.events;

import io.tallyman.v1.Action;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The engine's words for what happens to containers. Pure. */
final class Actions {

  private static final Set<String> NONE = Set.of();
  private static final Set<String> ANY = Set.of("exitCode", "execDuration", "signal", "oldName");

  private Actions() {}

  /**
   * The action behind the engine's word.
   *
   * @return null for words that are never passed on, such as exec actions, which carry command
   *     lines
   */
  static @Nullable Action of(String rawAction) {
    int colon = rawAction.indexOf(':');
    return switch (colon < 0 ? rawAction : rawAction.substring(0, colon)) {
      case "create" -> Action.CREATE;
      case "start" -> Action.START;
      case "restart" -> Action.RESTART;
      case "stop" -> Action.STOP;
      case "die" -> Action.DIE;
      case "kill" -> Action.KILL;
      case "oom" -> Action.OOM;
      case "pause" -> Action.PAUSE;
      case "unpause" -> Action.UNPAUSE;
      case "rename" -> Action.RENAME;
      case "update" -> Action.UPDATE;
      case "health_status" -> Action.HEALTH_STATUS;
      case "destroy" -> Action.DESTROY;
      default -> null;
    };
  }

  /**
   * Attributes that may be the event's own; all others but {@code name} and {@code image} are
   * labels. Of create and start it is known that they have none.
   */
  static Set<String> ownAttributes(Action action) {
    return action == Action.CREATE || action == Action.START ? NONE : ANY;
  }

  /** True for what may change a field of the container's state. */
  static boolean changesState(Action action) {
    return switch (action) {
      case CREATE, START, DIE, OOM, PAUSE, UNPAUSE, RENAME, UPDATE, HEALTH_STATUS -> true;
      case RESTART, STOP, KILL, DESTROY, UNKNOWN -> false;
    };
  }
}
