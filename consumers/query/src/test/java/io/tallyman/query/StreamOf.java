package io.tallyman.query;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;

/** Reads the frames of a stream of server-sent events. */
final class StreamOf implements AutoCloseable {

  private final String contentType;
  private final BufferedReader lines;
  private String lastId = "";

  StreamOf(HttpResponse<InputStream> response) {
    this.contentType = response.headers().firstValue("content-type").orElse("");
    this.lines = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
  }

  String contentType() {
    return contentType;
  }

  /** The last id that came. */
  String lastId() {
    return lastId;
  }

  /** Reads the sign of life that each stream begins with: from here on it tells what happens. */
  StreamOf joined() throws IOException {
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.startsWith(": alive")) {
        return this;
      }
    }
    throw new AssertionError("the stream ended before it began");
  }

  /** The data of the next frame, which must be of that kind; signs of life are passed over. */
  String next(String event) throws IOException {
    String kind = null;
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.startsWith("id: ")) {
        lastId = line.substring("id: ".length());
      } else if (line.startsWith("event: ")) {
        kind = line.substring("event: ".length());
      } else if (line.startsWith("data: ")) {
        if (!event.equals(kind)) {
          throw new AssertionError("expected " + event + ", got " + kind + ": " + line);
        }
        return line.substring("data: ".length());
      }
    }
    throw new AssertionError("the stream ended before " + event);
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
