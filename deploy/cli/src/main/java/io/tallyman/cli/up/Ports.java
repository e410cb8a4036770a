package io.tallyman.cli.up;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;

/** Looks whether ports can be listened on, before anything is started. */
final class Ports {

  private Ports() {}

  /**
   * Fails when nobody can listen there.
   *
   * @param flag what names another port
   * @throws UpException when the port is taken or the address is not this host's
   */
  static void check(String host, int port, String flag) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(InetAddress.getByName(host), port));
    } catch (UnknownHostException e) {
      throw new UpException("there is no host %s to listen on".formatted(host), e);
    } catch (IOException e) {
      throw new UpException(
          "cannot listen on %s:%d (%s): stop what uses it, or name another port with %s"
              .formatted(host, port, e.getMessage(), flag),
          e);
    }
  }

  /** Whether somebody else has it. */
  static boolean isTaken(String host, int port) {
    try {
      check(host, port, "");
      return false;
    } catch (UpException e) {
      return true;
    }
  }
}
