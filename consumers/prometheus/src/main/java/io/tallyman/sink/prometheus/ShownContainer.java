package io.tallyman.sink.prometheus;

import io.tallyman.v1.ContainerState;
import io.tallyman.v1.ContainerStats;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a container that is shown.
 *
 * @param state null until one was read: agents tell all of them hourly, and each when it changes
 */
record ShownContainer(ContainerStats stats, @Nullable ContainerState state) {}
