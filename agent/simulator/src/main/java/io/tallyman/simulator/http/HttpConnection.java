package io.tallyman.simulator.http;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ProtocolException;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One keep-alive connection: reads requests one after the other and has them answered. */
final class HttpConnection implements Runnable {

  private static final Logger log = LoggerFactory.getLogger(HttpConnection.class);

  private static final int LINE_LIMIT_BYTES = 32 * 1024;
  private static final int BODY_LIMIT_BYTES = 16 * 1024 * 1024;

  private final SocketChannel channel;
  private final HttpHandler handler;
  private final InputStream in;
  private final OutputStream out;
  private final CompletableFuture<Boolean> closed = new CompletableFuture<>();
  private @Nullable Thread peerWatch;

  HttpConnection(SocketChannel channel, HttpHandler handler) {
    this.channel = channel;
    this.handler = handler;
    this.in = new BufferedInputStream(Channels.newInputStream(channel));
    this.out = new BufferedOutputStream(Channels.newOutputStream(channel), 16 * 1024);
  }

  @Override
  public void run() {
    try {
      while (serveOne()) {
        joinPeerWatch();
      }
    } catch (IOException e) {
      log.debug("connection ended: {}", e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      close();
    }
  }

  void close() {
    try {
      channel.close();
    } catch (IOException e) {
      log.debug("closing a connection failed", e);
    }
    closed.complete(true);
  }

  private boolean serveOne() throws IOException {
    HttpRequest request = readRequest();
    if (request == null) {
      return false;
    }
    HttpExchange exchange = new HttpExchange(this, request);
    handler.handle(exchange);
    return exchange.isAnswered()
        && channel.isOpen()
        && !"close".equalsIgnoreCase(request.headers().get("connection"));
  }

  private @Nullable HttpRequest readRequest() throws IOException {
    String start = readLine(true);
    if (start == null) {
      return null;
    }
    String[] words = start.split(" ", -1);
    if (words.length != 3) {
      throw new ProtocolException("not a request line: " + start);
    }
    Map<String, String> headers = new LinkedHashMap<>();
    for (String line = readLine(false); line != null && !line.isEmpty(); line = readLine(false)) {
      int colon = line.indexOf(':');
      if (colon < 1) {
        throw new ProtocolException("not a header: " + line);
      }
      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).trim());
    }
    return HttpRequest.of(words[0], words[1], headers, readBody(headers));
  }

  private byte[] readBody(Map<String, String> headers) throws IOException {
    if ("chunked".equalsIgnoreCase(headers.get("transfer-encoding"))) {
      return readChunks();
    }
    int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
    return readExactly(length);
  }

  private byte[] readChunks() throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    while (true) {
      String line = readLine(false);
      int length = Integer.parseInt(line == null ? "" : line.strip(), 16);
      body.write(readExactly(length));
      readLine(false);
      if (length == 0) {
        return body.toByteArray();
      }
      checkBodySize(body.size());
    }
  }

  private byte[] readExactly(int length) throws IOException {
    checkBodySize(length);
    byte[] body = in.readNBytes(length);
    if (body.length < length) {
      throw new EOFException("the request ended early");
    }
    return body;
  }

  private static void checkBodySize(int bytes) throws ProtocolException {
    if (bytes < 0 || bytes > BODY_LIMIT_BYTES) {
      throw new ProtocolException("request body of " + bytes + " bytes");
    }
  }

  /** Returns null at the end of the stream, which is an error unless allowed. */
  private @Nullable String readLine(boolean mayEnd) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream(128);
    while (true) {
      int next = in.read();
      if (next < 0) {
        if (mayEnd && line.size() == 0) {
          return null;
        }
        throw new EOFException("the request ended early");
      }
      if (next == '\n') {
        String text = line.toString(StandardCharsets.UTF_8);
        return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
      }
      if (line.size() == LINE_LIMIT_BYTES) {
        throw new ProtocolException("request line longer than " + LINE_LIMIT_BYTES + " bytes");
      }
      line.write(next);
    }
  }

  /**
   * Notices a peer that hangs up while its answer is under way: waits on a thread of its own for
   * the next byte, which stays in the buffer if it is the next request's.
   */
  void watchPeer() {
    if (peerWatch == null) {
      peerWatch = Thread.ofVirtual().name("peer-watch").start(this::awaitPeer);
    }
  }

  private void awaitPeer() {
    try {
      in.mark(1);
      if (in.read() < 0) {
        close();
      } else {
        in.reset();
      }
    } catch (IOException e) {
      close();
    }
  }

  private void joinPeerWatch() throws InterruptedException {
    Thread watch = peerWatch;
    if (watch != null) {
      watch.join();
      peerWatch = null;
    }
  }

  boolean closedWithin(Duration wait) {
    try {
      return closed.get(wait.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  void whenClosed(Runnable action) {
    var _ = closed.thenRun(action);
  }

  void writeHead(int status, Map<String, String> headers, String framing, String framingValue)
      throws IOException {
    StringBuilder head = new StringBuilder(256);
    head.append("HTTP/1.1 ").append(status).append(' ').append(reason(status)).append("\r\n");
    headers.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
    if (status != 204 && status != 304) {
      head.append(framing).append(": ").append(framingValue).append("\r\n");
    }
    write(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
  }

  void writeChunk(byte[] chunk) throws IOException {
    writePartOfChunk(chunk, chunk.length);
    write(new byte[] {'\r', '\n'});
  }

  /** The length that a whole chunk has, and the first of its bytes. */
  void writePartOfChunk(byte[] chunk, int sent) throws IOException {
    write((Integer.toHexString(chunk.length) + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
    out.write(chunk, 0, sent);
  }

  void write(byte[] bytes) throws IOException {
    out.write(bytes);
  }

  void flush() throws IOException {
    out.flush();
  }

  private static String reason(int status) {
    return switch (status) {
      case 200 -> "OK";
      case 201 -> "Created";
      case 204 -> "No Content";
      case 304 -> "Not Modified";
      case 400 -> "Bad Request";
      case 403 -> "Forbidden";
      case 404 -> "Not Found";
      case 409 -> "Conflict";
      case 500 -> "Internal Server Error";
      default -> "Status " + status;
    };
  }
}
