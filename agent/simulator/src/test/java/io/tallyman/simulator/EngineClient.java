package io.tallyman.simulator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** A plain HTTP client that shows an engine's answers as they are; a connection for each call. */
final class EngineClient {

  static final ObjectMapper MAPPER = new ObjectMapper();

  /** An answer whose body was read to its end. */
  record Answer(int status, Map<String, String> headers, String text) {
    JsonNode json() {
      try {
        return MAPPER.readTree(text);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    String message() {
      return json().path("message").asText();
    }
  }

  private final SocketAddress address;

  EngineClient(URI dockerHost) {
    this.address =
        dockerHost.getScheme().equals("unix")
            ? UnixDomainSocketAddress.of(dockerHost.getPath())
            : new InetSocketAddress(dockerHost.getHost(), dockerHost.getPort());
  }

  Answer get(String target) {
    return call("GET", target, new byte[0]);
  }

  Answer post(String target) {
    return call("POST", target, new byte[0]);
  }

  Answer postJson(String target, JsonNode body) {
    try {
      return call("POST", target, MAPPER.writeValueAsBytes(body));
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  Answer delete(String target) {
    return call("DELETE", target, new byte[0]);
  }

  Answer call(String method, String target, byte[] body) {
    try (Stream stream = open(method, target, body)) {
      ByteArrayOutputStream whole = new ByteArrayOutputStream();
      if (!method.equals("HEAD")) {
        for (byte[] part = stream.next(); part.length > 0; part = stream.next()) {
          whole.writeBytes(part);
        }
      }
      return new Answer(stream.status, stream.headers, whole.toString(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Opens a call and reads its head; the body is read part by part. */
  Stream open(String method, String target, byte[] body) throws IOException {
    SocketChannel channel = SocketChannel.open(address);
    try {
      String head =
          "%s %s HTTP/1.1\r\nHost: engine\r\nConnection: close\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n"
              .formatted(
                  method,
                  target,
                  target.startsWith("/images") ? "application/x-tar" : "application/json",
                  body.length);
      channel.write(ByteBuffer.wrap(head.getBytes(StandardCharsets.US_ASCII)));
      ByteBuffer rest = ByteBuffer.wrap(body);
      while (rest.hasRemaining()) {
        channel.write(rest);
      }
      return new Stream(channel);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /** An answer whose body is under way. */
  static final class Stream implements AutoCloseable {
    private final SocketChannel channel;
    private final InputStream in;
    private final int status;
    private final Map<String, String> headers = new LinkedHashMap<>();
    private long left;

    private Stream(SocketChannel channel) throws IOException {
      this.channel = channel;
      this.in = new BufferedInputStream(Channels.newInputStream(channel));
      this.status = Integer.parseInt(line().split(" ", 3)[1]);
      for (String line = line(); !line.isEmpty(); line = line()) {
        int colon = line.indexOf(':');
        headers.put(
            line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
      }
      this.left = Long.parseLong(headers.getOrDefault("content-length", "0"));
    }

    int status() {
      return status;
    }

    Map<String, String> headers() {
      return headers;
    }

    /**
     * The next chunk, or the whole of a body that is not chunked; empty at its proper end.
     *
     * @throws EOFException when the body broke off
     */
    byte[] next() throws IOException {
      if (!"chunked".equals(headers.get("transfer-encoding"))) {
        byte[] body = exactly((int) left);
        left = 0;
        return body;
      }
      byte[] chunk = exactly(Integer.parseInt(line(), 16));
      line();
      return chunk;
    }

    private byte[] exactly(int length) throws IOException {
      byte[] bytes = in.readNBytes(length);
      if (bytes.length < length) {
        throw new EOFException();
      }
      return bytes;
    }

    private String line() throws IOException {
      StringBuilder line = new StringBuilder();
      for (int next = in.read(); next != '\n'; next = in.read()) {
        if (next < 0) {
          throw new EOFException();
        }
        if (next != '\r') {
          line.append((char) next);
        }
      }
      return line.toString();
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
