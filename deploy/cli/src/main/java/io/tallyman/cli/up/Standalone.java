package io.tallyman.cli.up;

import io.tallyman.agent.AgentStartException;
import io.tallyman.agent.app.RunningAgent;
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
import io.tallyman.cli.settings.SettingsException;
import io.tallyman.cli.up.Together.Started;
import io.tallyman.query.RunningQuery;
import io.tallyman.schemas.TopicSettings;
import io.tallyman.schemas.Topics;
import io.tallyman.sink.SinkProvider;
import io.tallyman.sink.app.RunningSink;
import io.tallyman.sink.app.SinkStartException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
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

  /** Hears what happens to parts after the start, on threads of theirs. */
  public interface Watcher {

    /** Nothing can go on. */
    void failed(RuntimeException reason);

    /** A sink has stopped by an error; everything else goes on. */
    void sinkFailed(RuntimeException reason);

    /** Nobody reads standard output any more, which was a sink's. */
    void unread();
  }

  private static final Logger log = LoggerFactory.getLogger(Standalone.class);

  private static final int STANDALONE_PARTITIONS = 1;

  private final UpPlan plan;
  private final String engineText;
  private final DataDirectory directory;

  /** What was started last is closed first. */
  private final Deque<Started> parts = new ArrayDeque<>();

  private Standalone(UpPlan plan, String engineText, DataDirectory directory) {
    this.plan = plan;
    this.engineText = engineText;
    this.directory = directory;
  }

  /**
   * Looks whether settings, ports, engine and data directory can be used, and takes the directory.
   *
   * @throws RuntimeException when not; the message says what to do
   */
  public static Standalone prepare(UpPlan plan) {
    QueryPart.check(plan.settings());
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
   * @param watcher told what happens to parts later
   * @return what a user needs to know of it
   * @throws RuntimeException when a part cannot be started; {@link #close} stops the others
   */
  public Addresses start(@Nullable Path logFile, Watcher watcher) {
    Simulation simulation = startSimulation();
    EmbeddedBroker broker = startBroker(watcher::failed);
    KafkaAccess kafka = new KafkaAccess(broker.bootstrapServers(), Map.of());
    TopicSettings topics = topics();
    kafka.asAdmin(admin -> Topics.createMissing(admin, topics));

    Together together = new Together();
    for (int i = 0; i < plan.sinks().size(); i++) {
      SinkProvider kind = plan.sinks().get(i);
      int offset = i;
      together.add("sink " + kind.name(), () -> startSink(kind, offset, kafka, topics, watcher));
    }
    Path state = directory.path().resolve("query");
    boolean simulated = simulation != null;
    together.add(
        "query service", () -> QueryPart.start(plan.settings(), kafka, topics, state, simulated));
    together.add("agent", () -> startAgent(kafka, topics, simulation));
    List<Started> started = together.start();
    started.forEach(parts::push);
    together.failure().ifPresent(Standalone::rethrow);

    return new Addresses(
        plan.version(),
        engineText,
        dashboard(started),
        broker.bootstrapServers(),
        portNote(broker.port()),
        topics.prefix(),
        sinks(started),
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
      Started part = parts.pop();
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
    parts.push(new Started("broker", broker));
    log.info("Kafka serves {} after {} ms", broker.bootstrapServers(), millisSince(startNanos));
    return broker;
  }

  private @Nullable Simulation startSimulation() {
    return switch (plan.engine()) {
      case EngineChoice.Real _ -> null;
      case EngineChoice.Simulated choice -> {
        Simulation simulation = Simulation.start(choice, directory.path());
        parts.push(new Started("simulated engine", simulation));
        yield simulation;
      }
    };
  }

  /**
   * Starts a sink.
   *
   * @param offset of its port from the first sink's
   */
  private RunningSink startSink(
      SinkProvider kind, int offset, KafkaAccess kafka, TopicSettings topics, Watcher watcher) {
    RunningSink sink = startSink(kind, offset, kafka, topics);
    SinkPart.watch(
        sink,
        reason -> {
          if (kind.name().equals(UpPlan.STDOUT)) {
            watcher.unread();
          } else {
            log.debug("The sink {} is over: {}", kind.name(), reason);
          }
        },
        failure -> {
          switch (failure) {
            case SettingsException wrongOption -> watcher.failed(wrongOption);
            default -> watcher.sinkFailed(failure);
          }
        });
    return sink;
  }

  private RunningSink startSink(
      SinkProvider kind, int offset, KafkaAccess kafka, TopicSettings topics) {
    Settings settings = plan.settings();
    int first = settings.get(ConfigKeys.SINK_PORT);
    int port = first == 0 ? 0 : first + offset;
    try {
      return SinkPart.start(settings, kafka, topics, kind, kind.name(), port);
    } catch (SinkStartException e) {
      if (settings.isGiven(ConfigKeys.SINK_PORT)) {
        throw e;
      }
      // Nobody asked for this port.
      return SinkPart.start(settings, kafka, topics, kind, kind.name(), 0);
    }
  }

  private RunningAgent startAgent(
      KafkaAccess kafka, TopicSettings topics, @Nullable Simulation simulation) {
    Settings settings = plan.settings();
    int port = portOrFree(settings, settings.get(ConfigKeys.AGENT_HOST), ConfigKeys.AGENT_PORT);
    try {
      return startAgent(kafka, topics, simulation, port);
    } catch (AgentStartException.HttpUnavailable e) {
      if (settings.isGiven(ConfigKeys.AGENT_PORT)) {
        throw e;
      }
      // Nobody asked for this port, and another process was quicker.
      return startAgent(kafka, topics, simulation, 0);
    }
  }

  private RunningAgent startAgent(
      KafkaAccess kafka, TopicSettings topics, @Nullable Simulation simulation, int port) {
    Settings settings = plan.settings();
    Path data = directory.path().resolve("agent");
    if (simulation == null) {
      return AgentPart.start(settings, kafka, topics, data, port);
    }
    EngineEndpoint endpoint = EngineEndpoint.of(simulation.engine().dockerHost());
    return AgentPart.start(settings, kafka, topics, data, port, endpoint, simulation.hostId());
  }

  private static String dashboard(List<Started> started) {
    for (Started part : started) {
      if (part.handle() instanceof RunningQuery query) {
        return query.url().toString();
      }
    }
    throw new IllegalStateException("no query service");
  }

  private static SequencedMap<String, String> sinks(List<Started> started) {
    SequencedMap<String, String> sinks = new LinkedHashMap<>();
    for (Started part : started) {
      if (part.handle() instanceof RunningSink sink) {
        sinks.put(sink.name(), "http://127.0.0.1:" + sink.httpPort());
      }
    }
    return sinks;
  }

  private static void rethrow(Throwable failure) {
    switch (failure) {
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new UpException("cannot start: " + failure.getMessage(), failure);
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
    checkIfGiven(settings, settings.get(ConfigKeys.AGENT_HOST), ConfigKeys.AGENT_PORT);
    if (!plan.sinks().isEmpty()) {
      checkIfGiven(settings, "127.0.0.1", ConfigKeys.SINK_PORT);
    }
  }

  private static void checkIfGiven(Settings settings, String host, ConfigKey<Integer> port) {
    if (settings.isGiven(port)) {
      Ports.check(host, settings.get(port), "--set " + port.name() + "=PORT");
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
