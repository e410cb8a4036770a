package io.tallyman.agent.engine;

import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a Docker Engine listens, and how it is to be trusted.
 *
 * @param host {@code unix:///path}, {@code tcp://host:port}, {@code http://…} or {@code https://…}
 * @param caFile PEM certificates that the engine's must come from; null: those of the platform
 * @param certFile PEM certificate of this client; null: none is shown
 * @param keyFile PEM key of {@code certFile}
 */
public record EngineEndpoint(
    URI host, @Nullable Path caFile, @Nullable Path certFile, @Nullable Path keyFile) {

  /** Where the engine of this host listens unless it was told otherwise. */
  public static final URI LOCAL_SOCKET = URI.create("unix:///var/run/docker.sock");

  private static final int PLAIN_PORT = 2375;
  private static final int TLS_PORT = 2376;

  /** Refuses hosts that cannot be talked to, and half a client certificate. */
  public EngineEndpoint {
    if ((certFile == null) != (keyFile == null)) {
      throw new IllegalArgumentException(
          "tallyman.docker.tls.cert and tallyman.docker.tls.key go together: set both or neither");
    }
    host = normalized(host, caFile != null || certFile != null);
  }

  /** An endpoint without certificates of its own. */
  public static EngineEndpoint of(URI host) {
    return new EngineEndpoint(host, null, null, null);
  }

  /**
   * The endpoint that the Docker CLI would take from {@code DOCKER_HOST}, {@code DOCKER_TLS_VERIFY}
   * and {@code DOCKER_CERT_PATH}.
   *
   * @param home the user's home directory, where the CLI looks for certificates
   */
  public static EngineEndpoint fromEnvironment(Map<String, String> environment, Path home) {
    String host = environment.getOrDefault("DOCKER_HOST", "");
    URI uri = host.isEmpty() ? LOCAL_SOCKET : URI.create(host);
    if (environment.getOrDefault("DOCKER_TLS_VERIFY", "").isEmpty()
        || "unix".equals(uri.getScheme())) {
      return of(uri);
    }
    String configured = environment.getOrDefault("DOCKER_CERT_PATH", "");
    Path directory = configured.isEmpty() ? home.resolve(".docker") : Path.of(configured);
    return new EngineEndpoint(
        uri,
        directory.resolve("ca.pem"),
        directory.resolve("cert.pem"),
        directory.resolve("key.pem"));
  }

  /** True when the connection is encrypted. */
  public boolean tls() {
    return "https".equals(host.getScheme());
  }

  /** The socket's path; null when the engine is reached by TCP. */
  @Nullable Path socket() {
    return "unix".equals(host.getScheme()) ? Path.of(host.getPath()) : null;
  }

  private static URI normalized(URI host, boolean certificates) {
    String scheme = host.getScheme() == null ? "" : host.getScheme();
    return switch (scheme) {
      case "unix" -> {
        if (host.getPath() == null || host.getPath().isEmpty()) {
          throw new IllegalArgumentException(host + " names no socket: write unix:///path");
        }
        yield host;
      }
      case "tcp", "http", "https" -> {
        if (host.getHost() == null) {
          throw new IllegalArgumentException(host + " names no host: write tcp://host:port");
        }
        boolean tls = certificates || scheme.equals("https");
        int port = host.getPort() >= 0 ? host.getPort() : tls ? TLS_PORT : PLAIN_PORT;
        String path = host.getRawPath() == null ? "" : host.getRawPath();
        yield URI.create((tls ? "https://" : "tcp://") + host.getHost() + ":" + port + path);
      }
      default ->
          throw new IllegalArgumentException(
              "cannot talk to an engine at " + host + ": use unix://, tcp:// or https://");
    };
  }
}
