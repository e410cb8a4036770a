package io.tallyman.agent.events;

import io.tallyman.agent.engine.ContainerDetails;
import io.tallyman.agent.inventory.RunState;
import io.tallyman.v1.Action;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How events move a container through its life, and what of that an inspect betrays. Pure. */
final class Lifecycle {

  /** The engine logs an event at most this long after the moment that inspect shows for it. */
  static final Duration LOGGING_DELAY = Duration.ofSeconds(10);

  /** Times of one moment from two sources of the engine differ by less than this. */
  static final Duration SAME_MOMENT = Duration.ofMillis(50);

  private Lifecycle() {}

  /** Something that happened without an event that told of it. */
  record Missed(Action action, Instant at) {}

  /**
   * The run after an event; the same when the run is known to be later than the event.
   *
   * @param exitCode only for a death; null when not known
   */
  static RunState after(
      RunState run,
      Action action,
      Instant at,
      @Nullable Integer exitCode,
      @Nullable Boolean oomKilled,
      @Nullable String health) {
    if (isLaterThan(run, at)) {
      return run;
    }
    return switch (action) {
      case START -> run.isRunning() && tellsOf(at, run.startedAt()) ? run : run.started(at);
      case DIE ->
          !run.isRunning() && tellsOf(at, run.finishedAt())
              ? run
              : run.ended(at, exitCode, oomKilled);
      case PAUSE -> run.withState("paused");
      case UNPAUSE -> run.withState("running");
      case OOM -> run.withOomKilled();
      case HEALTH_STATUS -> run.withHealth(health);
      case CREATE, RESTART, STOP, KILL, RENAME, UPDATE, DESTROY, UNKNOWN -> run;
    };
  }

  private static boolean isLaterThan(RunState run, Instant at) {
    return (run.startedAt() != null && run.startedAt().isAfter(at))
        || (run.finishedAt() != null && run.finishedAt().isAfter(at));
  }

  /** True when an event of that time can be the one that logs the moment. */
  static boolean tellsOf(Instant eventTime, @Nullable Instant moment) {
    return moment != null
        && !eventTime.isBefore(moment.minus(SAME_MOMENT))
        && !eventTime.isAfter(moment.plus(LOGGING_DELAY));
  }

  /** True when the inspect shows the outcome of the death that an event of that time tells. */
  static boolean showsDeath(ContainerDetails details, Instant eventTime) {
    return !details.isRunning() && tellsOf(eventTime, details.finishedAt());
  }

  /**
   * What must have happened without an event, oldest first.
   *
   * @param stranger true when no event of the container was ever seen, so that its creation was
   *     missed as well
   */
  static List<Missed> missed(RunState known, boolean stranger, ContainerDetails details) {
    List<Missed> missed = new ArrayList<>();
    if (stranger) {
      missed.add(new Missed(Action.CREATE, details.createdAt()));
    }
    Instant started = details.startedAt();
    if (started != null && isNews(started, known.startedAt())) {
      missed.add(new Missed(Action.START, started));
    }
    Instant finished = details.finishedAt();
    if (finished != null && isNews(finished, known.finishedAt())) {
      missed.add(new Missed(Action.DIE, finished));
    }
    missed.sort(Comparator.comparing(Missed::at));
    return missed;
  }

  private static boolean isNews(Instant shown, @Nullable Instant known) {
    return known == null || shown.isAfter(known.plus(SAME_MOMENT));
  }
}
