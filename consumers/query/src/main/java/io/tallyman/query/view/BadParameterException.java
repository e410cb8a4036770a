package io.tallyman.query.view;

import java.io.Serial;

/** A caller gave a parameter that cannot be used. */
public final class BadParameterException extends RuntimeException {

  @Serial private static final long serialVersionUID = 1;

  private final String parameter;

  /** {@code message} says what is expected. */
  public BadParameterException(String parameter, String message) {
    super(message);
    this.parameter = parameter;
  }

  /** Name of the parameter. */
  public String parameter() {
    return parameter;
  }
}
