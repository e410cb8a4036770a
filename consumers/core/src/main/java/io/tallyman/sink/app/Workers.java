package io.tallyman.sink.app;

import io.tallyman.sink.SinkWorker;
import io.tallyman.sink.WorkerState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The workers of an instance, a thread each. When one fails, all stop. */
final class Workers {

  /**
   * A worker ends after the batch that it is at. One that waits for its store longer than this is
   * interrupted: nothing of the batch is committed, so it comes again at the next start. Together
   * with the next it is less than what others give a process before they kill it.
   */
  private static final Duration MAX_STOP = Duration.ofSeconds(5);

  private static final Duration MAX_INTERRUPTED_STOP = Duration.ofSeconds(3);

  private static final Logger log = LoggerFactory.getLogger(Workers.class);

  private final List<SinkWorker> workers;
  private final List<Thread> threads = new ArrayList<>();
  private final CountDownLatch ended;

  Workers(String sinkName, List<SinkWorker> workers) {
    this.workers = List.copyOf(workers);
    this.ended = new CountDownLatch(workers.size());
    for (int i = 0; i < workers.size(); i++) {
      var worker = workers.get(i);
      threads.add(
          Thread.ofPlatform().name("sink-" + sinkName + "-" + i).unstarted(() -> run(worker)));
    }
  }

  private void run(SinkWorker worker) {
    try {
      worker.run();
    } finally {
      ended.countDown();
      workers.forEach(SinkWorker::stop);
    }
  }

  void start() {
    threads.forEach(Thread::start);
  }

  List<WorkerState> states() {
    return workers.stream().map(SinkWorker::state).toList();
  }

  /** Returns when all have ended; tells how the first of those failed that did. */
  Optional<WorkerState.Failed> await() throws InterruptedException {
    ended.await();
    return failure();
  }

  Optional<WorkerState.Failed> failure() {
    return states().stream()
        .filter(WorkerState.Failed.class::isInstance)
        .map(WorkerState.Failed.class::cast)
        .findFirst();
  }

  /** Asks all to end and waits for it, in the end with an interrupt. */
  void stop() {
    workers.forEach(SinkWorker::stop);
    try {
      if (!ended.await(MAX_STOP.toMillis(), TimeUnit.MILLISECONDS)) {
        log.warn("A worker has not stopped within {} s and is interrupted", MAX_STOP.toSeconds());
        threads.forEach(Thread::interrupt);
        if (!ended.await(MAX_INTERRUPTED_STOP.toMillis(), TimeUnit.MILLISECONDS)) {
          log.error("A worker does not stop");
        }
      }
    } catch (InterruptedException e) {
      threads.forEach(Thread::interrupt);
      Thread.currentThread().interrupt();
    }
  }
}
