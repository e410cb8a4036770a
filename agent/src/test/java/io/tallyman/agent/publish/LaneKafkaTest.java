package io.tallyman.agent.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallyman.agent.KeptPort;
import io.tallyman.agent.publish.KafkaProxy.Trouble;
import io.tallyman.agent.publish.LaneBench.Gap;
import io.tallyman.broker.BrokerConfig;
import io.tallyman.broker.EmbeddedBroker;
import io.tallyman.schemas.CloudEventHeaders;
import io.tallyman.schemas.EventIds;
import io.tallyman.schemas.TopicSettings;
import io.tallyman.schemas.Topics;
import io.tallyman.v1.Action;
import io.tallyman.v1.ContainerEvent;
import io.tallyman.v1.GapReason;
import io.tallyman.v1.Origin;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * The lane of events between a disk and a real broker that goes away, falls silent or refuses. How
 * long the soaks take can be said with {@code tallyman.soak.outage} and {@code
 * tallyman.soak.min-insync}, ISO durations.
 */
@Tag("kafka")
@Isolated("It weighs the heap, which other tests would fill.")
class LaneKafkaTest {

  private static final String TOPIC = "p." + Topics.EVENTS.name();
  private static final String HOST = "host-1";

  /** Ten events are offered at this distance. */
  private static final Duration PACE = Duration.ofMillis(20);

  private static final Duration SOAK_PACE = Duration.ofMillis(100);
  private static final Map<String, String> SOAKS = Map.of("outage", "PT30M", "min-insync", "PT10M");
  private static final long MOST_HEAP_BYTES = 64 << 20;

  @TempDir Path directory;

  private EmbeddedBroker broker;
  private final List<String> accepted = new ArrayList<>();
  private int next;

  @BeforeEach
  void startBroker() {
    broker = EmbeddedBroker.start(new BrokerConfig(directory.resolve("kafka"), KeptPort.next()));
  }

  @AfterEach
  void stopBroker() {
    broker.close();
  }

  private void topic(Map<String, String> config) throws Exception {
    try (Admin admin = admin()) {
      admin.createTopics(List.of(new NewTopic(TOPIC, 1, (short) 1).configs(config))).all().get();
    }
  }

  private Admin admin() {
    return Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
  }

  /** A lane whose producers lose patience after a second or two. */
  private LaneBench lane(String bootstrapServers, Set<Mechanism> off) throws Exception {
    LaneSettings settings = LaneSettings.events(directory, 256 << 20);
    KafkaSettings kafka =
        new KafkaSettings(
            bootstrapServers,
            Map.of(
                "delivery.timeout.ms", "1500",
                "request.timeout.ms", "1000",
                "max.block.ms", "1000",
                "reconnect.backoff.max.ms", "200"),
            new TopicSettings("p.", 1, OptionalInt.empty()));
    return new LaneBench(directory, off)
        .producing(() -> new KafkaProducer<>(kafka.producerConfig(settings)))
        .events(settings, () -> {})
        .start();
  }

  private static OutgoingRecord event(int number, String rawAction) {
    Instant time = LaneBench.NOW.plusMillis(number);
    ContainerEvent event =
        ContainerEvent.newBuilder()
            .setEventId(EventIds.eventId(HOST, number, "start", "c1", null))
            .setHostId(HOST)
            .setHostName("box")
            .setContainerId("c1")
            .setContainerName("web")
            .setImage("nginx")
            .setLabels(new HashMap<>())
            .setAgentId("agent-1")
            .setIncarnation(1)
            .setSequence(number)
            .setTime(time)
            .setTimeNanos(number)
            .setObservedAt(time)
            .setAction(Action.START)
            .setRawAction(rawAction)
            .setOrigin(Origin.LIVE)
            .build();
    return new OutgoingRecord(Topics.EVENTS.name(), HOST, event, time, HOST);
  }

  /** Offers events and remembers those that were accepted. */
  private void offer(LaneBench it, int count) {
    List<OutgoingRecord> events =
        IntStream.range(next, next + count).mapToObj(i -> event(i, "start")).toList();
    next += count;
    List<Acceptance> decided =
        LaneBench.decided(events.stream().map(each -> it.lane().offer(each)).toList());
    for (int i = 0; i < count; i++) {
      if (decided.get(i) == Acceptance.ACCEPTED) {
        accepted.add(idOf(events.get(i)));
      }
    }
    it.figures();
  }

  private static String idOf(OutgoingRecord outgoing) {
    return outgoing.value() instanceof ContainerEvent event ? event.getEventId() : "";
  }

  private List<String> idsInKafka() {
    List<String> ids = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", broker.bootstrapServers(), "auto.offset.reset", "earliest"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      TopicPartition partition = new TopicPartition(TOPIC, 0);
      consumer.assign(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
      while (consumer.position(partition) < end) {
        for (ConsumerRecord<byte[], byte[]> each : consumer.poll(Duration.ofMillis(100))) {
          ids.add(
              new String(
                  each.headers().lastHeader(CloudEventHeaders.ID).value(), StandardCharsets.UTF_8));
        }
      }
    }
    return ids;
  }

  private static void within(Duration time, Runnable assertion) {
    Awaitility.await()
        .atMost(time)
        .pollInterval(Duration.ofMillis(50))
        .untilAsserted(assertion::run);
  }

  private void allIsAcknowledged(LaneBench it) {
    within(
        Duration.ofMinutes(1),
        () -> assertThat(it.figures().acknowledged() + it.figures().dropped()).isEqualTo(next));
  }

