package io.tallyman.broker;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import kafka.server.BrokerServer;
import kafka.server.ControllerServer;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.server.SharedServer;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.server.fault.FaultHandler;
import org.apache.kafka.server.fault.FaultHandlerException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A real Kafka broker and its controller (KRaft) in this JVM, on 127.0.0.1.
 *
 * <p>Its data directory is formatted when new and survives restarts, also a killed process, with
 * topics, offsets and cluster id; the port may differ each time. Topics are not created by use. It
 * never ends the process: what Kafka would halt for is reported once to the failure listener, after
 * which the broker should be closed.
 *
 * <p>Safe for use by any thread.
 */
public final class EmbeddedBroker implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(EmbeddedBroker.class);

  private static final Duration MAX_STOP = Duration.ofSeconds(10);

  /** For a broker that has failed: nobody is left who could answer its good-bye. */
  private static final Duration MAX_FAILED_STOP = Duration.ofSeconds(2);

  private final DataDirectory directory;
  private final BoundSockets sockets;
  private final Metrics metrics = new Metrics();
  private final ControllerServer controller;
  private final BrokerServer broker;
  private final String clusterId;
  private final Consumer<BrokerException> onFailure;
  private final CompletableFuture<BrokerException> failure = new CompletableFuture<>();
  private final AtomicBoolean closed = new AtomicBoolean();
  private volatile boolean started;

  private EmbeddedBroker(
      DataDirectory directory, BoundSockets sockets, Consumer<BrokerException> onFailure) {
    this.directory = directory;
    this.sockets = sockets;
    this.onFailure = onFailure;
    var settings =
        BrokerSettings.of(directory.path(), sockets.clientPort(), sockets.controllerPort());
    var kafkaConfig = new KafkaConfig(settings, false);
    var logDirectories = KafkaRaftServer.initializeLogDirs(kafkaConfig, log, "");
    this.clusterId = logDirectories._1().clusterId().orElseThrow();
    var controllerAddress =
        new InetSocketAddress(InetAddress.ofLiteral(BrokerSettings.HOST), sockets.controllerPort());
    var shared =
        new SharedServer(
            kafkaConfig,
            logDirectories._1(),
            Time.SYSTEM,
            metrics,
            CompletableFuture.completedFuture(Map.of(BrokerSettings.NODE_ID, controllerAddress)),
            List.of(),
            this::faultHandler,
            sockets);
    this.broker = new BrokerServer(shared);
    this.controller =
        new ControllerServer(shared, KafkaRaftServer.configSchema(), logDirectories._2());
  }

  /**
   * Starts a broker and returns when it serves.
   *
   * @throws BrokerException when it cannot start; nothing is left running then
   */
  public static EmbeddedBroker start(BrokerConfig config) {
    return start(config, failure -> log.error("The broker failed", failure));
  }

  /**
   * Starts a broker and returns when it serves.
   *
   * @param onFailure called at most once, on a thread of the broker, when it cannot go on; must
   *     return soon and must not close the broker on that thread
   * @throws BrokerException when it cannot start; nothing is left running then
   */
  public static EmbeddedBroker start(BrokerConfig config, Consumer<BrokerException> onFailure) {
    var sockets = BoundSockets.bind(config.port());
    try {
      var directory = DataDirectory.open(config);
      try {
        var broker = new EmbeddedBroker(directory, sockets, onFailure);
        broker.startUp();
        return broker;
      } catch (RuntimeException e) {
        directory.close();
        throw Failures.of(directory.path(), "The Kafka broker could not start", e);
      }
    } catch (RuntimeException e) {
      sockets.close();
      throw e;
    }
  }

  /** What clients connect to, {@code 127.0.0.1:PORT}. */
  public String bootstrapServers() {
    return BrokerSettings.HOST + ":" + port();
  }

  /** The port that clients connect to. */
  public int port() {
    return sockets.clientPort();
  }

  /** The same after every restart on the same data directory. */
  public String clusterId() {
    return clusterId;
  }

  /** Stops the broker; a second call does nothing. Clients should be closed before. */
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    var stopping = new CompletableFuture<@Nullable Void>();
    Thread.ofPlatform()
        .daemon()
        .name("broker-stop")
        .start(() -> {
          stopServers();
          stopping.complete(null);
        });
    var maxStop = maxStop();
    try {
      stopping.get(maxStop.toMillis(), TimeUnit.MILLISECONDS);
      HaltGuard.remove(this);
    } catch (TimeoutException e) {
      // The guard stays: what is still stopping must not end the process.
      log.warn("The broker did not stop within {} s", maxStop.toSeconds());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    } finally {
      sockets.close();
      directory.close();
    }
  }

  private void startUp() {
    HaltGuard.add(this);
    var starting = new CompletableFuture<@Nullable BrokerException>();
    Thread.ofPlatform().daemon().name("broker-start").start(() -> startServers(starting));
    try {
      var problem =
          CompletableFuture.anyOf(starting, failure)
              .orTimeout(BrokerSettings.MAX_START_MILLIS, TimeUnit.MILLISECONDS)
              .join();
      if (problem instanceof BrokerException e) {
        throw e;
      }
      started = true;
    } catch (RuntimeException e) {
      close();
      throw e instanceof CompletionException && e.getCause() instanceof TimeoutException
          ? new BrokerException.Failed(
              "The Kafka broker did not start within "
                  + BrokerSettings.MAX_START_MILLIS / 1000
                  + " s",
              e)
          : e;
    }
  }

  private void startServers(CompletableFuture<@Nullable BrokerException> starting) {
    try {
      controller.startup();
      broker.startup();
      starting.complete(null);
    } catch (RuntimeException | Error e) {
      starting.complete(Failures.of(directory.path(), "The Kafka broker could not start", e));
    }
  }

  private Duration maxStop() {
    return failure.isDone() ? MAX_FAILED_STOP : MAX_STOP;
  }

  private void stopServers() {
    try {
      broker.shutdown(maxStop().dividedBy(2));
    } catch (RuntimeException e) {
      log.debug("While stopping the broker", e);
    }
    try {
      controller.shutdown();
    } catch (RuntimeException e) {
      log.debug("While stopping the controller", e);
    }
    metrics.close();
  }

  private FaultHandler faultHandler(String name, boolean fatal, Runnable action) {
    return (message, cause) -> {
      action.run();
      if (fatal) {
        failed(Failures.of(directory.path(), name + ": " + message, cause));
      } else {
        log.error("Fault in the broker's {}: {}", name, message, cause);
      }
      return new FaultHandlerException(name + ": " + message, cause);
    };
  }

  /** Kafka wanted to end the process. */
  void halted(String reason) {
    failed(Failures.halted(directory.path(), reason, directory.usableBytes()));
  }

  private void failed(BrokerException exception) {
    if (failure.complete(exception) && started && !closed.get()) {
      onFailure.accept(exception);
    }
  }
}
