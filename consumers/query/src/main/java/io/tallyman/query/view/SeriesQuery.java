package io.tallyman.query.view;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Which part of a container's history.
 *
 * @param container full id, unique prefix of 12 or more, or name
 * @param host id or name; null for any
 * @param from null for an hour before {@code to}
 * @param to null for now
 * @param step null to choose one; zero for single readings
 */
public record SeriesQuery(
    String container,
    @Nullable String host,
    @Nullable Instant from,
    @Nullable Instant to,
    @Nullable Duration step) {}
