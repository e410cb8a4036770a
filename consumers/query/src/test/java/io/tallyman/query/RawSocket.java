package io.tallyman.query;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** A connection of a client that names its host as it likes and reads when it likes. */
final class RawSocket implements AutoCloseable {

  private static final Duration READ_TIMEOUT = Duration.ofSeconds(60);

  private final Socket socket = new Socket();
  private final BufferedReader lines;

  /** {@code receiveBytes} of a buffer for what is not read yet; 0 for the usual. */
  RawSocket(URI base, int receiveBytes) throws IOException {
    if (receiveBytes > 0) {
      socket.setReceiveBufferSize(receiveBytes);
    }
    socket.setSoTimeout((int) READ_TIMEOUT.toMillis());
    socket.connect(new InetSocketAddress(base.getHost(), base.getPort()));
    lines =
        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
  }

  /** Status line and headers of an answer. */
  static String head(URI base, String path, String host) throws IOException {
    try (RawSocket socket = new RawSocket(base, 0)) {
      socket.request(path, host);
      return socket.head();
    }
  }

  void request(String path, String host) throws IOException {
    String request =
        "GET %s HTTP/1.1\r\nHost: %s\r\nAccept-Encoding: gzip\r\n\r\n".formatted(path, host);
    socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
  }

  String head() throws IOException {
    StringBuilder head = new StringBuilder();
    for (String line = lines.readLine(); line != null && !line.isEmpty(); line = lines.readLine()) {
      head.append(line).append('\n');
    }
    return head.toString();
  }

  /** Reads on until a line begins like that; whether one came. */
  boolean awaitLine(String begin) throws IOException {
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.startsWith(begin)) {
        return true;
      }
    }
    return false;
  }

  /** Reads what is left; fails with a timeout if the connection stays open. */
  boolean isEndedByServer() throws IOException {
    char[] buffer = new char[8192];
    try {
      while (lines.read(buffer) >= 0) {
        // What was on its way.
      }
    } catch (SocketException e) {
      // A reset is an end too.
    }
    return true;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
