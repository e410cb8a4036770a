package io.tallyman.agent.alerts;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What alerts need of a reading that was taken on a tick.
 *
 * @param cpuPercent null when there is no difference yet
 * @param memoryPercent null without a limit to compare with
 */
record Reading(
    String containerId,
    Instant tick,
    Instant sampledAt,
    @Nullable Double cpuPercent,
    @Nullable Double memoryPercent) {}
