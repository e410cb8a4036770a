package io.tallyman.agent.engine;

import org.jspecify.annotations.Nullable;

/**
 * What an engine tells of itself ({@code /version}, {@code /info}).
 *
 * @param engineId the engine's own identifier ({@code ID})
 * @param hostName {@code Name}
 * @param apiVersion the version that was agreed on, such as 1.41
 * @param fileDescriptors null when the engine does not count them, as are all the others
 */
public record EngineInfo(
    String engineId,
    String hostName,
    String engineVersion,
    String apiVersion,
    @Nullable String osType,
    @Nullable String kernelVersion,
    @Nullable Integer cgroupVersion,
    @Nullable String cgroupDriver,
    @Nullable Integer cpus,
    @Nullable Long memoryBytes,
    @Nullable Integer containersRunning,
    @Nullable Integer containersPaused,
    @Nullable Integer containersStopped,
    @Nullable Integer images,
    @Nullable Integer goroutines,
    @Nullable Integer fileDescriptors) {}
