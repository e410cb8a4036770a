package io.tallyman.agent.engine;

import org.jspecify.annotations.Nullable;

/** A call to the Docker Engine that failed; the type says what can be done about it. */
public abstract sealed class EngineException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private EngineException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** No connection, or it broke, or no answer in time: try again later. */
  public static final class Unreachable extends EngineException {
    private static final long serialVersionUID = 1L;

    public Unreachable(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  /** The engine does not know the container (404). */
  public static final class NotFound extends EngineException {
    private static final long serialVersionUID = 1L;

    public NotFound(String message) {
      super(message, null);
    }
  }

  /**
   * The engine, or a proxy before it, does not allow the call (401, 403, or no permission on the
   * socket): do without.
   */
  public static final class Forbidden extends EngineException {
    private static final long serialVersionUID = 1L;

    public Forbidden(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  /** An answer that is not what the API promises (another status, broken JSON). */
  public static final class Unexpected extends EngineException {
    private static final long serialVersionUID = 1L;

    public Unexpected(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }
}
