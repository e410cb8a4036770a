package io.tallyman.broker;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A broker that could not start or cannot go on; the type says why, the message is one line that
 * says what to do.
 */
public abstract sealed class BrokerException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private BrokerException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** The data directory cannot be made, read or written. */
  public static final class DirectoryUnusable extends BrokerException {
    private static final long serialVersionUID = 1L;

    DirectoryUnusable(Path directory, String reason, @Nullable Throwable cause) {
      super(
          "Cannot use the data directory %s: %s. Name another one or give this user access to it."
              .formatted(directory, reason),
          cause);
    }
  }

  /** Another broker runs on the data directory. */
  public static final class DirectoryInUse extends BrokerException {
    private static final long serialVersionUID = 1L;

    DirectoryInUse(Path directory) {
      super(
          "The data directory %s is in use by another Tallyman. Stop that one or name another directory."
              .formatted(directory),
          null);
    }
  }

  /** The data directory holds something else, or data that this version cannot read. */
  public static final class DirectoryForeign extends BrokerException {
    private static final long serialVersionUID = 1L;

    DirectoryForeign(Path directory, String reason, @Nullable Throwable cause) {
      super(
          "The data directory %s %s. Name an empty or a new directory."
              .formatted(directory, reason),
          cause);
    }
  }

  /** The port is taken, or this user may not listen on it. */
  public static final class PortTaken extends BrokerException {
    private static final long serialVersionUID = 1L;

    PortTaken(int port, Throwable cause) {
      super(
          "Cannot listen on 127.0.0.1:%d: %s. Name another port, or 0 for any free one."
              .formatted(port, cause.getMessage()),
          cause);
    }
  }

  /** The disk under the data directory has no room left. */
  public static final class DiskFull extends BrokerException {
    private static final long serialVersionUID = 1L;

    DiskFull(Path directory, @Nullable Throwable cause) {
      super(
          "The disk under %s is full. Free some space or name another data directory."
              .formatted(directory),
          cause);
    }
  }

  /** Anything else; the cause tells. */
  public static final class Failed extends BrokerException {
    private static final long serialVersionUID = 1L;

    Failed(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }
}
