package io.tallyman.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tallyman.schemas.TallymanSerializer;
import io.tallyman.schemas.Topic;
import io.tallyman.schemas.Topics;
import io.tallyman.sink.SinkRecord;
import io.tallyman.v1.Action;
import io.tallyman.v1.AlertPhase;
import io.tallyman.v1.BlockIo;
import io.tallyman.v1.ContainerAlert;
import io.tallyman.v1.ContainerEvent;
import io.tallyman.v1.ContainerState;
import io.tallyman.v1.ContainerStats;
import io.tallyman.v1.Cpu;
import io.tallyman.v1.GapReason;
import io.tallyman.v1.HostStatus;
import io.tallyman.v1.LaneStatus;
import io.tallyman.v1.Memory;
import io.tallyman.v1.Network;
import io.tallyman.v1.Origin;
import io.tallyman.v1.Pids;
import io.tallyman.v1.Pressure;
import io.tallyman.v1.Resource;
import io.tallyman.v1.StatsSource;
import io.tallyman.v1.Stream;
import io.tallyman.v1.StreamGap;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/**
 * Valid records to test with: one container of one host at one time, every field filled. They come
 * as builders, so that a test says only what matters to it.
 */
public final class Samples {

  public static final Instant TIME = Instant.parse("2026-02-03T04:05:06.789012Z");
  public static final String HOST_ID = "4c0f5a6e-9d1b-4f6e-8a51-0f4c5b8e7d21";
  public static final String HOST_NAME = "quay-1";
  public static final String CONTAINER_ID =
      "3f4e8a0c5b7d9e1f2a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d6e7f8091";
  public static final String CONTAINER_NAME = "shop-web-1";
  public static final String IMAGE = "nginx:1.27";
  public static final String AGENT_ID = "5b2f0d4e-63f0-4b7a-9a57-2d1c7f7f3a10";

  /** Keys with dots, as Compose writes them. */
  public static final Map<String, String> LABELS =
      Map.of("com.docker.compose.project", "shop", "com.docker.compose.service", "web");

  private static final long MIB = 1024 * 1024;
  private static final TallymanSerializer SERIALIZER = new TallymanSerializer();

  private Samples() {}

  /** The id of the n-th container, 64 hexadecimal digits. */
  public static String containerId(int n) {
    return "%064x".formatted(n + 0xc0ffee00000000L);
  }

  public static ContainerStats.Builder stats() {
    return ContainerStats.newBuilder()
        .setHostId(HOST_ID)
        .setHostName(HOST_NAME)
        .setContainerId(CONTAINER_ID)
        .setContainerName(CONTAINER_NAME)
        .setImage(IMAGE)
        .setProject("shop")
        .setService("web")
        .setLabels(LABELS)
        .setAgentId(AGENT_ID)
        .setIncarnation(3)
        .setSequence(42)
        .setEngineVersion("28.5.1")
        .setState("running")
        .setTick(Instant.parse("2026-02-03T04:05:05Z"))
        .setSampledAt(TIME)
        .setIntervalMillis(5_000)
        .setSource(StatsSource.CGROUP)
        .setCgroupVersion(2)
        .setCpu(cpu().build())
        .setMemory(memory().build())
        .setNetworkMode("shop_default")
        .setNetworks(List.of(network("eth0").build()))
        .setBlockIo(List.of(blockIo().build()))
        .setPids(Pids.newBuilder().setCurrent(5L).setLimit(100L).build())
        .setPressure(
            Pressure.newBuilder()
                .setCpuSomeMicros(1_000L)
                .setCpuFullMicros(900L)
                .setMemorySomeMicros(0L)
                .setMemoryFullMicros(0L)
                .setIoSomeMicros(2_000L)
                .setIoFullMicros(1_500L)
                .build())
        .setIntervalNanos(5_000_000_000L)
        .setReset(false);
  }

  /** A quarter of one of two processors, limited to one. */
  public static Cpu.Builder cpu() {
    return Cpu.newBuilder()
        .setUsageNanos(123_456_789_000L)
        .setUserNanos(100_000_000_000L)
        .setSystemNanos(23_456_789_000L)
        .setPerCpuNanos(List.of(61_728_394_500L, 61_728_394_500L))
        .setHostNanos(9_876_543_210_000L)
        .setOnlineCpus(2)
        .setLimitCpus(1.0)
        .setPeriods(1_000L)
        .setThrottledPeriods(10L)
        .setThrottledNanos(50_000_000L)
        .setPercent(25.0)
        .setPercentOfLimit(25.0);
  }

