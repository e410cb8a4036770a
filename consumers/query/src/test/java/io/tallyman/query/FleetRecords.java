package io.tallyman.query;

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
import io.tallyman.v1.Memory;
import io.tallyman.v1.Network;
import io.tallyman.v1.Origin;
import io.tallyman.v1.Resource;
import io.tallyman.v1.StatsSource;
import io.tallyman.v1.Stream;
import io.tallyman.v1.StreamGap;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Small records of a fleet; what a test does not ask for is as plain as can be. */
public final class FleetRecords {

  public static final long INTERVAL_MILLIS = 5_000;

  private FleetRecords() {}

  /** A full container id that begins with the given hexadecimal digits. */
  public static String id(String digits) {
    return digits + "0".repeat(64 - digits.length());
  }

  public static ContainerState state(
      String host, String containerId, String name, String state, Instant asOf) {
    return ContainerState.newBuilder()
        .setHostId(host)
        .setHostName(host + ".example")
        .setContainerId(containerId)
        .setContainerName(name)
        .setImage("registry.example/" + name + ":1")
        .setProject("shop")
        .setLabels(Map.of("tier", name))
        .setAgentId("agent")
        .setIncarnation(1)
        .setSequence(1)
        .setState(state)
        .setStartedAt(asOf)
        .setAsOf(asOf)
        .build();
  }

  public static ContainerStats sample(
      String host, String containerId, String name, double cpuPercent, Instant sampledAt) {
    return ContainerStats.newBuilder()
        .setHostId(host)
        .setHostName(host + ".example")
        .setContainerId(containerId)
        .setContainerName(name)
        .setLabels(Map.of("tier", name))
        .setAgentId("agent")
        .setIncarnation(1)
        .setSequence(1)
        .setSampledAt(sampledAt)
        .setIntervalMillis(INTERVAL_MILLIS)
        .setSource(StatsSource.ENGINE)
        .setCpu(Cpu.newBuilder().setPercent(cpuPercent).setPerCpuNanos(List.of()).build())
        .setMemory(Memory.newBuilder().setUsedBytes(1000L).setPercent(2.5).build())
        .setNetworks(
            List.of(
                Network.newBuilder().setName("eth0").setRxBytes(10L).setTxBytes(20L).build(),
                Network.newBuilder().setName("eth1").setRxBytes(1L).setTxBytes(2L).build()))
        .setBlockIo(List.of())
        .setReset(false)
        .build();
  }

  public static ContainerEvent event(
      String host, String containerId, String name, Action action, Instant time) {
    return ContainerEvent.newBuilder()
        .setEventId(Integer.toHexString((host + containerId + action + time).hashCode()))
        .setHostId(host)
        .setHostName(host + ".example")
        .setContainerId(containerId)
        .setContainerName(name)
        .setLabels(Map.of())
        .setAgentId("agent")
        .setIncarnation(1)
        .setSequence(1)
        .setTime(time)
        .setTimeNanos(TimeUnit.SECONDS.toNanos(time.getEpochSecond()) + time.getNano())
        .setObservedAt(time)
        .setAction(action)
        .setRawAction(action.name())
        .setOrigin(Origin.LIVE)
        .build();
  }

  public static StreamGap gap(String host, Instant to) {
    return StreamGap.newBuilder()
        .setGapId(Integer.toHexString((host + to).hashCode()))
        .setHostId(host)
        .setStream(Stream.STATS)
        .setFrom(to.minusSeconds(10))
        .setTo(to)
        .setReason(GapReason.TICK_MISSED)
        .build();
  }

  public static ContainerAlert alert(String host, String containerId, String name, Instant since) {
    return ContainerAlert.newBuilder()
        .setAlertId(Integer.toHexString((host + containerId + since).hashCode()))
        .setHostId(host)
        .setHostName(host + ".example")
        .setContainerId(containerId)
        .setContainerName(name)
        .setLabels(Map.of())
        .setAgentId("agent")
        .setIncarnation(1)
        .setSequence(1)
        .setResource(Resource.CPU)
        .setPhase(AlertPhase.RAISED)
        .setThresholdPercent(80)
        .setObservedPercent(93.5)
        .setSince(since)
        .build();
  }

  public static HostStatus host(String host, Instant asOf) {
    return HostStatus.newBuilder()
        .setHostId(host)
        .setHostName(host + ".example")
        .setAgentId("agent")
        .setAgentVersion("1")
        .setStatsSource("engine")
        .setIntervalMillis(INTERVAL_MILLIS)
        .setLanes(List.of())
        .setGaps(0)
        .setIncarnation(1)
        .setRunId("run")
        .setTags(Map.of())
        .setStartedAt(asOf)
        .setAsOf(asOf)
        .build();
  }

  /**
   * A sample whose counters are what is given; every fifth nanosecond of CPU time is the kernel's.
   */
  public static ContainerStats counted(
      String host, String containerId, String name, long cpuNanos, long bytes, Instant sampledAt) {
    return ContainerStats.newBuilder(sample(host, containerId, name, 10, sampledAt))
        .setImage("registry.example/" + name + ":1")
        .setCpu(
            Cpu.newBuilder()
                .setPercent(10.0)
                .setUsageNanos(cpuNanos)
                .setSystemNanos(cpuNanos / 5)
                .setPerCpuNanos(List.of())
                .build())
        .setNetworks(
            List.of(Network.newBuilder().setName("eth0").setRxBytes(bytes).setTxBytes(0L).build()))
        .setBlockIo(
            List.of(
                BlockIo.newBuilder()
                    .setMajor(8)
                    .setMinor(0)
                    .setReadBytes(bytes)
                    .setWriteBytes(2 * bytes)
                    .build()))
        .build();
  }

  public static StreamGap gap(String host, Instant from, Instant to) {
    return StreamGap.newBuilder()
        .setGapId(Integer.toHexString((host + from + to).hashCode()))
        .setHostId(host)
        .setStream(Stream.STATS)
        .setFrom(from)
        .setTo(to)
        .setReason(GapReason.AGENT_DOWN)
        .build();
  }

  public static ContainerAlert alert(
      String host, String containerId, String name, AlertPhase phase, Instant since) {
    return ContainerAlert.newBuilder()
        .setAlertId(Integer.toHexString((host + containerId + since).hashCode()))
        .setHostId(host)
        .setHostName(host + ".example")
        .setContainerId(containerId)
        .setContainerName(name)
        .setLabels(Map.of())
        .setAgentId("agent")
        .setIncarnation(1)
        .setSequence(1)
        .setResource(Resource.CPU)
        .setPhase(phase)
        .setThresholdPercent(80)
        .setObservedPercent(phase == AlertPhase.RAISED ? 91 : 12)
        .setSince(since)
        .setTick(phase == AlertPhase.RAISED ? since : since.plusSeconds(30))
        .build();
  }
}
