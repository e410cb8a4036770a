package io.tallyman.bench;

import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import java.io.IOException;

/** A server that speaks MongoDB's protocol, in a JVM of its own. */
public final class MongoServerProcess {

  /** Begins the line that says where it listens. */
  static final String ANNOUNCEMENT = "server ";

  private MongoServerProcess() {}

  /** Takes nothing; ends with its standard input. */
  public static void main(String[] args) throws IOException {
    MongoServer server = new MongoServer(new MemoryBackend());
    System.out.println(ANNOUNCEMENT + server.bindAndGetConnectionString());
    while (System.in.read() >= 0) {
      // Nothing is said to it.
    }
    server.shutdownNow();
  }
}
