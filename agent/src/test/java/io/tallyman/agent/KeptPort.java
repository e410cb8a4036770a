package io.tallyman.agent;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** Ports on loopback for brokers that go away and come back to theirs. */
public final class KeptPort {

  /** Systems take the ports of outgoing connections from above. */
  private static final int FROM = 10_000;

  private static final int TO = 30_000;
  private static final int MAX_TRIES = 100;

  private KeptPort() {}

  /** One that nobody listens on and that no outgoing connection will take. */
  public static int next() {
    for (int i = 0; i < MAX_TRIES; i++) {
      int port = ThreadLocalRandom.current().nextInt(FROM, TO);
      try (ServerSocket _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return port;
      } catch (IOException e) {
        // It is taken.
      }
    }
    throw new IllegalStateException("no free port from " + FROM + " to " + TO);
  }
}
