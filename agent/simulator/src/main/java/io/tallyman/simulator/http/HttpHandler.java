package io.tallyman.simulator.http;

import java.io.IOException;

/** Answers one request; called on the connection's own virtual thread. */
@FunctionalInterface
public interface HttpHandler {

  /**
   * Answers by exactly one call to {@link HttpExchange#respond} or {@link
   * HttpExchange#startChunked}. Without any, the connection is cut.
   *
   * @throws IOException when the peer has gone; the connection is then closed
   */
  void handle(HttpExchange exchange) throws IOException;
}
