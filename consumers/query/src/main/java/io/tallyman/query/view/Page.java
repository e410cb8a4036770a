package io.tallyman.query.view;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A part of a list.
 *
 * @param asOf newest record time that it reflects; null when nothing has been read yet
 * @param nextCursor where the next part begins; null at the end
 * @param stale whether nothing comes any more, or some of it comes from a copy that may lag behind
 */
public record Page<T>(
    @Nullable Instant asOf, List<T> items, @Nullable String nextCursor, boolean stale) {}
