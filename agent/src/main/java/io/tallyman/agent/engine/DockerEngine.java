package io.tallyman.agent.engine;

import java.time.Duration;
import java.util.List;

/**
 * Everything that the agent asks of one Docker Engine.
 *
 * <p>Calls block their thread and are safe from any thread. Event streams and stats streams use
 * connections of their own, so they never hold up a call. Every call throws an {@link
 * EngineException}; its type says what to do. Bodies are parsed as they arrive, and environment,
 * command lines and exec actions are skipped, never kept.
 */
public interface DockerEngine extends AutoCloseable {

  /**
   * Agrees on an API version with the engine and returns what the engine tells of itself; a call to
   * {@code /version} and one to {@code /info}.
   */
  EngineInfo info();

  /** Lists all containers, those that do not run included. */
  List<ContainerSummary> list();

  /**
   * Inspects one container.
   *
   * @param timeout how long to wait for the answer at most
   */
  ContainerDetails inspect(String containerId, Duration timeout);

  /**
   * Opens the event stream; the caller reads it to its end on a thread of its own and closes it.
   */
  EventStream events(EventQuery query);

  /**
   * Takes one reading with {@code one-shot=true}: the engine answers with counters only, deltas are
   * the caller's.
   *
   * @param timeout how long to wait for the answer at most
   */
  StatsReading readStats(String containerId, Duration timeout);

  /**
   * Opens a stream of readings, about one a second; the caller reads it on a thread of its own and
   * closes it.
   */
  StatsStream streamStats(String containerId);

  /** Closes all connections; streams that are open end. */
  @Override
  void close();
}
