package io.tallyman.agent.engine;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What {@code GET /containers/{id}/json} tells, less all that is private.
 *
 * @param name without the leading slash
 * @param status State.Status: created, running, paused, restarting, removing, exited or dead
 * @param pid null when it does not run
 * @param exitCode State.ExitCode, also while it runs (then 0)
 * @param startedAt null when it was never started
 * @param finishedAt null when it never ended
 * @param health starting, healthy or unhealthy; null without a health check
 * @param cpuLimit number of processors; null when unlimited
 * @param memoryLimitBytes null when unlimited
 * @param pidsLimit null when unlimited
 */
public record ContainerDetails(
    String id,
    String name,
    String image,
    @Nullable String imageId,
    Instant createdAt,
    Map<String, String> labels,
    String status,
    @Nullable Long pid,
    int exitCode,
    boolean oomKilled,
    @Nullable Instant startedAt,
    @Nullable Instant finishedAt,
    int restartCount,
    @Nullable String health,
    @Nullable Integer failingStreak,
    @Nullable String networkMode,
    @Nullable Double cpuLimit,
    @Nullable Long memoryLimitBytes,
    @Nullable Long pidsLimit) {

  public ContainerDetails {
    labels = Map.copyOf(labels);
  }

  /** True for a container whose main process runs, paused or not. */
  public boolean isRunning() {
    return status.equals("running") || status.equals("paused");
  }
}
