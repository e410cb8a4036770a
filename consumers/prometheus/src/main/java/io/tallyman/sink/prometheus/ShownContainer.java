package io.tallyman.sink.prometheus;

import io.tallyman.v1.ContainerState;
import io.tallyman.v1.ContainerStats;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a container that is shown.
 *
 * @param state null when none was read: an agent tells it when it changes and hourly, so that a
 *     container which is newer than its state's record is told without it for a moment
 */
record ShownContainer(ContainerStats stats, @Nullable ContainerState state) {}
