package io.tallyman.sink.app;

import io.micronaut.core.async.publisher.Publishers;
import io.micronaut.health.HealthStatus;
import io.micronaut.management.health.indicator.HealthIndicator;
import io.micronaut.management.health.indicator.HealthResult;
import io.micronaut.management.health.indicator.annotation.Liveness;
import io.micronaut.management.health.indicator.annotation.Readiness;
import io.tallyman.sink.WorkerState;
import jakarta.inject.Singleton;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.reactivestreams.Publisher;

/** Health as the workers' states tell it. */
abstract class WorkerHealth implements HealthIndicator {

  private final Workers workers;
  private final Predicate<WorkerState> good;

  WorkerHealth(Workers workers, Predicate<WorkerState> good) {
    this.workers = workers;
    this.good = good;
  }

  @Override
  public Publisher<HealthResult> getResult() {
    var states = workers.states();
    var status = states.stream().allMatch(good) ? HealthStatus.UP : HealthStatus.DOWN;
    return Publishers.just(
        HealthResult.builder("workers", status).details(describe(states)).build());
  }

  /** Down once a worker is over: only a new start helps. */
  @Singleton
  @Liveness
  static final class Live extends WorkerHealth {
    Live(Workers workers) {
      super(
          workers,
          state ->
              switch (state) {
                case WorkerState.Starting s -> true;
                case WorkerState.Running r -> true;
                case WorkerState.Waiting w -> true;
                case WorkerState.Stopped s -> false;
                case WorkerState.Failed f -> false;
              });
    }
  }

  /** Down while records are held up. */
  @Singleton
  @Readiness
  static final class Ready extends WorkerHealth {
    Ready(Workers workers) {
      super(workers, state -> state instanceof WorkerState.Running(var held) && held.isEmpty());
    }
  }

  private static Map<String, Object> describe(List<WorkerState> states) {
    var details = new LinkedHashMap<String, Object>();
    for (int i = 0; i < states.size(); i++) {
      details.put("worker-" + i, describe(states.get(i)));
    }
    return details;
  }

  private static Map<String, Object> describe(WorkerState state) {
    return switch (state) {
      case WorkerState.Starting starting -> Map.of("state", "starting");
      case WorkerState.Running(var held) ->
          held.isEmpty()
              ? Map.of("state", "running")
              : Map.of("state", "running", "heldPartitions", held);
      case WorkerState.Waiting(var reason, var since, var attempts) ->
          Map.of(
              "state",
              "waiting",
              "reason",
              reason,
              "since",
              since.toString(),
              "attempts",
              attempts);
      case WorkerState.Stopped(var reason) -> Map.of("state", "stopped", "reason", reason);
      case WorkerState.Failed(var message, _, _) -> Map.of("state", "failed", "reason", message);
    };
  }
}
