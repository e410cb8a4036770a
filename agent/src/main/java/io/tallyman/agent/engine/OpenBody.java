package io.tallyman.agent.engine;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.github.dockerjava.transport.DockerHttpClient.Response;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A body that holds one JSON object after the other and may never end. Objects may be cut anywhere
 * by the chunks that they come in. Read by one thread; {@link #close} may come from any.
 */
final class OpenBody implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(OpenBody.class);

  private final Closeable connection;
  private final InputStream body;
  private final EngineFailures failures;
  private final String path;
  private @Nullable JsonParser parser;
  private volatile boolean closed;

  OpenBody(Response response, EngineFailures failures, String path) {
    this(response, response.getBody(), failures, path);
  }

  OpenBody(Closeable connection, InputStream body, EngineFailures failures, String path) {
    this.connection = connection;
    this.body = body;
    this.failures = failures;
    this.path = path;
  }

  /**
   * Waits for the next object.
   *
   * @return null when the body came to its proper end
   */
  <T> @Nullable T next(EngineTransport.BodyReader<T> reader) {
    if (closed) {
      throw closedException();
    }
    try {
      JsonParser at = parser;
      if (at == null) {
        at = Json.FACTORY.createParser(body);
        parser = at;
      }
      JsonToken token = at.nextToken();
      if (token == null) {
        return null;
      }
      if (token != JsonToken.START_OBJECT) {
        throw failures.notJson(path);
      }
      return reader.read(at);
    } catch (JsonEOFException e) {
      throw failure(e);
    } catch (JsonProcessingException e) {
      throw closed ? closedException() : failures.notJson(path);
    } catch (IOException e) {
      throw failure(e);
    } catch (IllegalStateException e) {
      // What the client says of a connection that was shut down under it.
      throw failure(new IOException(e));
    }
  }

  /** Never throws: what cannot be closed in order is of no more use either. */
  @Override
  public void close() {
    closed = true;
    try {
      connection.close();
    } catch (IOException | IllegalStateException e) {
      log.debug("The connection of {} did not close in order", path, e);
    }
  }

  private EngineException failure(IOException e) {
    return closed ? closedException() : failures.broken(e);
  }

  private static EngineException closedException() {
    return new EngineException.Unreachable("the stream was closed", null);
  }
}
