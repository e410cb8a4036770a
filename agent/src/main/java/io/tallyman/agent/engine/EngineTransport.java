package io.tallyman.agent.engine;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.github.dockerjava.transport.DockerHttpClient;
import com.github.dockerjava.transport.DockerHttpClient.Request;
import com.github.dockerjava.transport.DockerHttpClient.Response;
import com.github.dockerjava.zerodep.ZerodepDockerHttpClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends requests over docker-java's transport and hands out bodies as they arrive.
 *
 * <p>Each exchange runs on a virtual thread of its own. Interrupting such a thread closes the
 * socket that it waits on, so a deadline ends the exchange and not only the wait for it. Calls,
 * events and stats streams have a client, and so connections, each.
 */
final class EngineTransport implements AutoCloseable {

  /** Prints every byte of every body at level DEBUG. */
  private static final Logger WIRE =
      LoggerFactory.getLogger(
          "com.github.dockerjava.zerodep.shaded.org.apache.hc.client5.http.wire");

  private static final int MAX_CALL_CONNECTIONS = 32;
  private static final int MAX_EVENT_CONNECTIONS = 8;
  private static final int MAX_STREAM_CONNECTIONS = 4096;
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
  private static final int MAX_MESSAGE_CHARS = 300;

  /** Which connections a request goes over. */
  enum Channel {
    CALLS,
    EVENTS,
    STREAMS
  }

  /** Reads a body from its first token on. */
  @FunctionalInterface
  interface BodyReader<T> {
    T read(JsonParser parser) throws IOException;
  }

  private final EngineFailures failures;
  private final DockerHttpClient calls;
  private final DockerHttpClient events;
  private final DockerHttpClient streams;

  EngineTransport(EngineEndpoint endpoint) {
    SSLContext tls = endpoint.tls() ? TlsContext.of(endpoint) : null;
    failures = new EngineFailures(endpoint);
    calls = client(endpoint, tls, MAX_CALL_CONNECTIONS);
    events = client(endpoint, tls, MAX_EVENT_CONNECTIONS);
    streams = client(endpoint, tls, MAX_STREAM_CONNECTIONS);
  }

  EngineFailures failures() {
    return failures;
  }

  /** Gets a path and reads its whole body, all of it within the timeout. */
  <T> T call(String path, Duration timeout, BodyReader<T> reader) {
    return within(
        timeout,
        path,
        () -> {
          try (Response response = execute(calls, path);
              JsonParser parser = Json.FACTORY.createParser(response.getBody())) {
            parser.nextToken();
            T value = reader.read(parser);
            // Reads on to the end of the body: only then is the connection kept for the next call.
            while (parser.nextToken() != null) {
              parser.skipChildren();
            }
            return value;
          } catch (JsonProcessingException e) {
            throw failures.notJson(path);
          } catch (IOException e) {
            throw failures.connection(e);
          }
        },
        value -> {});
  }

  /** Opens a body without end; the timeout is for its beginning alone. */
  OpenBody open(Channel channel, String path, Duration timeout) {
    DockerHttpClient client =
        switch (channel) {
          case CALLS -> calls;
          case EVENTS -> events;
          case STREAMS -> streams;
        };
    Response response =
        within(timeout, path, () -> execute(client, path), DockerHttpClient.Response::close);
    return new OpenBody(response, failures, path);
  }

  @Override
  public void close() {
    for (DockerHttpClient client : new DockerHttpClient[] {calls, events, streams}) {
      try {
        client.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private Response execute(DockerHttpClient client, String path) {
    refuseToBeLogged(WIRE);
    Response response;
    try {
      response = client.execute(Request.builder().method(Request.Method.GET).path(path).build());
    } catch (RuntimeException e) {
      throw e.getCause() instanceof IOException io ? failures.connection(io) : e;
    }
    int status = response.getStatusCode();
    if (status == 200) {
      return response;
    }
    try (response) {
      throw failures.status(status, path, message(response));
    }
  }

  /** The client prints what passes through it where this logger is at DEBUG; it has no switch. */
  static void refuseToBeLogged(Logger wire) {
    if (wire.isDebugEnabled()) {
      throw new EngineException.Unexpected(
          "the logger "
              + wire.getName()
              + " is at DEBUG and would print the environment of containers; set it to OFF",
          null);
    }
  }

  private static String message(Response response) {
    String[] message = {""};
    try (JsonParser parser = Json.FACTORY.createParser(response.getBody())) {
      parser.nextToken();
      Json.object(
          parser,
          (name, value) -> {
            if (name.equals("message")) {
              message[0] = Json.textOrEmpty(value);
            }
          });
    } catch (IOException e) {
      return "";
    }
    return message[0].length() > MAX_MESSAGE_CHARS
        ? message[0].substring(0, MAX_MESSAGE_CHARS)
        : message[0];
  }

  /**
   * Runs an exchange on a thread of its own and cuts it when the time is over.
   *
   * @param tooLate gets a value that came when nobody waited for it any more
   */
  private <T> T within(Duration timeout, String path, Supplier<T> exchange, Consumer<T> tooLate) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    Thread worker =
        Thread.ofVirtual()
            .name("engine-call")
            .start(() -> {
              try {
                T value = exchange.get();
                if (!answer.complete(value)) {
                  tooLate.accept(value);
                }
              } catch (RuntimeException | Error e) {
                answer.completeExceptionally(e);
              }
            });
    try {
      return answer.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return cut(answer, worker, path, failures.noAnswer(path, timeout.toMillis()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return cut(answer, worker, path, failures.interrupted(path));
    } catch (ExecutionException e) {
      throw unwrapped(e.getCause(), path);
    }
  }

  private static <T> T cut(
      CompletableFuture<T> answer, Thread worker, String path, EngineException reason) {
    if (answer.completeExceptionally(reason)) {
      worker.interrupt();
      throw reason;
    }
    try {
      return answer.join();
    } catch (CompletionException | CancellationException e) {
      throw unwrapped(e.getCause(), path);
    }
  }

  /** The client throws what it likes; whoever calls knows {@link EngineException} alone. */
  private static EngineException unwrapped(@Nullable Throwable cause, String path) {
    if (cause instanceof Error error) {
      throw error;
    }
    return cause instanceof EngineException e
        ? e
        : new EngineException.Unexpected("GET " + path + " failed: " + cause, cause);
  }

  private static DockerHttpClient client(
      EngineEndpoint endpoint, @Nullable SSLContext tls, int maxConnections) {
    ZerodepDockerHttpClient.Builder builder =
        new ZerodepDockerHttpClient.Builder()
            .dockerHost(
                tls == null
                    ? endpoint.host()
                    : URI.create(endpoint.host().toString().replaceFirst("^https:", "tcp:")))
            .maxConnections(maxConnections)
            .connectionTimeout(CONNECT_TIMEOUT);
    if (tls != null) {
      builder.sslConfig(() -> tls);
    }
    return builder.build();
  }
}
