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
   * @param whenSafe run once what tells of the hole outlives this process; on any thread, so it
   *     must not block
   */
  void gap(
      Stream stream,
      GapReason reason,
      @Nullable Instant from,
      Instant to,
      @Nullable Long lost,
      Runnable whenSafe);

  /** Tells of a hole, for one who need not know when that is safe. */
  default void gap(
      Stream stream, GapReason reason, @Nullable Instant from, Instant to, @Nullable Long lost) {
    gap(stream, reason, from, to, lost, () -> {});
  }
}
