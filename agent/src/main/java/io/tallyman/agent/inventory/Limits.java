package io.tallyman.agent.inventory;

import org.jspecify.annotations.Nullable;

/**
 * How a container is set up, as far as readings need it; null is unlimited or not known.
 *
 * @param networkMode bridge, host, none, {@code container:<id>} or a network's name
 * @param cpuLimit number of processors
 */
public record Limits(
    @Nullable String networkMode,
    @Nullable Double cpuLimit,
    @Nullable Long memoryLimitBytes,
    @Nullable Long pidsLimit) {

  public static final Limits UNKNOWN = new Limits(null, null, null, null);
}
