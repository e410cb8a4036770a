package io.tallyman.query;

import java.io.Serial;

/** The service cannot start as it is configured; the message is one line that says what to do. */
public final class QueryStartException extends RuntimeException {

  @Serial private static final long serialVersionUID = 1;

  QueryStartException(String message) {
    super(message);
  }

  QueryStartException(String message, Throwable cause) {
    super(message, cause);
  }
}
