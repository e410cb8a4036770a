package io.tallyman.cli;

import org.jspecify.annotations.Nullable;

/** A command that failed; the message is one line that says what to do. */
final class CommandException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  CommandException(String message) {
    this(message, null);
  }

  CommandException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
