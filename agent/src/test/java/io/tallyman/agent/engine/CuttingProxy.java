package io.tallyman.agent.engine;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Pattern;

/**
 * Stands before an engine as a socket proxy does that lets GET requests through: cuts connections
 * when it is told to, and answers some requests with 403 itself.
 */
public final class CuttingProxy implements AutoCloseable {

  private static final byte[] FORBIDDEN =
      "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private final Path socket;
  private final Path engine;
  private final Pattern forbidden;
  private final ServerSocketChannel server;
  private final Queue<SocketChannel> open = new ConcurrentLinkedQueue<>();

  /**
   * @param forbidden found in the request line of what is answered with 403
   */
  public CuttingProxy(Path socket, EngineEndpoint engine, Pattern forbidden) throws IOException {
    this.socket = socket;
    this.engine = Path.of(engine.host().getPath());
    this.forbidden = forbidden;
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket));
    Thread.ofVirtual().start(this::accept);
  }

  public EngineEndpoint endpoint() {
    return EngineEndpoint.of(URI.create("unix://" + socket));
  }

  /** Cuts all connections; new ones are welcome. */
  public void cut() {
    for (SocketChannel next = open.poll(); next != null; next = open.poll()) {
      close(next);
    }
  }

  private void accept() {
    try {
      while (server.isOpen()) {
        SocketChannel client = server.accept();
        SocketChannel upstream = SocketChannel.open(UnixDomainSocketAddress.of(engine));
        open.add(client);
        open.add(upstream);
        Thread.ofPlatform().daemon().start(() -> requests(client, upstream));
        Thread.ofPlatform().daemon().start(() -> answers(upstream, client));
      }
    } catch (IOException e) {
      cut();
    }
  }

  private void requests(SocketChannel client, SocketChannel upstream) {
    ByteBuffer buffer = ByteBuffer.allocate(8_192);
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    try {
      while (client.read(buffer) >= 0) {
        head.write(buffer.array(), 0, buffer.position());
        buffer.clear();
        String text = head.toString(StandardCharsets.US_ASCII);
        if (text.endsWith("\r\n\r\n")) {
          boolean allowed = !forbidden.matcher(text.lines().findFirst().orElse("")).find();
          write(allowed ? upstream : client, allowed ? head.toByteArray() : FORBIDDEN);
          head.reset();
        }
      }
    } catch (IOException e) {
      // The connection was cut, by one side or by the test.
    } finally {
      close(client);
      close(upstream);
    }
  }

  private static void answers(SocketChannel upstream, SocketChannel client) {
    ByteBuffer buffer = ByteBuffer.allocate(65_536);
    try {
      while (upstream.read(buffer) >= 0) {
        buffer.flip();
        while (buffer.hasRemaining()) {
          client.write(buffer);
        }
        buffer.clear();
      }
    } catch (IOException e) {
      // The connection was cut, by one side or by the test.
    } finally {
      close(upstream);
      close(client);
    }
  }

  private static void write(SocketChannel to, byte[] bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      to.write(buffer);
    }
  }

  private static void close(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    cut();
  }
}
