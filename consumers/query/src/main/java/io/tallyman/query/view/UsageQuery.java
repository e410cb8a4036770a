package io.tallyman.query.view;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Whose use, and when.
 *
 * @param from null, as {@code to}, for now
 * @param host id or name; null for all
 * @param project null for all
 */
public record UsageQuery(
    @Nullable Instant from, @Nullable Instant to, @Nullable String host, @Nullable String project) {

  boolean isNow() {
    return from == null && to == null;
  }
}
