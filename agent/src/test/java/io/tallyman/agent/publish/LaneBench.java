package io.tallyman.agent.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallyman.agent.spool.FailingDisk;
import io.tallyman.agent.spool.SpoolSettings;
import io.tallyman.agent.spool.SpoolSettings.WhenFull;
import io.tallyman.schemas.Topics;
import io.tallyman.v1.GapReason;
import io.tallyman.v1.Stream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.errors.TimeoutException;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** A lane on a disk and with producers that do what a test wants. */
final class LaneBench implements AutoCloseable {

  static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  static final String NAME = "test";

  /** Long enough for a busy machine and a slow disk. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  final FailingDisk disk = new FailingDisk();
  final List<Gap> gaps = new CopyOnWriteArrayList<>();
  final AtomicInteger roomAgain = new AtomicInteger();
  final BlockingQueue<HandProducer> made = new LinkedBlockingQueue<>();
  private final Path directory;
  private final Set<Mechanism> off;
  private Supplier<Producer<byte[], byte[]>> producers = () -> made(false);
  private @Nullable KafkaLane lane;
  private volatile boolean kafkaIsAway;
  private volatile boolean gapsAreRefused;
  private Duration silence = Duration.ofMinutes(1);
  private Duration quiet = Duration.ofMillis(100);

  record Gap(
      Stream stream, GapReason reason, @Nullable Instant from, Instant to, @Nullable Long lost) {}

  LaneBench(Path directory, Set<Mechanism> off) {
    this.directory = directory;
    this.off = off;
  }

  private HandProducer made(boolean answersAtOnce) {
    HandProducer producer = new HandProducer(answersAtOnce);
    made.add(producer);
    return producer;
  }

  LaneBench answeringAtOnce() {
    producers = () -> made(true);
    return this;
  }

  LaneBench producing(Supplier<Producer<byte[], byte[]>> real) {
    producers = real;
    return this;
  }

  /** 64 kB on disk, 16 kB in memory; nothing takes longer than it must. */
  SpoolSettings spool(WhenFull whenFull) {
    return new SpoolSettings(
        NAME,
        directory.resolve(NAME),
        64_000,
        4_000,
        8_000,
        4_000,
        16_000,
        Duration.ofMillis(5),
        Duration.ofMillis(10),
        Duration.ofMillis(50),
        whenFull);
  }

  LaneSettings settings(SpoolSettings spool) {
    return new LaneSettings(
        spool,
        2_000,
        1 << 20,
        16_000,
        Duration.ofSeconds(5),
        Duration.ofMillis(500),
        silence,
        quiet,
        Duration.ofMinutes(10),
        100_000,
        Duration.ZERO,
        16 << 10);
  }

  private LaneTools tools(Runnable setup) {
    return new LaneTools(disk::open, "p.", setup, () -> producers.get(), Clock.systemUTC(), off);
  }

  LaneBench events() throws IOException {
    return events(settings(spool(WhenFull.REFUSE)), this::setUp);
  }

  LaneBench events(LaneSettings settings, Runnable setup) throws IOException {
    lane = KafkaLane.events(settings, tools(setup));
    return this;
  }

  LaneBench stats() throws IOException {
    return stats(settings(spool(WhenFull.SHED_OLDEST)), this::setUp);
  }

  LaneBench stats(LaneSettings settings, Runnable setup) throws IOException {
    lane = KafkaLane.stats(settings, tools(setup));
    return this;
  }

  void quiet(Duration duration) {
    quiet = duration;
  }

  void silence(Duration duration) {
    silence = duration;
  }

  /** No producer can be made while it is. */
  void kafkaIsAway(boolean away) {
    kafkaIsAway = away;
  }

  /** The gaps that the lane tells do not get to disk. */
  void gapsAreRefused() {
    gapsAreRefused = true;
  }

  private void setUp() {
    if (kafkaIsAway) {
      throw new TimeoutException("no broker");
    }
  }

  LaneBench start() {
    lane()
        .start(
            (stream, reason, from, to, lost, whenSafe) -> {
              gaps.add(new Gap(stream, reason, from, to, lost));
              if (!gapsAreRefused) {
                whenSafe.run();
              }
            },
            roomAgain::incrementAndGet);
    return this;
  }

  KafkaLane lane() {
    if (lane == null) {
      throw new IllegalStateException("no lane");
    }
    return lane;
  }

  static OutgoingRecord record(int number) {
    return new OutgoingRecord(
        Topics.CONTAINERS.name(),
        Integer.toString(number),
        null,
        NOW.plusSeconds(number),
        "host-1");
  }

  /** Offers records of these numbers, and says what becomes of each. */
  List<CompletableFuture<Acceptance>> offer(int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> lane().offer(record(i))).toList();
  }

  static List<Acceptance> decided(List<CompletableFuture<Acceptance>> offers) {
    List<Acceptance> decided = new ArrayList<>();
    for (CompletableFuture<Acceptance> each : offers) {
      decided.add(each.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join());
    }
    return decided;
  }

  static long count(List<Acceptance> decided, Acceptance kind) {
    return decided.stream().filter(each -> each == kind).count();
  }

  static List<String> keys(int from, int to) {
    return IntStream.range(from, to).mapToObj(Integer::toString).toList();
  }

  HandProducer nextProducer() throws InterruptedException {
    HandProducer producer = made.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    assertThat(producer).as("another producer").isNotNull();
    return producer;
  }

  static void eventually(Runnable assertion) {
    Awaitility.await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(10))
        .untilAsserted(assertion::run);
  }

  /** The figures add up, whatever happens at this moment; returns them. */
  Lane.LaneSnapshot figures() {
    Lane.LaneSnapshot now = lane().snapshot();
    assertThat(now.observed() + now.inherited())
        .as("%s", now)
        .isEqualTo(now.acknowledged() + now.spooled() + now.queued() + now.dropped());
    return now;
  }

  @Override
  public void close() {
    disk.trouble(FailingDisk.Trouble.NONE);
    if (lane != null) {
      lane.close();
    }
  }
}
