package io.tallyman.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** Ports on loopback for servers that have to be told theirs, and may come back to it. */
public final class FreePort {

  /** Systems take the ports of outgoing connections from above. */
  private static final int FROM = 10_000;

  private static final int TO = 30_000;
  private static final int MAX_TRIES = 100;

  private FreePort() {}

  /** One that nobody listens on and that no outgoing connection will take. */
  public static int next() {
    for (int i = 0; i < MAX_TRIES; i++) {
      int port = ThreadLocalRandom.current().nextInt(FROM, TO);
      try (var _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return port;
      } catch (IOException e) {
        // It is taken.
      }
    }
    throw new IllegalStateException("no free port from " + FROM + " to " + TO);
  }
}
