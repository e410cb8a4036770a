package io.tallyman.bench;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/**
 * Listens to a stream of server-sent events and keeps what tells whether it got everything. Written
 * by one thread; read by any.
 */
final class StreamClient implements AutoCloseable {

  private static final int BUFFER_BYTES = 64 << 10;

  /** Of a line; what tells stands at its begin, but for the ids of few events. */
  private static final int KEPT_BYTES = 8 << 10;

  private static final String AS_OF = "\"asOf\":\"";

  private final Socket socket;
  private final byte[] line = new byte[KEPT_BYTES];
  private int kept;
  private int length;
  private String kind = "";
  private volatile int frames;
  private volatile int events;
  private volatile long bytes;
  private volatile int longest;
  private volatile String newest = "";
  private volatile boolean ended;

  private StreamClient(Socket socket) {
    this.socket = socket;
  }

  /** Begins to listen in the background. */
  static StreamClient open(URI base, String path) {
    try {
      Socket socket = new Socket(base.getHost(), base.getPort());
      // By HTTP/1.0, whose answers are not in chunks.
      String request = "GET %s HTTP/1.0\r\nHost: %s\r\n\r\n".formatted(path, base.getAuthority());
      socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
      StreamClient client = new StreamClient(socket);
      Thread.ofVirtual().name("stream-client").start(client::read);
      return client;
    } catch (IOException e) {
      throw new BenchException("cannot connect to " + base, e);
    }
  }

  /** Frames that came with data. */
  int frames() {
    return frames;
  }

  /** Events that came. */
  int events() {
    return events;
  }

  long bytes() {
    return bytes;
  }

  /** Bytes of the longest line. */
  int longest() {
    return longest;
  }

  /** {@code asOf} of the newest frame of readings; empty before the first. */
  String newest() {
    return newest;
  }

  /** Whether the server cut it. */
  boolean isCut() {
    return ended;
  }

  private void read() {
    byte[] buffer = new byte[BUFFER_BYTES];
    try (InputStream in = socket.getInputStream()) {
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        take(buffer, count);
      }
    } catch (IOException e) {
      // Told by what follows.
    }
    ended = true;
  }

  // One thread alone writes.
  @SuppressWarnings("NonAtomicVolatileUpdate")
  private void take(byte[] buffer, int count) {
    bytes += count;
    for (int i = 0; i < count; i++) {
      if (buffer[i] == '\n') {
        takeLine(new String(line, 0, kept, StandardCharsets.UTF_8));
        longest = Math.max(longest, length);
        kept = 0;
        length = 0;
      } else {
        length++;
        if (kept < KEPT_BYTES) {
          line[kept++] = buffer[i];
        }
      }
    }
  }

  // One thread alone writes.
  @SuppressWarnings("NonAtomicVolatileUpdate")
  private void takeLine(String text) {
    if (text.startsWith("event: ")) {
      kind = text.substring("event: ".length());
    } else if (text.startsWith("data: ")) {
      frames++;
      if (kind.equals("events")) {
        events += text.split("\"eventId\"", -1).length - 1;
      } else if (kind.equals("stats") && text.contains(AS_OF)) {
        int from = text.indexOf(AS_OF) + AS_OF.length();
        newest = text.substring(from, text.indexOf('"', from));
      }
    }
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new BenchException("cannot close a connection", e);
    }
  }
}
