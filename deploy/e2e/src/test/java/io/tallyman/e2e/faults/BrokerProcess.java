package io.tallyman.e2e.faults;

import static org.awaitility.Awaitility.await;

import io.tallyman.broker.BrokerConfig;
import io.tallyman.broker.EmbeddedBroker;
import io.tallyman.testkit.FreePort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A broker as a process of its own that keeps its port and its data over its lives. */
public final class BrokerProcess implements AutoCloseable {

  private static final Duration START_LIMIT = Duration.ofMinutes(1);
  private static final int HEAP_MIB = 384;

  private final int port = FreePort.next();
  private final JavaProcess process;

  public BrokerProcess(Path directory) {
    process =
        new JavaProcess(
            directory.resolve("broker.log"),
            HEAP_MIB,
            List.of(
                Main.class.getName(),
                directory.resolve("broker").toString(),
                Integer.toString(port)));
  }

  /** What runs in the process. */
  static final class Main {
    private Main() {}

    public static void main(String[] args) throws InterruptedException {
      EmbeddedBroker.start(new BrokerConfig(Path.of(args[0]), Integer.parseInt(args[1])));
      Thread.currentThread().join();
    }
  }

  public String bootstrapServers() {
    return "127.0.0.1:" + port;
  }

  /** Returns when it accepts connections. */
  public BrokerProcess start() {
    process.start();
    await().atMost(START_LIMIT).until(() -> !process.isAlive() || accepts());
    if (!process.isAlive()) {
      throw new AssertionError("the broker ended:\n" + process.tail());
    }
    return this;
  }

  /** SIGKILL. */
  public void kill() throws InterruptedException {
    process.kill();
  }

  private boolean accepts() {
    try (var socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public void close() {
    process.close();
  }
}
