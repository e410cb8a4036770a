package io.tallyman.query.live;

import java.io.Serial;

/** No more clients can listen now. */
public final class TooManyClientsException extends RuntimeException {

  @Serial private static final long serialVersionUID = 1;

  TooManyClientsException() {
    super("There are " + LiveFeed.MAX_CLIENTS + " listeners already");
  }
}
