package io.tallyman.cli.settings;

import java.net.URI;
import java.net.URISyntaxException;

/** Reads the address of a Docker Engine as the Docker CLI reads {@code DOCKER_HOST}. */
public final class EngineAddress {

  /** Where an engine listens unless told otherwise. */
  public static final URI LOCAL_SOCKET = URI.create("unix:///var/run/docker.sock");

  private EngineAddress() {}

  /**
   * Without a scheme it is tcp; without a path, the local socket. A port that is missing stays so:
   * whoever connects knows whether it is TLS.
   *
   * @throws IllegalArgumentException when it is neither a unix socket nor a TCP address
   */
  static URI parse(String text) {
    String withScheme = text.contains("://") ? text : "tcp://" + text;
    if (withScheme.equals("unix://")) {
      return LOCAL_SOCKET;
    }
    try {
      URI uri = new URI(withScheme);
      return switch (uri.getScheme()) {
        case "unix" -> socket(uri);
        case "tcp" -> tcp(uri);
        default -> throw new IllegalArgumentException(text);
      };
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  private static URI socket(URI uri) {
    if (uri.getAuthority() != null || uri.getPath().isEmpty()) {
      throw new IllegalArgumentException(uri.toString());
    }
    return uri;
  }

  private static URI tcp(URI uri) throws URISyntaxException {
    if (uri.getHost() == null || !(uri.getPath().isEmpty() || uri.getPath().equals("/"))) {
      throw new IllegalArgumentException(uri.toString());
    }
    return new URI("tcp", null, uri.getHost(), uri.getPort(), null, null, null);
  }
}
