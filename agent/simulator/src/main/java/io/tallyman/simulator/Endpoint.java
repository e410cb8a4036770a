package io.tallyman.simulator;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;

/** Where a simulated engine listens. */
public sealed interface Endpoint {

  /** A unix socket; its path may be about 100 bytes long. */
  record UnixSocket(Path path) implements Endpoint {
    @Override
    public SocketAddress address() {
      return UnixDomainSocketAddress.of(path);
    }
  }

  /** A TCP port on the loopback interface; 0 takes a free one. */
  record Tcp(int port) implements Endpoint {
    @Override
    public SocketAddress address() {
      return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }
  }

  /** The address to listen on. */
  SocketAddress address();
}
