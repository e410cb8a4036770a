package io.tallyman.agent.engine;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One row of {@code GET /containers/json}.
 *
 * @param name without the leading slash; of several the container's own, not a link's
 * @param state created, running, paused, restarting, removing, exited or dead
 * @param networkMode null when the engine does not tell
 */
public record ContainerSummary(
    String id,
    String name,
    String image,
    @Nullable String imageId,
    Instant createdAt,
    String state,
    Map<String, String> labels,
    @Nullable String networkMode) {

  public ContainerSummary {
    labels = Map.copyOf(labels);
  }
}
