package io.tallyman.query.view;

import io.tallyman.query.state.TimelineScan.Filter;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Which records of those that are kept by time.
 *
 * @param from inclusive; null for all that is kept
 * @param to exclusive; null for all that is kept
 * @param cursor as given by the page before
 */
public record TimelineQuery(
    @Nullable Instant from,
    @Nullable Instant to,
    Filter filter,
    int limit,
    @Nullable String cursor) {}
