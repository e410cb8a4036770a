package io.tallyman.sink.mongodb;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.HashSet;
import java.util.Set;

/**
 * An address of a server that can be closed and opened again while the server stays. A closed gate
 * hangs up on who calls: it keeps its port, which others could take while nobody listens there.
 */
final class Gate implements AutoCloseable {

  private static final int BACKLOG = 50;

  private final InetSocketAddress server;
  private final ServerSocket listener;
  private final Set<Socket> sockets = new HashSet<>();
  private boolean open = true;

  Gate(InetSocketAddress server) {
    this.server = server;
    try {
      listener = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().start(this::serve);
  }

  String address() {
    return "127.0.0.1:" + listener.getLocalPort();
  }

  synchronized boolean isOpen() {
    return open;
  }

  synchronized void shut() {
    open = false;
    sockets.forEach(Gate::quietly);
    sockets.clear();
  }

  synchronized void open() {
    open = true;
  }

  @Override
  public void close() {
    quietly(listener);
    shut();
  }

  private void serve() {
    while (!listener.isClosed()) {
      try {
        letIn(listener.accept());
      } catch (IOException e) {
        // The gate is closed for good.
      }
    }
  }

  private void letIn(Socket client) {
    var upstream = new Socket();
    try {
      upstream.connect(server);
      if (add(client, upstream)) {
        pump(client, upstream);
        pump(upstream, client);
        return;
      }
    } catch (IOException e) {
      // The server is away.
    }
    quietly(client);
    quietly(upstream);
  }

  private synchronized boolean add(Socket client, Socket upstream) {
    return open && sockets.add(client) && sockets.add(upstream);
  }

  private static void pump(Socket from, Socket to) {
    Thread.ofVirtual()
        .start(() -> {
          try (InputStream in = from.getInputStream();
              OutputStream out = to.getOutputStream()) {
            in.transferTo(out);
          } catch (IOException e) {
            // One side has gone.
          } finally {
            quietly(from);
            quietly(to);
          }
        });
  }

  private static void quietly(AutoCloseable socket) {
    try {
      socket.close();
    } catch (Exception e) {
      // It is closed all the same.
    }
  }
}
