package io.tallyman.query.state;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** State is not there yet, or is being moved: ask again later. */
public final class NotReadyException extends RuntimeException {

  @Serial private static final long serialVersionUID = 1;

  /** {@code message} says what is being waited for. */
  public NotReadyException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
