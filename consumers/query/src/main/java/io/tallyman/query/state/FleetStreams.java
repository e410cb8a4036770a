package io.tallyman.query.state;

import io.tallyman.query.QueryConfig;
import io.tallyman.query.QueryState;
import io.tallyman.query.topology.Intake;
import io.tallyman.query.topology.QueryTopology;
import io.tallyman.schemas.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.state.HostInfo;
import org.apache.kafka.streams.state.QueryableStoreType;
import org.apache.kafka.streams.state.QueryableStoreTypes;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.apache.kafka.streams.state.ValueAndTimestamp;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the topology for as long as it is open: waits for Kafka, makes missing topics, starts Kafka
 * Streams, and starts it anew when it fails. Starting never waits; until state is restored reads
 * throw {@link NotReadyException}. Safe from any thread.
 */
public final class FleetStreams implements StateStores, AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(FleetStreams.class);

  private static final String RESTORING = "State is being restored";
  private static final String CATCHING_UP = "What Kafka has is still being read";
  private static final Duration RETRY_DELAY = Duration.ofSeconds(1);
  private static final Duration MAX_RETRY_DELAY = Duration.ofSeconds(30);
  private static final Duration ADMIN_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration CLOSE_TIMEOUT = Duration.ofMillis(1500);

  private final QueryConfig config;
  private final Intake intake;
  private final Peers peers;
  private final Consumer<KafkaStreams> onCreated;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final RestoredRecords restored = new RestoredRecords();
  private final AtomicBoolean started = new AtomicBoolean();
  private final Thread thread;
  private volatile @Nullable KafkaStreams streams;
  private volatile @Nullable String problem;
  private volatile boolean failed;
  private volatile boolean isStateBroken;
  private volatile @Nullable ShardRouter router;
  private volatile @Nullable CatchUp catchUp;
  private volatile int httpPort;

  /** {@code onCreated} sees every new Kafka Streams client before it starts. */
  public FleetStreams(
      QueryConfig config, Intake intake, Peers peers, Consumer<KafkaStreams> onCreated) {
    this.config = config;
    this.intake = intake;
    this.peers = peers;
    this.onCreated = onCreated;
    this.thread =
        Thread.ofPlatform().name("query-" + config.name()).daemon(true).unstarted(this::run);
  }

  /** Begins in the background; {@code port} is where other instances reach this one. */
  public void start(int port) {
    httpPort = port;
    started.set(true);
    thread.start();
  }

  /** Where the service is now. */
  public QueryState state() {
    if (closing.getCount() == 0) {
      return QueryState.CLOSED;
    }
    KafkaStreams now = streams;
    if (now == null) {
      return failed ? QueryState.FAILED : QueryState.STARTING;
    }
    return switch (now.state()) {
      case RUNNING -> isCaughtUp() ? QueryState.RUNNING : QueryState.RESTORING;
      case CREATED, REBALANCING -> QueryState.RESTORING;
      case PENDING_SHUTDOWN, NOT_RUNNING, PENDING_ERROR, ERROR -> QueryState.FAILED;
    };
  }

  /** Entries of the state that were read back from Kafka because they were not on disk. */
  public long restored() {
    return restored.count();
  }

  /** What keeps the service from running, in one line; null when nothing is known to. */
  public @Nullable String problem() {
    String known = problem;
    return switch (state()) {
      case RUNNING -> null;
      case RESTORING -> known == null ? CATCHING_UP : known;
      case STARTING, FAILED, CLOSED -> known;
    };
  }

  @Override
  public ReadOnlyKeyValueStore<String, ValueAndTimestamp<byte[]>> containers() {
    return store(QueryTopology.CONTAINERS, QueryableStoreTypes.timestampedKeyValueStore());
  }

  @Override
  public ReadOnlyKeyValueStore<String, ValueAndTimestamp<byte[]>> hosts() {
    return store(QueryTopology.HOSTS, QueryableStoreTypes.timestampedKeyValueStore());
  }

  @Override
  public ReadOnlyKeyValueStore<String, String> schemas() {
    return store(QueryTopology.SCHEMAS, QueryableStoreTypes.keyValueStore());
  }

  @Override
  public <R> Answer<R> ask(String store, @Nullable String hostId, Function<Shard, R> question) {
    return router().ask(store, hostId, question);
  }

  /** Partitions that are here, for an instance that asks; see {@link Peers}. */
  public Shard here(Set<Integer> partitions, boolean standby) {
    return router().here(partitions, standby);
  }

  private String topicPrefix() {
    return config.topics().prefix();
  }

  /** Leaves the group, so that a restart or another instance takes over at once. */
  @Override
  public void close() {
    closing.countDown();
    if (started.get()) {
      thread.interrupt();
      try {
        thread.join(CLOSE_TIMEOUT);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private <T> T store(String name, QueryableStoreType<T> type) {
    try {
      return alive().store(StoreQueryParameters.fromNameAndType(name, type));
    } catch (InvalidStateStoreException e) {
      throw new NotReadyException(RESTORING, e);
    }
  }

  /** Tables are whole from the first rebalance on; partitions are judged one by one. */
  private KafkaStreams alive() {
    KafkaStreams now = streams;
    if (now == null || !now.state().isRunningOrRebalancing()) {
      String known = problem;
      throw new NotReadyException(known == null ? RESTORING : known, null);
    }
    return now;
  }

  private ShardRouter router() {
    alive();
    ShardRouter now = router;
    if (now == null) {
      throw new NotReadyException(RESTORING, null);
    }
    if (!isCaughtUp()) {
      throw new NotReadyException(CATCHING_UP, null);
    }
    return now;
  }

  private boolean isCaughtUp() {
    CatchUp now = catchUp;
    return now != null && now.isDone();
  }

  private void run() {
    long delayMillis = RETRY_DELAY.toMillis();
    do {
      try {
        problem = "Waiting for Kafka at " + config.bootstrapServers();
        Map<String, Integer> partitionCounts = createTopics();
        problem = RESTORING;
        AtomicReference<String> ending = new AtomicReference<>("Kafka Streams ended");
        if (runStreams(partitionCounts, ending)) {
          delayMillis = RETRY_DELAY.toMillis();
        }
        problem = ending.get();
      } catch (InterruptedException | InterruptException e) {
        return;
      } catch (RuntimeException e) {
        problem = oneLine(e);
        isStateBroken = BrokenState.isBehind(e);
      }
      failed = true;
      if (closing.getCount() > 0) {
        log.warn("The query service cannot run: {}", problem);
      }
      delayMillis = Math.min(2 * delayMillis, MAX_RETRY_DELAY.toMillis());
    } while (pause(delayMillis));
  }

  /** Partitions of each topic, by full name. */
  private Map<String, Integer> createTopics() throws InterruptedException {
    var properties = StreamsSettings.clients(config);
    properties.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) ADMIN_TIMEOUT.toMillis());
    properties.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) ADMIN_TIMEOUT.toMillis());
    try (Admin admin = Admin.create(properties)) {
      Topics.createMissing(admin, config.topics(), QueryTopology.topics());
      List<String> names =
          QueryTopology.topics().stream().map(topic -> topicPrefix() + topic.name()).toList();
      Map<String, Integer> counts = new HashMap<>();
      admin
          .describeTopics(names)
          .allTopicNames()
          .get()
          .forEach((name, topic) -> counts.put(name, topic.partitions().size()));
      return counts;
    } catch (ExecutionException e) {
      throw new KafkaException(e.getCause());
    }
  }

  /** Returns when it has failed, with the reason; whether it had been running before. */
  private boolean runStreams(Map<String, Integer> partitionCounts, AtomicReference<String> ending)
      throws InterruptedException {
    HostInfo self = StreamsSettings.self(config, httpPort);
    KafkaStreams created =
        new KafkaStreams(
            QueryTopology.build(config, intake), StreamsSettings.streams(config, self));
    if (isStateBroken) {
      log.warn("The state in {} cannot be read and is built anew", config.stateDir());
      created.cleanUp();
      isStateBroken = false;
    }
    CountDownLatch ended = new CountDownLatch(1);
    AtomicBoolean ran = new AtomicBoolean();
    // Replacing the thread at once would fail again as fast when the cause lasts.
    created.setUncaughtExceptionHandler(failure -> {
      log.error("Kafka Streams failed and is started anew", failure);
      isStateBroken = BrokenState.isBehind(failure);
      ending.set(oneLine(failure));
      return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    });
    created.setStateListener((now, before) -> {
      switch (now) {
        case RUNNING -> {
          ran.set(true);
          problem = null;
        }
        case CREATED, REBALANCING -> problem = RESTORING;
        case ERROR, NOT_RUNNING -> ended.countDown();
        case PENDING_SHUTDOWN, PENDING_ERROR -> {}
      }
    });
    created.setGlobalStateRestoreListener(restored);
    onCreated.accept(created);
    CopyLags lags = new CopyLags(created);
    router =
        new ShardRouter(
            created, lags, self, partitionCounts, peers, intake.decoder(), topicPrefix());
    CatchUp reading =
        new CatchUp(
            created, config.applicationId(), StreamsSettings.clients(config), intake.progress());
    catchUp = reading;
    streams = created;
    try {
      created.start();
      lags.start();
      reading.start();
      ended.await();
      return ran.get();
    } finally {
      // Closing waits for threads, which an interrupt would cut short.
      boolean interrupted = Thread.interrupted();
      lags.close();
      reading.close();
      streams = null;
      router = null;
      created.close(
          CloseOptions.timeout(CLOSE_TIMEOUT)
              .withGroupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP));
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static String oneLine(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    return message.lines().findFirst().orElse(message);
  }

  private boolean pause(long millis) {
    try {
      return !closing.await(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      return false;
    }
  }
}
