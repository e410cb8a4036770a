package io.tallyman.query.view;

import io.tallyman.query.state.Answer;
import io.tallyman.query.state.Usage;
import io.tallyman.query.topology.QueryTopology;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * Reads what was used in a stretch of time, which takes every open minute of every container: once
 * for all who ask for the same stretch, and one stretch at a time. Safe from any thread.
 */
final class PastUse {

  /** The stretches that were asked for last are kept at hand. */
  static final int MAX_STRETCHES = 16;

  private final FleetReader fleet;
  private final Duration maxAge;
  private final LinkedHashMap<Stretch, Shared<Past>> stretches =
      new LinkedHashMap<>(MAX_STRETCHES, 0.75f, true);

  private record Stretch(long fromMinute, long toMinute) {}

  /**
   * What was read.
   *
   * @param fleet of that moment
   */
  record Past(Fleet fleet, Answer<List<Usage>> usages) {}

  PastUse(FleetReader fleet, Duration maxAge) {
    this.fleet = fleet;
    this.maxAge = maxAge;
  }

  /** At most as old as may be; the second minute is not in it. */
  Past between(long fromMinute, long toMinute) {
    return shared(new Stretch(fromMinute, toMinute)).get();
  }

  private Shared<Past> shared(Stretch stretch) {
    synchronized (stretches) {
      Shared<Past> shared =
          stretches.computeIfAbsent(stretch, missing -> new Shared<>(() -> read(missing), maxAge));
      if (stretches.size() > MAX_STRETCHES) {
        stretches.pollFirstEntry();
      }
      return shared;
    }
  }

  private synchronized Past read(Stretch stretch) {
    return new Past(
        fleet.fleet(),
        fleet
            .stores()
            .ask(
                QueryTopology.LATEST_STATS,
                null,
                shard -> shard.usage(stretch.fromMinute, stretch.toMinute)));
  }
}
