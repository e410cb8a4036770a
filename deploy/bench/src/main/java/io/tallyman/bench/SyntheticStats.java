package io.tallyman.bench;

import io.tallyman.schemas.Topics;
import io.tallyman.sink.SinkRecord;
import io.tallyman.v1.BlockIo;
import io.tallyman.v1.ContainerStats;
import io.tallyman.v1.Cpu;
import io.tallyman.v1.Memory;
import io.tallyman.v1.Network;
import io.tallyman.v1.Pids;
import io.tallyman.v1.StatsSource;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Samples of a fleet that is read every five seconds, each another, the same at every run. */
final class SyntheticStats {

  static final String HOST_ID = "f2a1b6c0-0000-4000-8000-000000000001";

  private static final int CONTAINERS = 500;
  private static final int INTERVAL_SECONDS = 5;
  private static final long MIB = 1 << 20;
  private static final Instant START = Instant.parse("2026-02-03T04:05:00.123456Z");

  private SyntheticStats() {}

  /** The n-th sample of the fleet. */
  static ContainerStats sample(int n) {
    int container = n % CONTAINERS;
    int tick = n / CONTAINERS;
    long grown = n * 1_000_003L;
    return ContainerStats.newBuilder()
        .setHostId(HOST_ID)
        .setHostName("quay-1")
        .setContainerId("%064x".formatted(container + 0xc0ffee00000000L))
        .setContainerName("shop-web-" + container)
        .setImage("registry.example.com/shop/web:1.2.3")
        .setProject("shop")
        .setService("web")
        .setLabels(Map.of("com.docker.compose.project", "shop"))
        .setAgentId("9d0c0e1e-0000-4000-8000-000000000002")
        .setIncarnation(3)
        .setSequence(n)
        .setEngineVersion("28.5.1")
        .setState("running")
        .setTick(START.plusSeconds((long) tick * INTERVAL_SECONDS))
        .setSampledAt(
            START.plusSeconds((long) tick * INTERVAL_SECONDS).plusNanos(container * 1_000L))
        .setIntervalMillis(INTERVAL_SECONDS * 1_000)
        .setSource(StatsSource.CGROUP)
        .setCgroupVersion(2)
        .setCpu(cpu(grown))
        .setMemory(memory(grown % (64 * MIB)))
        .setNetworkMode("shop_default")
        .setNetworks(List.of(network(grown)))
        .setBlockIo(List.of(blockIo(grown)))
        .setPids(Pids.newBuilder().setCurrent(5L + n % 7).setLimit(100L).build())
        .setPressure(null)
        .setIntervalNanos(INTERVAL_SECONDS * 1_000_000_000L)
        .setReset(false)
        .build();
  }

  /** Samples as a sink gets them from the worker. */
  static List<SinkRecord> batch(int from, int count) {
    List<SinkRecord> records = new ArrayList<>(count);
    for (int n = from; n < from + count; n++) {
      ConsumerRecord<byte[], byte[]> original =
          new ConsumerRecord<>(Topics.STATS.name(), 0, n, null, null);
      records.add(new SinkRecord(Topics.STATS.name(), HOST_ID, sample(n), original));
    }
    return records;
  }

  private static Cpu cpu(long grown) {
    return Cpu.newBuilder()
        .setUsageNanos(grown)
        .setUserNanos(grown / 4 * 3)
        .setSystemNanos(grown / 4)
        .setPerCpuNanos(List.of())
        .setHostNanos(grown * 10)
        .setOnlineCpus(8)
        .setLimitCpus(1.0)
        .setPeriods(grown / 100)
        .setThrottledPeriods(grown / 1_000)
        .setThrottledNanos(grown / 7)
        .setPercent(grown % 8_000 / 80.0)
        .setPercentOfLimit(grown % 8_000 / 80.0)
        .build();
  }

  private static Memory memory(long used) {
    return Memory.newBuilder()
        .setUsageBytes(used + 16 * MIB)
        .setUsedBytes(used)
        .setWorkingSetBytes(used + MIB)
        .setLimitBytes(256 * MIB)
        .setPeakBytes(96 * MIB)
        .setAnonBytes(used)
        .setFileBytes(18 * MIB)
        .setInactiveFileBytes(16 * MIB)
        .setActiveFileBytes(2 * MIB)
        .setShmemBytes(0L)
        .setSlabBytes(MIB)
        .setSockBytes(4_096L)
        .setKernelStackBytes(16_384L)
        .setSwapBytes(0L)
        .setPageFaults(used / 4_096)
        .setMajorPageFaults(12L)
        .setFailCount(null)
        .setOomKills(0L)
        .setPercent(used * 100.0 / (256 * MIB))
        .build();
  }

  private static Network network(long grown) {
    return Network.newBuilder()
        .setName("eth0")
        .setRxBytes(grown)
        .setRxPackets(grown / 1_000)
        .setRxErrors(0L)
        .setRxDropped(0L)
        .setTxBytes(grown * 2)
        .setTxPackets(grown / 500)
        .setTxErrors(0L)
        .setTxDropped(0L)
        .build();
  }

  private static BlockIo blockIo(long grown) {
    return BlockIo.newBuilder()
        .setMajor(8)
        .setMinor(0)
        .setDevice("sda")
        .setReadBytes(grown)
        .setWriteBytes(grown * 3)
        .setReadOps(grown / 4_096)
        .setWriteOps(grown / 2_048)
        .build();
  }
}
