package io.tallyman.agent.events;

import io.tallyman.agent.engine.EngineEvent;
import io.tallyman.v1.Action;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Remembers the transitions that were concluded, to know their own events when they come late. Used
 * by the pipeline's thread alone.
 */
final class Conclusions {

  /** How many ends outlive the agent: their own events come at once or never. */
  static final int KEPT = 256;

  private final RecentIds destroyed;

  Conclusions(int capacity) {
    destroyed = new RecentIds(capacity);
  }

  /** Containers whose end an earlier run of the agent concluded. */
  void restore(List<String> gone) {
    gone.forEach(destroyed::add);
  }

  /** Containers whose end was concluded last, oldest first. */
  List<String> gone() {
    List<String> all = destroyed.all();
    return all.subList(Math.max(0, all.size() - KEPT), all.size());
  }

  void add(Track track, Lifecycle.Missed missed) {
    if (missed.action() == Action.DESTROY) {
      destroyed.add(track.containerId);
    } else {
      track.concluded.put(missed.action(), missed.at());
    }
  }

  /**
   * True for an event that tells a transition which was concluded, of a start or a death only once.
   * A death after the concluded start is another death.
   *
   * @param track null when nothing is remembered of the container
   */
  boolean isTwin(@Nullable Track track, EngineEvent event, Action action) {
    if (action == Action.DESTROY) {
      return destroyed.contains(event.containerId());
    }
    if (track == null) {
      return false;
    }
    Instant at = Nanos.toInstant(event.timeNanos());
    Instant concluded = track.concluded.get(action);
    if (concluded == null
        || !Lifecycle.tellsOf(at, concluded)
        || track.concluded.values().stream()
            .anyMatch(next -> next.isAfter(concluded) && at.isAfter(next))) {
      return false;
    }
    track.concluded.remove(action);
    return true;
  }

  /**
   * Takes note of an event that was accepted: of what was concluded before it, the events of start
   * and death are lost for good, and the next ones tell something new.
   */
  void accepted(Track track, Action action, Instant at) {
    if (action == Action.START || action == Action.DIE) {
      track
          .concluded
          .entrySet()
          .removeIf(entry -> entry.getKey() != Action.CREATE && at.isAfter(entry.getValue()));
    }
  }
}