  /** 64 MiB used, as {@code docker stats} counts, of 256. */
  public static Memory.Builder memory() {
    return Memory.newBuilder()
        .setUsageBytes(80 * MIB)
        .setUsedBytes(64 * MIB)
        .setWorkingSetBytes(66 * MIB)
        .setLimitBytes(256 * MIB)
        .setPeakBytes(96 * MIB)
        .setAnonBytes(60 * MIB)
        .setFileBytes(18 * MIB)
        .setInactiveFileBytes(16 * MIB)
        .setActiveFileBytes(2 * MIB)
        .setShmemBytes(MIB)
        .setSlabBytes(MIB)
        .setSockBytes(4096L)
        .setKernelStackBytes(16_384L)
        .setSwapBytes(0L)
        .setPageFaults(12_345L)
        .setMajorPageFaults(12L)
        .setFailCount(0L)
        .setOomKills(0L)
        .setPercent(25.0);
  }

  public static Network.Builder network(String name) {
    return Network.newBuilder()
        .setName(name)
        .setRxBytes(1_000_000L)
        .setRxPackets(1_000L)
        .setRxErrors(1L)
        .setRxDropped(2L)
        .setTxBytes(2_000_000L)
        .setTxPackets(2_000L)
        .setTxErrors(3L)
        .setTxDropped(4L);
  }

  public static BlockIo.Builder blockIo() {
    return BlockIo.newBuilder()
        .setMajor(8)
        .setMinor(0)
        .setDevice("sda")
        .setReadBytes(4_096_000L)
        .setWriteBytes(8_192_000L)
        .setReadOps(1_000L)
        .setWriteOps(2_000L);
  }

  /** The container was started. */
  public static ContainerEvent.Builder event() {
    return ContainerEvent.newBuilder()
        .setEventId("00112233445566778899aabbccddeeff")
        .setHostId(HOST_ID)
        .setHostName(HOST_NAME)
        .setContainerId(CONTAINER_ID)
        .setContainerName(CONTAINER_NAME)
        .setImage(IMAGE)
        .setProject("shop")
        .setService("web")
        .setLabels(LABELS)
        .setAgentId(AGENT_ID)
        .setIncarnation(3)
        .setSequence(43)
        .setTime(TIME)
        .setTimeNanos(TIME.getEpochSecond() * 1_000_000_000L + TIME.getNano())
        .setObservedAt(TIME.plusMillis(2))
        .setAction(Action.START)
        .setRawAction("start")
        .setOrigin(Origin.LIVE);
  }

  /** The container died of SIGKILL. */
  public static ContainerEvent.Builder death() {
    return event()
        .setEventId("ffeeddccbbaa99887766554433221100")
        .setAction(Action.DIE)
        .setRawAction("die")
        .setExitCode(137)
        .setSignal(9)
        .setOomKilled(false);
  }

  public static ContainerState.Builder state() {
    return ContainerState.newBuilder()
        .setHostId(HOST_ID)
        .setHostName(HOST_NAME)
        .setContainerId(CONTAINER_ID)
        .setContainerName(CONTAINER_NAME)
        .setImage(IMAGE)
        .setProject("shop")
        .setService("web")
        .setLabels(LABELS)
        .setAgentId(AGENT_ID)
        .setIncarnation(3)
        .setSequence(44)
        .setState("running")
        .setHealth("healthy")
        .setFailingStreak(0)
        .setCreatedAt(TIME.minusSeconds(60))
        .setStartedAt(TIME.minusSeconds(59))
        .setExitCode(0)
        .setOomKilled(false)
        .setRestartCount(1)
        .setPid(4711L)
        .setImageId("sha256:5ef79149e0ec84a7a9f9284c3f91aa3c20608f8391f5445eabe92ef07dbda03c")
        .setNetworkMode("shop_default")
        .setCpuLimit(1.0)
        .setMemoryLimitBytes(256 * MIB)
        .setPidsLimit(100L)
        .setAsOf(TIME);
  }

  public static HostStatus.Builder hostStatus() {
    return HostStatus.newBuilder()
        .setHostId(HOST_ID)
        .setHostName(HOST_NAME)
        .setAgentId(AGENT_ID)
        .setAgentVersion("0.1.0")
        .setEngineVersion("28.5.1")
        .setApiVersion("1.51")
        .setOsType("linux")
        .setKernelVersion("6.12.0")
        .setCgroupVersion(2)
        .setCgroupDriver("systemd")
        .setCpus(2)
        .setMemoryBytes(8_192 * MIB)
        .setContainersRunning(3)
        .setContainersPaused(0)
        .setContainersStopped(1)
        .setImages(7)
        .setGoroutines(60)
        .setFileDescriptors(40)
        .setStatsSource("cgroup")
        .setIntervalMillis(5_000)
        .setLanes(List.of(lane("events").build(), lane("stats").build()))
        .setGaps(0)
        .setIncarnation(3)
        .setRunId("run-1")
        .setTags(Map.of("environment", "test"))
        .setStartedAt(TIME.minusSeconds(3_600))
        .setAsOf(TIME);
  }

