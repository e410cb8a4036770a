package io.tallyman.simulator;

import java.util.EnumSet;
import java.util.Set;

/**
 * Much happens at once, at a steady rate; the same seed and clock always give the same.
 *
 * @param seed where chance comes from
 * @param name how its containers are called, with a number after it
 * @param containers how many it creates first, and keeps
 * @param eventsPerSecond events of containers a second, those of execs included
 * @param kinds what happens; each as often as the others
 */
public record Storm(long seed, String name, int containers, int eventsPerSecond, Set<Kind> kinds) {

  /** What can happen to a container. */
  public enum Kind {
    /** It is stopped if it runs, and started if not. */
    START_STOP,
    RENAME,
    /** It is killed for want of memory; one that does not run is started. */
    OOM,
    HEALTH,
    /** Its health check runs: three events that are not the lifecycle's. */
    EXEC,
    /** It is removed, and another created and started in its place. */
    REPLACE
  }

  public Storm {
    if (containers < 1 || eventsPerSecond < 1 || kinds.isEmpty()) {
      throw new IllegalArgumentException(containers + ", " + eventsPerSecond + ", " + kinds);
    }
    kinds = Set.copyOf(kinds);
  }

  /** Everything that can happen happens. */
  public static Storm of(long seed, int containers, int eventsPerSecond) {
    return new Storm(seed, "storm", containers, eventsPerSecond, EnumSet.allOf(Kind.class));
  }

  /** The same with other things that happen. */
  public Storm only(Kind first, Kind... more) {
    return new Storm(seed, name, containers, eventsPerSecond, EnumSet.of(first, more));
  }
}
