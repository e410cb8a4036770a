package io.tallyman.cli.up;

import org.jspecify.annotations.Nullable;

/** Standalone mode cannot start; the message is one line that says what to do. */
public final class UpException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UpException(String message) {
    this(message, null);
  }

  UpException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
