package io.tallyman.query.view;

import io.tallyman.query.history.Rollup;
import io.tallyman.v1.ContainerStats;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The history of a container.
 *
 * @param newest its newest sample, which also says who it is
 * @param from as it was cut to what is kept
 * @param step null for single readings
 */
public record Series(
    Observed<ContainerStats> newest,
    boolean stale,
    Instant from,
    Instant to,
    @Nullable Duration step,
    List<Point> points) {

  /** A reading, or what those of a step come to; {@code timeMillis} since 1970. */
  public record Point(long timeMillis, Rollup figures) {}
}
