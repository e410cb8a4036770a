package io.tallyman.query.topology;

import io.tallyman.schemas.Topic;
import io.tallyman.schemas.Topics;
import java.time.Duration;
import java.util.Objects;

/**
 * How long state is kept; never longer than the topics keep what it is rebuilt from.
 *
 * @param raw single readings; whole minutes
 * @param rollup what the readings of a minute come to; whole minutes, no shorter than {@code raw}
 * @param events events, gaps and alerts
 */
public record Retention(Duration raw, Duration rollup, Duration events) {

  /** An hour, a day, a week. */
  public static final Retention DEFAULT =
      new Retention(Duration.ofHours(1), Duration.ofHours(24), Duration.ofDays(7));

  /** Fails with {@link IllegalArgumentException}, which names what is wrong. */
  public Retention {
    check("raw", raw, Topics.STATS);
    check("rollup", rollup, Topics.STATS);
    check("events", events, Topics.EVENTS);
    if (raw.compareTo(rollup) > 0) {
      throw new IllegalArgumentException(
          "retention.raw is longer than retention.rollup: " + raw + " and " + rollup);
    }
  }

  private static void check(String name, Duration kept, Topic topic) {
    Duration most = Objects.requireNonNull(topic.retention());
    if (kept.compareTo(Duration.ofMinutes(1)) < 0 || kept.compareTo(most) > 0) {
      throw new IllegalArgumentException(
          "retention.%s is not between a minute and the %d days of %s: %s"
              .formatted(name, most.toDays(), topic.name(), kept));
    }
  }
}
