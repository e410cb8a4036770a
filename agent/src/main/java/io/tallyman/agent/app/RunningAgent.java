package io.tallyman.agent.app;

import io.micronaut.context.ApplicationContext;
import io.micronaut.runtime.server.EmbeddedServer;
import io.tallyman.agent.identity.AgentDirectory;
import java.net.URI;

/** An agent at work. Safe from any thread. */
public final class RunningAgent implements AutoCloseable {

  private final AgentParts parts;
  private final ApplicationContext context;
  private final EmbeddedServer server;
  private final AgentDirectory directory;
  private boolean closed;
  private long unsent;

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
   * Stops the sources, sends what is left as far as Kafka takes it in a few seconds, and gives the
   * data directory back; a second call does nothing.
   *
   * @return how many records Kafka has not taken; they stay in the spool and are sent at the next
   *     start
   */
  public synchronized long stop() {
    if (!closed) {
      closed = true;
      try (directory;
          context) {
        unsent = parts.stop();
      }
    }
    return unsent;
  }

  /** As {@link #stop}, for those who need not know. */
  @Override
  public void close() {
    stop();
  }
}
