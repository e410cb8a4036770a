package io.tallyman.cli.up;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts parts that do not wait for each other at the same time, each on a thread of its own. */
final class Together {

  private static final Logger log = LoggerFactory.getLogger(Together.class);

  /** A part that runs. */
  record Started(String name, AutoCloseable handle) {}

  private record Starting(String name, FutureTask<AutoCloseable> task) {}

  private final List<Starting> starting = new ArrayList<>();
  private Optional<Throwable> failure = Optional.empty();

  /** Adds a part; parts are closed in the opposite order. */
  void add(String name, Callable<? extends AutoCloseable> start) {
    starting.add(new Starting(name, new FutureTask<>(start::call)));
  }

  /** Starts all and returns those that could be started, in the order in which they were added. */
  List<Started> start() {
    long startNanos = System.nanoTime();
    starting.forEach(one -> Thread.ofPlatform().name("start-" + one.name()).start(one.task()));
    List<Started> started = new ArrayList<>();
    for (Starting one : starting) {
      try {
        started.add(new Started(one.name(), one.task().get()));
        long millis = (System.nanoTime() - startNanos) / 1_000_000;
        log.debug("The {} runs after {} ms", one.name(), millis);
      } catch (ExecutionException e) {
        failure = failure.or(() -> Optional.ofNullable(e.getCause()));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        failure = Optional.of(new UpException("interrupted while starting", e));
      }
    }
    return started;
  }

  /** Why the first of those that could not be started could not. */
  Optional<Throwable> failure() {
    return failure;
  }
}
