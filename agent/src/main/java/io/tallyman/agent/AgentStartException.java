package io.tallyman.agent;

import org.jspecify.annotations.Nullable;

/**
 * The agent could not start. The message is one line that says what is wrong and what to do; the
 * type says what kind of trouble it is.
 */
public abstract sealed class AgentStartException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private AgentStartException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** Nothing answers where the engine should be, or what answers is no engine. */
  public static final class EngineUnreachable extends AgentStartException {
    private static final long serialVersionUID = 1L;

    public EngineUnreachable(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  /** The engine, or the operating system before it, does not let the agent in. */
  public static final class EngineForbidden extends AgentStartException {
    private static final long serialVersionUID = 1L;

    public EngineForbidden(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  /** The data directory belongs to another engine than the one that answered. */
  public static final class OtherEngine extends AgentStartException {
    private static final long serialVersionUID = 1L;

    public OtherEngine(String message) {
      super(message, null);
    }
  }

  /** Another agent works on the data directory. */
  public static final class DataDirectoryInUse extends AgentStartException {
    private static final long serialVersionUID = 1L;

    public DataDirectoryInUse(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  /** The data directory cannot be read or written, or its disk is full. */
  public static final class DataDirectoryUnusable extends AgentStartException {
    private static final long serialVersionUID = 1L;

    public DataDirectoryUnusable(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  /** The agent's own HTTP server could not be started, mostly because its port is taken. */
  public static final class HttpUnavailable extends AgentStartException {
    private static final long serialVersionUID = 1L;

    public HttpUnavailable(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }
}
