package io.tallyman.sink.mongodb;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** An address of a server that can be closed and opened again while the server stays. */
final class Gate implements AutoCloseable {

  private static final int BACKLOG = 50;

  private final InetSocketAddress server;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final int port;
  private ServerSocket listener;

  Gate(InetSocketAddress server) {
    this.server = server;
    this.listener = listen(0);
    this.port = listener.getLocalPort();
    serve(listener);
  }

  String address() {
    return "127.0.0.1:" + port;
  }

  synchronized void shut() {
    quietly(listener);
    sockets.forEach(Gate::quietly);
    sockets.clear();
  }

  synchronized void open() {
    shut();
    listener = listen(port);
    serve(listener);
  }

  @Override
  public void close() {
    shut();
  }

  private static ServerSocket listen(int port) {
    try {
      var socket = new ServerSocket();
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), BACKLOG);
      return socket;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void serve(ServerSocket from) {
    Thread.ofVirtual()
        .start(() -> {
          while (!from.isClosed()) {
            try {
              var client = from.accept();
              var upstream = new Socket(server.getAddress(), server.getPort());
              sockets.add(client);
              sockets.add(upstream);
              if (from.isClosed()) {
                shut();
              }
              pump(client, upstream);
              pump(upstream, client);
            } catch (IOException e) {
              // The gate was shut.
            }
          }
        });
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
