package io.tallyman.broker;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import org.apache.kafka.server.ServerSocketFactory;

/**
 * The broker's two listening sockets, bound before the broker is made: so its ports are known, a
 * port that is taken is found at once, and nobody can take a free port in between.
 */
final class BoundSockets implements ServerSocketFactory, AutoCloseable {

  private final ServerSocketChannel client;
  private final ServerSocketChannel controller;

  private BoundSockets(ServerSocketChannel client, ServerSocketChannel controller) {
    this.client = client;
    this.controller = controller;
  }

  static BoundSockets bind(int clientPort) {
    var client = bindPort(clientPort);
    try {
      return new BoundSockets(client, bindPort(0));
    } catch (BrokerException e) {
      closeQuietly(client);
      throw e;
    }
  }

  int clientPort() {
    return client.socket().getLocalPort();
  }

  int controllerPort() {
    return controller.socket().getLocalPort();
  }

  @Override
  public ServerSocketChannel openServerSocket(
      String listenerName, InetSocketAddress address, int backlog, int receiveBufferBytes) {
    return listenerName.equals(BrokerSettings.CONTROLLER_LISTENER) ? controller : client;
  }

  @Override
  public void close() {
    closeQuietly(client);
    closeQuietly(controller);
  }

  private static ServerSocketChannel bindPort(int port) {
    try {
      var channel = ServerSocketChannel.open();
      try {
        channel.bind(new InetSocketAddress(InetAddress.ofLiteral(BrokerSettings.HOST), port));
        channel.configureBlocking(false);
        return channel;
      } catch (IOException e) {
        closeQuietly(channel);
        throw e;
      }
    } catch (IOException e) {
      throw new BrokerException.PortTaken(port, e);
    }
  }

  private static void closeQuietly(ServerSocketChannel channel) {
    try {
      channel.close();
    } catch (IOException ignored) {
      // Nothing is written through a listening socket, so there is nothing to lose.
    }
  }
}
