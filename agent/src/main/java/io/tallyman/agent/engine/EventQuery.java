package io.tallyman.agent.engine;

import org.jspecify.annotations.Nullable;

/**
 * Which events to ask for.
 *
 * @param sinceNanos first moment, inclusive, nanoseconds since 1970-01-01 UTC; null: from now on
 * @param untilNanos last moment; null: the stream stays open
 * @param lifecycleOnly true: only containers' lifecycle actions, chosen by the engine; false:
 *     events of every type and action, of which nothing but the time is read
 */
public record EventQuery(
    @Nullable Long sinceNanos, @Nullable Long untilNanos, boolean lifecycleOnly) {

  /** Lifecycle events from a moment on, without end. */
  public static EventQuery lifecycleSince(long sinceNanos) {
    return new EventQuery(sinceNanos, null, true);
  }
}
