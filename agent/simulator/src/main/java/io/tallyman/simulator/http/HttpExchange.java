package io.tallyman.simulator.http;

import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One request and the way to answer it. Used by the connection's thread alone, but for {@link
 * #whenClosed} callbacks, which run on the thread that closes.
 */
public final class HttpExchange {

  private final HttpConnection connection;
  private final HttpRequest request;
  private boolean answered;
  private @Nullable Distortion distortion;

  HttpExchange(HttpConnection connection, HttpRequest request) {
    this.connection = connection;
    this.request = request;
  }

  public HttpRequest request() {
    return request;
  }

  /** Has the body of the answer go out distorted, in chunks. */
  public void distort(Distortion how) {
    distortion = how;
  }

  /** Cuts the connection that much later, in the middle of an answer if need be. */
  public void cutAfter(Duration wait) {
    Thread.ofVirtual()
        .name("cut")
        .start(() -> {
          if (!connection.closedWithin(wait)) {
            connection.close();
          }
        });
  }

  /** Sends a whole answer; to a HEAD request without its body. */
  public void respond(int status, Map<String, String> headers, byte[] body) throws IOException {
    if (distortion != null && body.length > 0 && !request.method().equals("HEAD")) {
      ChunkedBody distorted = startChunked(status, headers);
      distorted.write(body);
      distorted.end();
      return;
    }
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
    return new ChunkedBody(connection, distortion);
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

  /** The body of a chunked answer: each write is one chunk, sent at once, unless distorted. */
  public static final class ChunkedBody {
    private final HttpConnection connection;
    private final @Nullable Distortion distortion;
    private final Distortion.Wire wire = new ChunkWire();

    private ChunkedBody(HttpConnection connection, @Nullable Distortion distortion) {
      this.connection = connection;
      this.distortion = distortion;
    }

    public void write(byte[] part) throws IOException {
      if (distortion == null) {
        wire.chunk(part);
      } else {
        distortion.send(part, wire);
      }
    }

    /** Sends the terminating chunk; the connection stays usable. */
    public void end() throws IOException {
      wire.chunk(new byte[0]);
    }

    private final class ChunkWire implements Distortion.Wire {
      @Override
      public void chunk(byte[] bytes) throws IOException {
        connection.writeChunk(bytes);
        connection.flush();
      }

      @Override
      public void cutInside(byte[] bytes, int sent) throws IOException {
        connection.writePartOfChunk(bytes, sent);
        connection.flush();
        throw new EOFException("cut on purpose");
      }
    }
  }
}
