package io.tallyman.sink.app;

import io.micronaut.context.ApplicationContext;
import io.micronaut.runtime.server.EmbeddedServer;
import io.tallyman.sink.CountingSinkMetrics.Figures;
import io.tallyman.sink.WorkerState;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** A sink at work. Safe from any thread. */
public final class RunningSink implements AutoCloseable {

  private final String name;
  private final Workers workers;
  private final MicrometerSinkMetrics metrics;
  private final ApplicationContext context;
  private final EmbeddedServer server;
  private final AtomicBoolean closed = new AtomicBoolean();

  RunningSink(
      String name,
      Workers workers,
      MicrometerSinkMetrics metrics,
      ApplicationContext context,
      EmbeddedServer server) {
    this.name = name;
    this.workers = workers;
    this.metrics = metrics;
    this.context = context;
    this.server = server;
  }

  /** The name of the instance. */
  public String name() {
    return name;
  }

  /** Where health and metrics are served. */
  public int httpPort() {
    return server.getPort();
  }

  /** Of each worker. */
  public List<WorkerState> states() {
    return workers.states();
  }

  /** All figures of one moment. */
  public Figures figures() {
    return metrics.figures();
  }

  /**
   * Returns when the sink is over: closed, at its own end, or failed. Health stays to be seen until
   * {@link #close}.
   *
   * @return how it failed; empty when it did not
   */
  public Optional<WorkerState.Failed> awaitStop() throws InterruptedException {
    return workers.await();
  }

  /** Finishes the batches at hand, commits them and stops; a second call does nothing. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      workers.stop();
      context.close();
      metrics.close();
    }
  }
}