  /** A lane whose figures add up. */
  public static LaneStatus.Builder lane(String name) {
    return LaneStatus.newBuilder()
        .setLane(name)
        .setObserved(100)
        .setInherited(5)
        .setAcknowledged(100)
        .setSpooled(2)
        .setQueued(2)
        .setDropped(1)
        .setSpoolBytes(4_096);
  }

  public static StreamGap.Builder gap() {
    return StreamGap.newBuilder()
        .setGapId("0123456789abcdef0123456789abcdef")
        .setHostId(HOST_ID)
        .setStream(Stream.EVENTS)
        .setFrom(TIME.minusSeconds(30))
        .setTo(TIME)
        .setReason(GapReason.ENGINE_RESTART)
        .setLost(null);
  }

  public static ContainerAlert.Builder alert() {
    return ContainerAlert.newBuilder()
        .setAlertId("fedcba9876543210fedcba9876543210")
        .setHostId(HOST_ID)
        .setHostName(HOST_NAME)
        .setContainerId(CONTAINER_ID)
        .setContainerName(CONTAINER_NAME)
        .setImage(IMAGE)
        .setProject("shop")
        .setService("web")
        .setLabels(LABELS)
        .setAgentId(AGENT_ID)
        .setIncarnation(3)
        .setSequence(45)
        .setResource(Resource.CPU)
        .setPhase(AlertPhase.RAISED)
        .setThresholdPercent(80.0)
        .setObservedPercent(93.5)
        .setSince(TIME)
        .setTick(Instant.parse("2026-02-03T04:05:05Z"));
  }

  /** One of each kind. */
  public static List<SpecificRecord> oneOfEach() {
    return List.of(
        event().build(),
        stats().build(),
        state().build(),
        hostStatus().build(),
        gap().build(),
        alert().build());
  }

  /** The topic of the catalogue that a record goes to. */
  public static Topic topicOf(SpecificRecord record) {
    return Topics.ofRecord(record.getSchema()).orElseThrow();
  }

  /** The key that a record has in Kafka. */
  public static String keyOf(SpecificRecord record) {
    var field =
        switch (topicOf(record).key()) {
          case HOST_ID -> "hostId";
          case CONTAINER_ID -> "containerId";
          case SCHEMA_ID, ORIGINAL ->
              throw new IllegalArgumentException("no record of the contract has such a key");
        };
    return (String) record.get(record.getSchema().getField(field).pos());
  }

  /** The value as it stands in Kafka. */
  public static byte @Nullable [] framed(SpecificRecord record) {
    return SERIALIZER.serialize(topicOf(record).name(), record);
  }

  /** The record as an agent sends it, without headers. */
  public static ProducerRecord<byte[], byte[]> toSend(String topicPrefix, SpecificRecord record) {
    return new ProducerRecord<>(
        topicPrefix + topicOf(record).name(), keyOf(record).getBytes(UTF_8), framed(record));
  }

  /** The record as a sink gets it, from partition 0. */
  public static SinkRecord sinkRecord(SpecificRecord record, long offset) {
    var topic = topicOf(record).name();
    var key = keyOf(record);
    return new SinkRecord(
        topic, key, record, original(topic, offset, key.getBytes(UTF_8), framed(record)));
  }

  /** What a sink gets when a container is gone. */
  public static SinkRecord tombstone(String containerId, long offset) {
    var topic = Topics.CONTAINERS.name();
    var original = original(topic, offset, containerId.getBytes(UTF_8), null);
    original.headers().add("ce_source", ("urn:docker:host:" + HOST_ID).getBytes(UTF_8));
    original.headers().add("ce_time", TIME.toString().getBytes(UTF_8));
    return new SinkRecord(topic, containerId, null, original);
  }

  private static ConsumerRecord<byte[], byte[]> original(
      String topic, long offset, byte[] key, byte @Nullable [] value) {
    return new ConsumerRecord<>(
        topic,
        0,
        offset,
        TIME.toEpochMilli(),
        TimestampType.LOG_APPEND_TIME,
        key.length,
        value == null ? -1 : value.length,
        key,
        value,
        new RecordHeaders(),
        Optional.empty());
  }
}
