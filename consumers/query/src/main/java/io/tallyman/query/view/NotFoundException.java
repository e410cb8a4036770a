package io.tallyman.query.view;

import java.io.Serial;

/** What was asked for is not known. */
public final class NotFoundException extends RuntimeException {

  @Serial private static final long serialVersionUID = 1;

  /** {@code message} names what was asked for. */
  public NotFoundException(String message) {
    super(message);
  }
}