  /** What was accepted, once each and in order, apart from repetitions; says how many those are. */
  private int arrivedInOrder() {
    List<String> ids = idsInKafka();
    assertThat(ids.stream().distinct()).containsExactlyElementsOf(accepted);
    return ids.size() - accepted.size();
  }

  private static Duration soak(String name) {
    return Duration.parse(System.getProperty("tallyman.soak." + name, SOAKS.get(name)));
  }

  @Test
  void whatWaitedWhileTheBrokerWasAwayArrivesInOrder() throws Exception {
    outage(Duration.ofSeconds(3), PACE);
  }

  @Test
  @Tag("soak")
  @Timeout(value = 1, unit = TimeUnit.HOURS)
  void whatWaitedWhileTheBrokerWasLongAwayArrivesInOrder() throws Exception {
    outage(soak("outage"), SOAK_PACE);
  }

  private void outage(Duration duration, Duration pace) throws Exception {
    topic(Map.of());
    int port = broker.port();
    try (LaneBench it = lane(broker.bootstrapServers(), Set.of())) {
      offer(it, 200);
      broker.close();
      long heapBefore = usedHeap();
      offerFor(duration, pace, it);
      assertThat(usedHeap() - heapBefore)
          .as("what waits is on disk, only the test remembers it")
          .isLessThan(MOST_HEAP_BYTES);
      assertThat(it.figures().dropped()).isZero();
      assertThat(it.lane().isKafkaReachable()).isFalse();
      broker = EmbeddedBroker.start(new BrokerConfig(directory.resolve("kafka"), port));
      allIsAcknowledged(it);
      assertThat(accepted).hasSize(next);
      assertThat(arrivedInOrder()).as("repetitions").isLessThanOrEqualTo(2_000);
      assertThat(it.lane().isKafkaReachable()).isTrue();
    }
  }

  @Test
  void whatASilentBrokerDoesNotAnswerIsSentAgainInOrder() throws Exception {
    topic(Map.of());
    try (KafkaProxy proxy = new KafkaProxy(broker.port());
        LaneBench it = lane(proxy.bootstrapServers(), Set.of())) {
      offer(it, 50);
      allIsAcknowledged(it);
      proxy.trouble(Trouble.SILENT);
      for (int i = 0; i < 20; i++) {
        offer(it, 20);
      }
      within(Duration.ofSeconds(10), () -> assertThat(it.lane().lastError()).isNotNull());
      assertThat(it.figures().spooled()).isEqualTo(400);
      proxy.trouble(Trouble.NONE);
      allIsAcknowledged(it);
      assertThat(arrivedInOrder()).as("the broker had taken some").isPositive();
    }
  }

  @Test
  void whileTooFewReplicasAreInSyncEventsWait() throws Exception {
    tooFewReplicas(Duration.ofSeconds(3), PACE);
  }

  @Test
  @Tag("soak")
  @Timeout(value = 1, unit = TimeUnit.HOURS)
  void whileTooFewReplicasAreInSyncForLongEventsWait() throws Exception {
    tooFewReplicas(soak("min-insync"), SOAK_PACE);
  }

  private void tooFewReplicas(Duration duration, Duration pace) throws Exception {
    topic(Map.of());
    try (KafkaProxy proxy = new KafkaProxy(broker.port());
        LaneBench it = lane(proxy.bootstrapServers(), Set.of())) {
      offer(it, 20);
      allIsAcknowledged(it);
      proxy.trouble(Trouble.TOO_FEW_REPLICAS);
      offerFor(duration, pace, it);
      within(Duration.ofSeconds(10), () -> assertThat(it.lane().lastError()).isNotNull());
      assertThat(it.figures().spooled()).isEqualTo(next - 20);
      assertThat(it.lane().isKafkaReachable()).as("what the metric shows").isFalse();
      proxy.trouble(Trouble.NONE);
      allIsAcknowledged(it);
      assertThat(it.lane().isKafkaReachable()).isTrue();
      assertThat(accepted).hasSize(next);
      arrivedInOrder();
    }
  }

  private static long usedHeap() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  private void offerFor(Duration duration, Duration pace, LaneBench it) {
    long end = System.nanoTime() + duration.toNanos();
    while (System.nanoTime() < end) {
      offer(it, 10);
      LockSupport.parkNanos(pace.toNanos());
    }
  }

  @Test
  void aRecordThatIsTooLargeForItsTopicIsSetAsideAndTheStreamGoesOn() throws Exception {
    topic(Map.of("max.message.bytes", "2000"));
    try (LaneBench it = lane(broker.bootstrapServers(), Set.of())) {
      offer(it, 5);
      byte[] noise = new byte[8_000];
      new Random(1).nextBytes(noise);
      OutgoingRecord large = event(next++, HexFormat.of().formatHex(noise));
      assertThat(it.lane().offer(large).join()).isEqualTo(Acceptance.ACCEPTED);
      offer(it, 5);
      allIsAcknowledged(it);

      assertThat(it.figures().dropped()).isEqualTo(1);
      assertThat(it.gaps).extracting(Gap::reason).containsExactly(GapReason.RECORD_TOO_LARGE);
      assertThat(directory.resolve("rejected-events.jsonl")).content().hasLineCount(1);
      assertThat(idsInKafka().stream().distinct()).containsExactlyElementsOf(accepted);
    }
  }
}
