package io.tallyman.query.view;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How current all that is known of the fleet is.
 *
 * @param asOf newest record time of everything in the state; null when there is nothing
 * @param stale whether nothing at all has come for too long
 * @param hosts how many are known
 */
public record Freshness(@Nullable Instant asOf, boolean stale, int hosts) {}
