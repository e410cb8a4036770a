package io.tallyman.agent.engine;

import org.jspecify.annotations.Nullable;

/**
 * An open stream of readings of one container, read by one thread; {@link #close} may be called
 * from another and ends a read that waits.
 */
public interface StatsStream extends AutoCloseable {

  /**
   * Waits for the next reading.
   *
   * @return the reading, or null when the engine ended the stream
   * @throws EngineException.Unreachable when the connection broke or was closed
   */
  @Nullable StatsReading next();

  @Override
  void close();
}
