package io.tallyman.agent.gaps;

import io.tallyman.v1.GapReason;
import io.tallyman.v1.Stream;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Takes note of holes; called from any thread, and must not block. */
@FunctionalInterface
public interface GapOutput {

  /**
   * Tells of a hole.
   *
   * @param from the last moment that is known to be covered; null when not known
   * @param to the first moment that is covered again
   * @param lost number of records; null when it cannot be known
   */
  void gap(
      Stream stream, GapReason reason, @Nullable Instant from, Instant to, @Nullable Long lost);
}
