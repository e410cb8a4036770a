package io.tallyman.schemas;

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
import org.apache.avro.specific.SpecificRecord;

/** One plausible record of each kind, with something in nearly every field. */
final class SampleRecords {

  static final String HOST = "host-1";
  static final String CONTAINER =
      "4f66ad9a0b2e5d3c7a8b9e1f2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a";
  static final Instant TIME = Instant.parse("2023-11-14T22:13:20.123456Z");
  static final long TIME_NANOS = 1_700_000_000_123_456_789L;

  private static final String AGENT = "0b0e4d2c-7f8e-4c59-9d4f-0a1f2b3c4d5e";
  private static final Map<String, String> LABELS = Map.of("com.docker.compose.project", "shop");

  private SampleRecords() {}

  static SpecificRecord of(Topic topic) {
    return all().stream()
        .filter(record -> Topics.ofRecord(record.getSchema()).orElseThrow().equals(topic))
        .findFirst()
        .orElseThrow();
  }

  static List<SpecificRecord> all() {
    return List.of(event(), stats(), state(), host(), gap(), alert());
  }

  static ContainerEvent event() {
    return ContainerEvent.newBuilder()
        .setEventId(EventIds.eventId(HOST, TIME_NANOS, "die", CONTAINER, null))
        .setHostId(HOST)
        .setHostName("quay")
        .setContainerId(CONTAINER)
        .setContainerName("shop-web-1")
        .setImage("nginx:1.27")
        .setProject("shop")
        .setService("web")
        .setLabels(LABELS)
        .setAgentId(AGENT)
        .setIncarnation(3)
        .setSequence(9_007_199_254_740_993L)
        .setTime(TIME)
        .setTimeNanos(TIME_NANOS)
        .setObservedAt(TIME.plusMillis(2))
        .setAction(Action.DIE)
        .setRawAction("die")
        .setExitCode(137)
        .setOomKilled(true)
        .setOrigin(Origin.LIVE)
        .build();
  }

  static ContainerStats stats() {
    return ContainerStats.newBuilder()
        .setHostId(HOST)
        .setHostName("quay")
        .setContainerId(CONTAINER)
        .setContainerName("shop-web-1")
        .setImage("nginx:1.27")
        .setProject("shop")
        .setService("web")
        .setLabels(LABELS)
        .setAgentId(AGENT)
        .setIncarnation(3)
        .setSequence(42)
        .setEngineVersion("20.10.24")
        .setState("running")
        .setTick(Instant.parse("2023-11-14T22:13:20Z"))
        .setSampledAt(TIME)
        .setIntervalMillis(5000)
        .setSource(StatsSource.ENGINE)
        .setCgroupVersion(2)
        .setCpu(cpu())
        .setMemory(memory())
        .setNetworkMode("shop_default")
        .setNetworks(List.of(new Network("eth0", 1_296L, 16L, 0L, 0L, 648L, 8L, 0L, 0L)))
        .setBlockIo(List.of(new BlockIo(8L, 0L, "/dev/sda", 4_096L, 0L, null, null)))
        .setPids(new Pids(5L, null))
        .setPressure(new Pressure(1L, 0L, 2L, 0L, 3L, 0L))
        .setIntervalNanos(5_000_123_456L)
        .setReset(false)
        .build();
  }

  private static Cpu cpu() {
    return Cpu.newBuilder()
        .setUsageNanos(123_456_789_012L)
        .setUserNanos(100_000_000_000L)
        .setSystemNanos(23_456_789_012L)
        .setPerCpuNanos(List.of(60_000_000_000L, 63_456_789_012L))
        .setHostNanos(9_876_543_210_000_000L)
        .setOnlineCpus(2)
        .setLimitCpus(1.5)
        .setPeriods(100L)
        .setThrottledPeriods(3L)
        .setThrottledNanos(1_000_000L)
        .setPercent(12.5)
        .setPercentOfLimit(8.333333333333334)
        .build();
  }

  private static Memory memory() {
    return Memory.newBuilder()
        .setUsageBytes(10_485_760L)
        .setUsedBytes(9_437_184L)
        .setWorkingSetBytes(9_437_184L)
        .setLimitBytes(268_435_456L)
        .setAnonBytes(8_388_608L)
        .setFileBytes(2_097_152L)
        .setInactiveFileBytes(1_048_576L)
        .setActiveFileBytes(1_048_576L)
        .setPageFaults(1_234L)
        .setPercent(3.515625)
        .setDetail(Map.of("anon", 8_388_608L))
        .build();
  }

  static ContainerState state() {
    return ContainerState.newBuilder()
        .setHostId(HOST)
        .setHostName("quay")
        .setContainerId(CONTAINER)
        .setContainerName("shop-web-1")
        .setImage("nginx:1.27")
        .setProject("shop")
        .setService("web")
        .setLabels(LABELS)
        .setAgentId(AGENT)
        .setIncarnation(3)
        .setSequence(43)
        .setState("running")
        .setHealth("healthy")
        .setFailingStreak(0)
        .setCreatedAt(TIME.minusSeconds(60))
        .setStartedAt(TIME.minusSeconds(59))
        .setRestartCount(0)
        .setPid(4711L)
        .setImageId("sha256:0a1b")
        .setNetworkMode("shop_default")
        .setCpuLimit(1.5)
        .setMemoryLimitBytes(268_435_456L)
        .setAsOf(TIME)
        .build();
  }

  static HostStatus host() {
    return HostStatus.newBuilder()
        .setHostId(HOST)
        .setHostName("quay")
        .setAgentId(AGENT)
        .setAgentVersion("0.1.0")
        .setEngineVersion("20.10.24")
        .setApiVersion("1.41")
        .setOsType("linux")
        .setKernelVersion("6.1.0")
        .setCgroupVersion(2)
        .setCgroupDriver("systemd")
        .setCpus(2)
        .setMemoryBytes(8_589_934_592L)
        .setContainersRunning(7)
        .setContainersPaused(0)
        .setContainersStopped(1)
        .setImages(12)
        .setStatsSource("engine")
        .setIntervalMillis(5000)
        .setLanes(List.of(new LaneStatus("events", 10L, 2L, 9L, 1L, 2L, 0L, 512L)))
        .setGaps(1)
        .setIncarnation(3)
        .setRunId("run-7")
        .setTags(Map.of("environment", "test"))
        .setStartedAt(TIME.minusSeconds(3600))
        .setAsOf(TIME)
        .build();
  }

  static StreamGap gap() {
    Instant from = TIME.minusSeconds(5);
    return StreamGap.newBuilder()
        .setGapId(EventIds.gapId(HOST, Stream.EVENTS, GapReason.RING_OVERFLOW, from, TIME))
        .setHostId(HOST)
        .setStream(Stream.EVENTS)
        .setFrom(from)
        .setTo(TIME)
        .setReason(GapReason.RING_OVERFLOW)
        .build();
  }

  static ContainerAlert alert() {
    return ContainerAlert.newBuilder()
        .setAlertId(EventIds.alertId(HOST, CONTAINER, Resource.CPU, TIME))
        .setHostId(HOST)
        .setHostName("quay")
        .setContainerId(CONTAINER)
        .setContainerName("shop-web-1")
        .setImage("nginx:1.27")
        .setLabels(Map.of())
        .setAgentId(AGENT)
        .setIncarnation(3)
        .setSequence(44)
        .setResource(Resource.CPU)
        .setPhase(AlertPhase.RAISED)
        .setThresholdPercent(80)
        .setObservedPercent(97.25)
        .setSince(TIME)
        .setTick(Instant.parse("2023-11-14T22:13:25Z"))
        .build();
  }
}
