package io.tallyman.simulator.http;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens on a unix or TCP socket and serves every connection on a virtual thread.
 *
 * <p>Safe from any thread. A unix socket's file is replaced at the start and removed at the end.
 */
public final class HttpServer implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(HttpServer.class);

  private static final int BACKLOG = 1024;

  private final ServerSocketChannel listening;
  private final SocketAddress address;
  private final HttpHandler handler;
  private final Set<HttpConnection> connections = ConcurrentHashMap.newKeySet();

  private HttpServer(ServerSocketChannel listening, SocketAddress address, HttpHandler handler) {
    this.listening = listening;
    this.address = address;
    this.handler = handler;
  }

  /**
   * Starts to listen.
   *
   * @throws IOException when the address cannot be bound
   */
  public static HttpServer open(SocketAddress address, HttpHandler handler) throws IOException {
    boolean unix = address instanceof UnixDomainSocketAddress;
    if (address instanceof UnixDomainSocketAddress socketFile) {
      Files.deleteIfExists(socketFile.getPath());
    }
    ServerSocketChannel listening =
        unix ? ServerSocketChannel.open(StandardProtocolFamily.UNIX) : ServerSocketChannel.open();
    try {
      if (!unix) {
        listening.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      }
      listening.bind(address, BACKLOG);
      HttpServer server = new HttpServer(listening, listening.getLocalAddress(), handler);
      Thread.ofVirtual().name("http-accept").start(server::acceptAll);
      return server;
    } catch (IOException e) {
      listening.close();
      throw e;
    }
  }

  /** Where it listens; with the real port when it was opened on port 0. */
  public SocketAddress address() {
    return address;
  }

  /** Closes every connection as it is, in the middle of an answer if need be. */
  public void cutConnections() {
    connections.forEach(HttpConnection::close);
  }

  @Override
  public void close() {
    try {
      listening.close();
      if (address instanceof UnixDomainSocketAddress socketFile) {
        Files.deleteIfExists(socketFile.getPath());
      }
    } catch (IOException e) {
      log.warn("closing {} failed", address, e);
    }
    cutConnections();
  }

  private void acceptAll() {
    while (listening.isOpen()) {
      try {
        serve(listening.accept());
      } catch (ClosedChannelException e) {
        return;
      } catch (IOException e) {
        log.warn("accepting a connection on {} failed", address, e);
      }
    }
  }

  private void serve(SocketChannel channel) throws IOException {
    if (address instanceof InetSocketAddress) {
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    }
    HttpConnection connection = new HttpConnection(channel, handler);
    connections.add(connection);
    connection.whenClosed(() -> connections.remove(connection));
    if (!listening.isOpen()) {
      connection.close();
    }
    Thread.ofVirtual().name("http-connection").start(connection);
  }
}
