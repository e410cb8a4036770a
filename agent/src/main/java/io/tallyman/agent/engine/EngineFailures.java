package io.tallyman.agent.engine;

import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import javax.net.ssl.SSLException;

/** Turns what went wrong on the way to the engine into exceptions that say what to do. */
final class EngineFailures {

  private static final int MAX_CAUSES = 8;

  private final EngineEndpoint endpoint;

  EngineFailures(EngineEndpoint endpoint) {
    this.endpoint = endpoint;
  }

  /** A request that could not be sent, or whose answer could not be read to its end. */
  EngineException connection(IOException failure) {
    Path socket = endpoint.socket();
    if (socket != null) {
      return socket(failure, socket);
    }
    if (has(failure, SSLException.class)) {
      return new EngineException.Unreachable(
          "TLS with "
              + endpoint.host()
              + " failed: "
              + failure.getMessage()
              + "; check tallyman.docker.tls.ca, .cert and .key",
          failure);
    }
    if (has(failure, UnknownHostException.class)) {
      return new EngineException.Unreachable(
          "no host of the name " + endpoint.host().getHost() + "; check tallyman.docker.host",
          failure);
    }
    if (has(failure, ConnectException.class)) {
      return new EngineException.Unreachable(
          endpoint.host() + " refuses connections; is the engine running and listening there?",
          failure);
    }
    return broken(failure);
  }

  /** An open stream that ended without the end that HTTP and JSON ask for. */
  EngineException broken(IOException failure) {
    return new EngineException.Unreachable(
        "the connection to " + endpoint.host() + " broke: " + failure.getMessage(), failure);
  }

  EngineException noAnswer(String path, long millis) {
    return new EngineException.Unreachable(
        endpoint.host() + " gave no answer to " + path + " within " + millis + " ms", null);
  }

  EngineException interrupted(String path) {
    return new EngineException.Unreachable("interrupted while waiting for " + path, null);
  }

  /**
   * An answer other than 200.
   *
   * @param message the engine's own words
   */
  EngineException status(int status, String path, String message) {
    String text = "GET " + path + " answered " + status + (message.isEmpty() ? "" : ": " + message);
    return switch (status) {
      case 401, 403 ->
          new EngineException.Forbidden(
              text + "; the engine or a proxy before it forbids it", null);
      case 404 ->
          path.contains("/containers/")
              ? new EngineException.NotFound(text)
              : new EngineException.Unexpected(text, null);
      case 502, 503, 504 -> new EngineException.Unreachable(text, null);
      default -> new EngineException.Unexpected(text, null);
    };
  }

  /** A body that is not JSON; its text stays out of the message, for it may hold secrets. */
  EngineException notJson(String path) {
    return new EngineException.Unexpected("GET " + path + " answered with broken JSON", null);
  }

  private EngineException socket(IOException failure, Path socket) {
    String text = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
    if (text.contains("permission denied")) {
      return new EngineException.Forbidden(
          "no permission on the socket "
              + socket
              + "; run as a member of the group that owns it (usually docker), or as root",
          failure);
    }
    if (Files.notExists(socket)) {
      return new EngineException.Unreachable(
          "the socket " + socket + " does not exist; start Docker or set tallyman.docker.host",
          failure);
    }
    if (text.contains("connection refused")) {
      return new EngineException.Unreachable(
          "nobody listens on the socket " + socket + "; start Docker", failure);
    }
    return broken(failure);
  }

  private static boolean has(Throwable failure, Class<? extends Throwable> type) {
    Throwable cause = failure;
    for (int depth = 0; cause != null && depth < MAX_CAUSES; depth++) {
      if (type.isInstance(cause)) {
        return true;
      }
      cause = cause.getCause();
    }
    return false;
  }
}
