package io.tallyman.query.http;

import java.time.Duration;

/** How long a request may take until its answer begins. */
public record RequestTimeout(Duration timeout) {

  public static final RequestTimeout DEFAULT = new RequestTimeout(Duration.ofSeconds(15));
}
