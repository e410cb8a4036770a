package io.tallyman.sink.app;

/** A sink cannot start as it is configured; the message is one line that says what to do. */
public final class SinkStartException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  SinkStartException(String message, Throwable cause) {
    super(message, cause);
  }
}
