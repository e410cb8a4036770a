package io.tallyman.query.live;

import java.io.Serial;

/** A client reads more slowly than the fleet speaks, and is cut so that the others do not wait. */
public final class SlowClientException extends RuntimeException {

  @Serial private static final long serialVersionUID = 1;

  SlowClientException() {
    super("The client is " + LiveClient.MAX_QUEUED_FRAMES + " frames behind", null, false, false);
  }
}
