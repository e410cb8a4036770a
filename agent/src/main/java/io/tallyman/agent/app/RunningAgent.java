package io.tallyman.agent.app;

import io.micronaut.context.ApplicationContext;
import io.micronaut.runtime.server.EmbeddedServer;
import io.tallyman.agent.identity.AgentDirectory;
import java.net.URI;
import java.util.concurrent.atomic.AtomicBoolean;

/** An agent at work. Safe from any thread. */
public final class RunningAgent implements AutoCloseable {

  private final AgentParts parts;
  private final ApplicationContext context;
  private final EmbeddedServer server;
  private final AgentDirectory directory;
  private final AtomicBoolean closed = new AtomicBoolean();

  RunningAgent(
      AgentParts parts,
      ApplicationContext context,
      EmbeddedServer server,
      AgentDirectory directory) {
    this.parts = parts;
    this.context = context;
    this.server = server;
    this.directory = directory;
  }

  /** How it does now. */
  public AgentStatus status() {
    return parts.status();
  }

  /** Where health, metrics and containers are served. */
  public URI httpAddress() {
    return server.getURI();
  }

  /**
   * Stops the sources, sends what is queued as far as Kafka takes it in a few seconds, and gives
   * the data directory back; a second call does nothing.
   */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      try (directory;
          context) {
        parts.stop();
      }
    }
  }
}
