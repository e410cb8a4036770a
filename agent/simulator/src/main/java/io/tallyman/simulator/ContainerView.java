package io.tallyman.simulator;

import org.jspecify.annotations.Nullable;

/**
 * A container at one moment.
 *
 * @param name without the leading slash
 * @param state created, running, paused, restarting or exited
 * @param pid 0 when it does not run
 * @param startedAtNanos since 1970; null when it was never started
 * @param finishedAtNanos since 1970; null when it never ended
 * @param activeNanos how long its processes have run since the last start, pauses not counted
 * @param health starting, healthy or unhealthy; null without a health check
 * @param address the last part of its address on its network
 */
record ContainerView(
    String id,
    ContainerSpec spec,
    String name,
    String state,
    int pid,
    int exitCode,
    boolean oomKilled,
    long createdAtNanos,
    @Nullable Long startedAtNanos,
    @Nullable Long finishedAtNanos,
    long activeNanos,
    int restartCount,
    @Nullable String health,
    int failingStreak,
    @Nullable Double cpuLimit,
    @Nullable Long memoryLimitBytes,
    @Nullable Long pidsLimit,
    long oomEvents,
    int address) {

  /** True when its processes exist, paused or not. */
  boolean isRunning() {
    return state.equals("running") || state.equals("paused");
  }

  /** True when it has interfaces of its own. */
  boolean hasNetwork() {
    return !spec.networkMode().equals("none")
        && !spec.networkMode().equals("host")
        && !spec.networkMode().startsWith("container:");
  }
}
