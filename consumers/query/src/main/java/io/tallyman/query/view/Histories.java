package io.tallyman.query.view;

import io.tallyman.query.history.Minute;
import io.tallyman.query.history.Minute.Open;
import io.tallyman.query.history.Minute.Rolled;
import io.tallyman.query.history.MinuteCodec;
import io.tallyman.query.history.MinuteKey;
import io.tallyman.query.history.Reading;
import io.tallyman.query.history.Rollup;
import io.tallyman.query.history.RollupBuilder;
import io.tallyman.query.state.Answer;
import io.tallyman.query.state.StoreEntry;
import io.tallyman.query.topology.QueryTopology;
import io.tallyman.query.topology.Retention;
import io.tallyman.query.view.AmbiguousException.Candidate;
import io.tallyman.query.view.Series.Point;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Answers questions about a container's past. Safe from any thread. */
public final class Histories {

  private static final Duration DEFAULT_RANGE = Duration.ofHours(1);
  private static final int MAX_CHOSEN_POINTS = 500;
  private static final List<Duration> STEPS =
      List.of(
          Duration.ofMinutes(1),
          Duration.ofMinutes(2),
          Duration.ofMinutes(5),
          Duration.ofMinutes(10),
          Duration.ofMinutes(15),
          Duration.ofMinutes(30),
          Duration.ofHours(1),
          Duration.ofHours(6));

  /** So that a range as long as readings are kept is not cut by the time it takes to ask. */
  private static final Duration GRACE = Duration.ofMinutes(1);

  private final FleetReader fleet;
  private final Containers containers;
  private final Retention retention;

  public Histories(FleetReader fleet, Containers containers, Retention retention) {
    this.fleet = fleet;
    this.containers = containers;
    this.retention = retention;
  }

  /**
   * A part of a container's history; also of one that was destroyed.
   *
   * @throws NotFoundException when there is none, or it was never sampled
   * @throws AmbiguousException when there are several
   */
  public Series series(SeriesQuery query) {
    Candidate found = containers.locate(query.container(), query.host());
    Sampled newest =
        fleet
            .fleet()
            .sample(found.hostId(), found.containerId())
            .orElseThrow(() ->
                new NotFoundException("Container " + query.container() + " was not sampled yet"));
    Instant now = fleet.now();
    Instant to = query.to() == null || query.to().isAfter(now) ? now : query.to();
    Instant asked = Objects.requireNonNullElse(query.from(), to.minus(DEFAULT_RANGE));
    Instant kept = now.minus(retention.rollup());
    Instant from = asked.isBefore(kept) ? kept : asked;
    if (from.isAfter(to)) {
      throw new BadParameterException("from", "is not before to, or to is older than what is kept");
    }
    Duration step = step(query.step(), from, to, now);
    String key = QueryTopology.statsKey(found.hostId(), found.containerId());
    long stepMinutes = Math.max(1, step.toMinutes());
    long fromMinute =
        Math.floorDiv(MinuteKey.minuteOf(from.toEpochMilli()), stepMinutes) * stepMinutes;
    long toMinute = MinuteKey.minuteOf(to.toEpochMilli() - 1) + 1;
    Answer<List<StoreEntry>> answer =
        fleet
            .stores()
            .ask(
                QueryTopology.LATEST_STATS,
                found.hostId(),
                shard -> shard.history(key, fromMinute, toMinute));
    List<StoreEntry> minutes = answer.parts().stream().flatMap(List::stream).toList();
    return new Series(
        newest.sample(),
        answer.stale() || Ages.isSampleStale(newest.sample(), now),
        from,
        to,
        step.isZero() ? null : step,
        step.isZero()
            ? readings(minutes, from.toEpochMilli(), to.toEpochMilli())
            : steps(minutes, fromMinute, stepMinutes));
  }

  private Duration step(@Nullable Duration asked, Instant from, Instant to, Instant now) {
    boolean hasReadings = !from.isBefore(now.minus(retention.raw()).minus(GRACE));
    if (asked == null) {
      Duration range = Duration.between(from, to);
      if (hasReadings && range.compareTo(DEFAULT_RANGE.plus(GRACE)) <= 0) {
        return Duration.ZERO;
      }
      return STEPS.stream()
          .filter(step -> range.dividedBy(step) <= MAX_CHOSEN_POINTS)
          .findFirst()
          .orElse(STEPS.getLast());
    }
    if (asked.isZero() && !hasReadings) {
      throw new BadParameterException(
          "step", "cannot be raw for what is older than " + retention.raw().toMinutes() + "m");
    }
    return asked;
  }

  private static List<Point> readings(List<StoreEntry> minutes, long fromMillis, long toMillis) {
    List<Point> points = new ArrayList<>();
    Reading before = null;
    Rollup rolledBefore = null;
    for (StoreEntry entry : minutes) {
      switch (MinuteCodec.decode(entry.value())) {
        case Rolled rolled -> rolledBefore = rolled.rollup();
        case Open open -> {
          for (Reading reading : open.readings()) {
            if (reading.timeMillis() >= fromMillis && reading.timeMillis() < toMillis) {
              RollupBuilder builder = new RollupBuilder();
              builder = before == null ? builder.after(rolledBefore) : builder.after(before);
              points.add(new Point(reading.timeMillis(), builder.add(reading).build()));
            }
            before = reading;
          }
        }
      }
    }
    return points;
  }

  private static List<Point> steps(List<StoreEntry> minutes, long fromMinute, long stepMinutes) {
    List<Point> points = new ArrayList<>();
    Rollup before = null;
    RollupBuilder building = new RollupBuilder();
    long begin = 0;
    for (StoreEntry entry : minutes) {
      long number = MinuteKey.minute(entry.key());
      Minute minute = MinuteCodec.decode(entry.value());
      if (number < fromMinute) {
        before = minute.rollup();
        continue;
      }
      long step = Math.floorDiv(number, stepMinutes) * stepMinutes;
      if (building.isEmpty() || step != begin) {
        before = finish(building, begin, before, points);
        building = new RollupBuilder().after(before);
        begin = step;
      }
      minute.addTo(building);
    }
    finish(building, begin, before, points);
    return points;
  }

  private static @Nullable Rollup finish(
      RollupBuilder building, long begin, @Nullable Rollup before, List<Point> points) {
    if (building.isEmpty()) {
      return before;
    }
    Rollup built = building.build();
    points.add(new Point(begin * Minute.MILLIS, built));
    return built;
  }
}
