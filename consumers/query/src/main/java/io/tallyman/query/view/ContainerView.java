package io.tallyman.query.view;

import com.fasterxml.jackson.core.SerializableString;
import io.tallyman.v1.ContainerState;
import io.tallyman.v1.ContainerStats;
import java.time.Instant;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A container as it is shown. Immutable, but for its text, which is made once. */
public final class ContainerView {

  private final Observed<ContainerState> state;
  private final @Nullable Sampled sampled;
  private final boolean stale;
  private volatile @Nullable SerializableString text;

  ContainerView(Observed<ContainerState> state, @Nullable Sampled sampled, boolean stale) {
    this.state = state;
    this.sampled = sampled;
    this.stale = stale;
  }

  /** This one, or one that was made earlier and shows the same. */
  ContainerView orEqual(@Nullable ContainerView earlier) {
    return earlier != null
            && earlier.stale == stale
            && isSame(earlier.state, state)
            && isSame(earlier.sample(), sample())
            && (sampled == null
                || earlier.sampled == null
                || earlier.sampled.rates().equals(sampled.rates()))
        ? earlier
        : this;
  }

  @SuppressWarnings("ReferenceEquality") // comparing what records hold costs more than it saves
  private static boolean isSame(@Nullable Object one, @Nullable Object other) {
    return one == other;
  }

  public Observed<ContainerState> state() {
    return state;
  }

  /** Its newest sample and rates; null when there is none. */
  public @Nullable Sampled sampled() {
    return sampled;
  }

  /** Its newest sample; null when there is none. */
  public @Nullable Observed<ContainerStats> sample() {
    return sampled == null ? null : sampled.sample();
  }

  /** Whether this is older than it should be. */
  public boolean stale() {
    return stale;
  }

  /** The newest record time that this reflects. */
  public Instant asOf() {
    Observed<ContainerStats> sample = sample();
    return sample != null && sample.time().isAfter(state.time()) ? sample.time() : state.time();
  }

  /** As text, which the first caller makes for all; any may. */
  public SerializableString text(Function<ContainerView, SerializableString> writer) {
    SerializableString known = text;
    if (known == null) {
      known = writer.apply(this);
      text = known;
    }
    return known;
  }
}
