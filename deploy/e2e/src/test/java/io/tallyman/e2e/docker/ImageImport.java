package io.tallyman.e2e.docker;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * {@code docker import} over the engine's local socket. The Docker client does not get a body of
 * this size across: the engine sees it end too early.
 */
final class ImageImport {

  private static final String UNIX = "unix://";
  private static final String LOCAL_SOCKET = "unix:///var/run/docker.sock";

  private ImageImport() {}

  static void of(Path archive, String image) throws IOException {
    try (var file = FileChannel.open(archive);
        var socket = SocketChannel.open(UnixDomainSocketAddress.of(socketPath()))) {
      var head =
          """
          POST /images/create?fromSrc=-&repo=%s HTTP/1.1\r
          Host: engine\r
          Connection: close\r
          Content-Type: application/x-tar\r
          Content-Length: %d\r
          \r
          """
              .formatted(image, file.size());
      var bytes = ByteBuffer.wrap(head.getBytes(US_ASCII));
      while (bytes.hasRemaining()) {
        socket.write(bytes);
      }
      for (long sent = 0; sent < file.size(); ) {
        sent += file.transferTo(sent, file.size() - sent, socket);
      }
      var answer = new String(Channels.newInputStream(socket).readAllBytes(), UTF_8);
      if (!answer.startsWith("HTTP/1.1 200") || answer.contains("\"error\"")) {
        throw new IOException("the engine did not take the image " + image + ": " + answer);
      }
    }
  }

  private static Path socketPath() {
    @Nullable String configured = System.getenv("DOCKER_HOST");
    var host = configured == null || configured.isBlank() ? LOCAL_SOCKET : configured;
    if (!host.startsWith(UNIX)) {
      throw new IllegalStateException("These tests need an engine on a unix socket, not " + host);
    }
    return Path.of(host.substring(UNIX.length()));
  }
}
