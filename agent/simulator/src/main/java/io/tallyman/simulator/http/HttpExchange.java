package io.tallyman.simulator.http;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;

/**
 * One request and the way to answer it. Used by the connection's thread alone, but for {@link
 * #whenClosed} callbacks, which run on the thread that closes.
 */
public final class HttpExchange {

  private final HttpConnection connection;
  private final HttpRequest request;
  private boolean answered;

  HttpExchange(HttpConnection connection, HttpRequest request) {
    this.connection = connection;
    this.request = request;
  }

  public HttpRequest request() {
    return request;
  }

  /** Sends a whole answer; to a HEAD request without its body. */
  public void respond(int status, Map<String, String> headers, byte[] body) throws IOException {
    answered = true;
    connection.writeHead(status, headers, "Content-Length", Integer.toString(body.length));
    if (!request.method().equals("HEAD") && body.length > 0) {
      connection.write(body);
    }
    connection.flush();
  }

  /** Sends the head of a chunked answer at once. */
  public ChunkedBody startChunked(int status, Map<String, String> headers) throws IOException {
    answered = true;
    connection.writeHead(status, headers, "Transfer-Encoding", "chunked");
    connection.flush();
    connection.watchPeer();
    return new ChunkedBody(connection);
  }

  /**
   * Waits.
   *
   * @return true as soon as the connection is closed by either side, false after the whole wait
   */
  public boolean closedWithin(Duration wait) {
    connection.watchPeer();
    return connection.closedWithin(wait);
  }

  /** Runs something once the connection is closed by either side, at once if it is already. */
  public void whenClosed(Runnable action) {
    connection.whenClosed(action);
  }

  boolean isAnswered() {
    return answered;
  }

  /** The body of a chunked answer: each write is one chunk, sent at once. */
  public static final class ChunkedBody {
    private final HttpConnection connection;

    private ChunkedBody(HttpConnection connection) {
      this.connection = connection;
    }

    public void write(byte[] chunk) throws IOException {
      connection.writeChunk(chunk);
      connection.flush();
    }

    /** Sends the terminating chunk; the connection stays usable. */
    public void end() throws IOException {
      connection.writeChunk(new byte[0]);
      connection.flush();
    }
  }
}
