package io.tallyman.cli.up;

import io.tallyman.agent.engine.DockerJavaEngine;
import io.tallyman.agent.engine.EngineEndpoint;
import io.tallyman.agent.engine.EngineException;
import io.tallyman.agent.engine.EngineInfo;
import io.tallyman.broker.BrokerConfig;
import io.tallyman.broker.BrokerException;
import io.tallyman.broker.EmbeddedBroker;
import io.tallyman.cli.kafka.KafkaAccess;
import io.tallyman.cli.settings.ConfigKey;
import io.tallyman.cli.settings.ConfigKeys;
import io.tallyman.cli.settings.Settings;
import io.tallyman.schemas.TopicSettings;
import io.tallyman.schemas.Topics;
import io.tallyman.sink.SinkProvider;
import io.tallyman.sink.app.RunningSink;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything in one process: broker, agent, query service and sinks.
 *
 * <p>What can be seen to fail is looked at in {@link #prepare}, before anything is started and
 * before anything but the directory and its lock is made. Used by one thread.
 */
public final class Standalone implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Standalone.class);

  private static final int STANDALONE_PARTITIONS = 1;

  private final UpPlan plan;
  private final String engineText;
  private final DataDirectory directory;
  private final Deque<RunningPart> parts = new ArrayDeque<>();

  /** Something that was started; what was started last is closed first. */
  private record RunningPart(String name, AutoCloseable handle) {}

  private Standalone(UpPlan plan, String engineText, DataDirectory directory) {
    this.plan = plan;
    this.engineText = engineText;
    this.directory = directory;
  }

  /**
   * Looks whether ports, engine and data directory can be used, and takes the directory.
   *
   * @throws UpException when not
   */
  public static Standalone prepare(UpPlan plan) {
    checkPorts(plan);
    String engineText =
        switch (plan.engine()) {
          case EngineChoice.Real(EngineEndpoint endpoint) -> describe(endpoint);
          case EngineChoice.Simulated simulated ->
              "a simulated engine"
                  + (simulated.because() == null ? "" : ": " + simulated.because())
                  + " (nothing of what is shown is real)";
        };
    return new Standalone(plan, engineText, DataDirectory.open(plan.directory()));
  }

  /**
   * Starts everything and returns when it serves.
   *
   * @param logFile where log lines go; null for standard error
   * @param onFailure told when a part fails later, on a thread of that part
   * @return what a user needs to know of it
   * @throws RuntimeException when a part cannot be started; {@link #close} stops the others
   */
  public Addresses start(@Nullable Path logFile, Consumer<RuntimeException> onFailure) {
    EmbeddedBroker broker = startBroker(onFailure);
    Settings settings = plan.settings();
    new KafkaAccess(broker.bootstrapServers(), Map.of())
        .asAdmin(admin -> Topics.createMissing(admin, topics()));
    startSinks(broker.bootstrapServers(), onFailure);
    String prefix = topics().prefix();
    return new Addresses(
        plan.version(),
        engineText,
        "http://" + settings.get(ConfigKeys.QUERY_HOST) + ":" + settings.get(ConfigKeys.QUERY_PORT),
        broker.bootstrapServers(),
        portNote(broker.port()),
        prefix,
        directory.path(),
        logFile);
  }

  /** Where everything is kept. */
  public Path directory() {
    return directory.path();
  }

  /** Stops what was started, the last first, and gives the directory back. */
  @Override
  public void close() {
    while (!parts.isEmpty()) {
      RunningPart part = parts.pop();
      long startNanos = System.nanoTime();
      try {
        part.handle().close();
      } catch (Exception e) {
        log.warn("The {} did not stop in order", part.name(), e);
      }
      log.debug("Stopped the {} in {} ms", part.name(), millisSince(startNanos));
    }
    directory.close();
  }

  private EmbeddedBroker startBroker(Consumer<RuntimeException> onFailure) {
    long startNanos = System.nanoTime();
    Path data = directory.path().resolve("kafka");
    int port = plan.settings().get(ConfigKeys.UP_KAFKA_PORT);
    EmbeddedBroker broker;
    try {
      broker = EmbeddedBroker.start(new BrokerConfig(data, port), onFailure::accept);
    } catch (BrokerException.PortTaken e) {
      if (plan.settings().isGiven(ConfigKeys.UP_KAFKA_PORT)) {
        throw e;
      }
      broker = EmbeddedBroker.start(new BrokerConfig(data, 0), onFailure::accept);
    }
    parts.push(new RunningPart("broker", broker));
    log.info("Kafka serves {} after {} ms", broker.bootstrapServers(), millisSince(startNanos));
    return broker;
  }

  private void startSinks(String bootstrapServers, Consumer<RuntimeException> onFailure) {
    KafkaAccess kafka = new KafkaAccess(bootstrapServers, Map.of());
    for (SinkProvider kind : plan.sinks()) {
      int port = portOrFree(plan.settings(), "127.0.0.1", ConfigKeys.SINK_PORT);
      RunningSink sink = Sinks.start(plan.settings(), kafka, topics(), kind, kind.name(), port);
      parts.push(new RunningPart("sink " + kind.name(), sink));
      Sinks.watch(sink, onFailure);
    }
  }

  private TopicSettings topics() {
    Settings settings = plan.settings();
    int partitions =
        settings.isGiven(ConfigKeys.PARTITIONS)
            ? settings.get(ConfigKeys.PARTITIONS)
            : STANDALONE_PARTITIONS;
    return KafkaAccess.topics(settings, partitions);
  }

  private @Nullable String portNote(int port) {
    return plan.settings().isGiven(ConfigKeys.UP_KAFKA_PORT)
            || port == plan.settings().get(ConfigKeys.UP_KAFKA_PORT)
        ? null
        : plan.settings().get(ConfigKeys.UP_KAFKA_PORT) + " was taken";
  }

  private static void checkPorts(UpPlan plan) {
    Settings settings = plan.settings();
    String queryHost = settings.get(ConfigKeys.QUERY_HOST);
    Ports.check(queryHost, settings.get(ConfigKeys.QUERY_PORT), "--port");
    if (settings.isGiven(ConfigKeys.UP_KAFKA_PORT)) {
      Ports.check("127.0.0.1", settings.get(ConfigKeys.UP_KAFKA_PORT), "--kafka-port");
    }
    checkIfGiven(settings, ConfigKeys.AGENT_HOST, ConfigKeys.AGENT_PORT);
  }

  private static void checkIfGiven(
      Settings settings, ConfigKey<String> host, ConfigKey<Integer> port) {
    if (settings.isGiven(port)) {
      Ports.check(settings.get(host), settings.get(port), "--set " + port.name() + "=PORT");
    }
  }

  /** The port that was asked for; the usual one if it is free; else any. */
  private static int portOrFree(Settings settings, String host, ConfigKey<Integer> key) {
    int port = settings.get(key);
    return settings.isGiven(key) || !Ports.isTaken(host, port) ? port : 0;
  }

  private static String describe(EngineEndpoint endpoint) {
    try (DockerJavaEngine engine = new DockerJavaEngine(endpoint)) {
      EngineInfo info = engine.info();
      return "Docker %s (%s, API %s)"
          .formatted(info.engineVersion(), endpoint.host(), info.apiVersion());
    } catch (EngineException | IllegalArgumentException e) {
      throw new UpException("cannot use the Docker Engine: " + e.getMessage(), e);
    }
  }

  private static long millisSince(long startNanos) {
    return (System.nanoTime() - startNanos) / 1_000_000;
  }
}
