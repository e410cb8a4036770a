package io.tallyman.agent.app;

/** Where readings are to be taken: key {@code tallyman.stats.source}. */
public enum StatsSourceChoice {
  /** The cheapest source that this host allows. */
  AUTO,
  /** The kernel's files. */
  CGROUP,
  /** The Docker Engine. */
  ENGINE
}
