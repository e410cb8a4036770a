package io.tallyman.query.view;

import io.tallyman.v1.ContainerState;
import io.tallyman.v1.ContainerStats;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A container as it is shown.
 *
 * @param sampled its newest; null when there is none
 * @param stale whether this is older than it should be
 */
public record ContainerView(
    Observed<ContainerState> state, @Nullable Sampled sampled, boolean stale) {

  /** Its newest; null when there is none. */
  public @Nullable Observed<ContainerStats> sample() {
    return sampled == null ? null : sampled.sample();
  }

  /** The newest record time that this reflects. */
  public Instant asOf() {
    Observed<ContainerStats> sample = sample();
    return sample != null && sample.time().isAfter(state.time()) ? sample.time() : state.time();
  }
}
