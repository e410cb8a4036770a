package io.tallyman.agent.engine;

import org.jspecify.annotations.Nullable;

/**
 * An open stream of events, read by one thread; {@link #close} may be called from another and ends
 * a read that waits.
 */
public interface EventStream extends AutoCloseable {

  /**
   * Waits for the next event, however long that takes.
   *
   * @return the event, or null when the engine ended the stream
   * @throws EngineException.Unreachable when the connection broke or was closed
   */
  @Nullable EngineEvent next();

  @Override
  void close();
}
