package io.tallyman.agent.publish;

import io.tallyman.agent.engine.DockerEngine;
import io.tallyman.agent.engine.EngineException;
import io.tallyman.agent.engine.EngineInfo;
import io.tallyman.schemas.Topics;
import io.tallyman.v1.HostStatus;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells every ten seconds, and at the start and the end, that the agent lives and how its lanes
 * are. A heartbeat that cannot be sent is not kept: the next one says more.
 */
public final class Heartbeats implements AutoCloseable {

  /** Time between two heartbeats. */
  public static final Duration PERIOD = Duration.ofSeconds(10);

  /** Until Kafka has taken the first one, it is tried at this distance. */
  static final Duration FIRST_TRIES = Duration.ofMillis(250);

  private static final long TRIES_PER_PERIOD = PERIOD.dividedBy(FIRST_TRIES);

  /** How long a heartbeat waits for what the engine tells of itself. */
  static final Duration ANSWER_WAIT = Duration.ofSeconds(2);

  /** How long {@link #close} waits for a heartbeat that is being made. */
  static final Duration CLOSE_WAIT = Duration.ofMillis(500);

  private static final Logger log = LoggerFactory.getLogger(Heartbeats.class);

  private final DockerEngine engine;
  private final HostStatusMapper mapper;
  private final Supplier<String> statsSource;
  private final List<KafkaLane> lanes;
  private final KafkaLane carrier;
  private final LongSupplier gaps;
  private final Consumer<EngineInfo> onInfo;
  private final Clock clock;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread;
  private @Nullable Thread asking;
  private volatile EngineInfo info;
  private volatile boolean engineAnswers = true;

  /**
   * @param info as the engine told it at the start
   * @param carrier the lane beside whose queue heartbeats are sent
   * @param gaps how many were told since the start
   * @param onInfo given what the engine tells of itself, whenever it was asked
   */
  public Heartbeats(
      DockerEngine engine,
      EngineInfo info,
      HostStatusMapper mapper,
      Supplier<String> statsSource,
      List<KafkaLane> lanes,
      KafkaLane carrier,
      LongSupplier gaps,
      Consumer<EngineInfo> onInfo,
      Clock clock) {
    this.engine = engine;
    this.info = info;
    this.mapper = mapper;
    this.statsSource = statsSource;
    this.lanes = List.copyOf(lanes);
    this.carrier = carrier;
    this.gaps = gaps;
    this.onInfo = onInfo;
    this.clock = clock;
    this.thread = Thread.ofPlatform().daemon().name("tallyman-heartbeat").unstarted(this::run);
  }

  public void start() {
    thread.start();
  }

  /** What the engine told of itself when it was last asked and answered. */
  public EngineInfo engineInfo() {
    return info;
  }

  /** Whether the engine answered when it was last asked. */
  public boolean engineAnswers() {
    return engineAnswers;
  }

  private void run() {
    try {
      for (long i = 0; !carrier.isKafkaReachable(); i++) {
        if (i % TRIES_PER_PERIOD == 0) {
          refresh();
        }
        if (closed.await(FIRST_TRIES.toMillis(), TimeUnit.MILLISECONDS)) {
          return;
        }
      }
      do {
        refresh();
        send();
      } while (!closed.await(PERIOD.toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** An engine that does not answer in time holds up no heartbeat. */
  private void refresh() throws InterruptedException {
    Thread current = asking;
    if (current == null || !current.isAlive()) {
      current = Thread.ofVirtual().name("tallyman-info").start(this::ask);
      asking = current;
    }
    if (!current.join(ANSWER_WAIT)) {
      engineAnswers = false;
    }
  }

  private void ask() {
    try {
      info = engine.info();
      onInfo.accept(info);
      engineAnswers = true;
    } catch (EngineException e) {
      engineAnswers = false;
    }
  }

  /** A fault of this program must not make the host look dead. */
  @SuppressWarnings("CatchAndPrintStackTrace")
  private void send() {
    try {
      carrier.sendBeside(heartbeat());
    } catch (RuntimeException e) {
      log.error("A heartbeat could not be made", e);
    }
  }

  private OutgoingRecord heartbeat() {
    Instant now = clock.instant();
    HostStatus status =
        mapper.status(
            info,
            engineAnswers,
            statsSource.get(),
            lanes.stream().map(KafkaLane::snapshot).toList(),
            gaps.getAsLong(),
            now);
    return new OutgoingRecord(
        Topics.HOSTS.name(), status.getHostId(), status, now, status.getHostId());
  }

  /** Sends a last heartbeat. */
  @Override
  public void close() {
    closed.countDown();
    try {
      thread.join(CLOSE_WAIT);
      thread.interrupt();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (carrier.isKafkaReachable()) {
      send();
    }
  }
}
