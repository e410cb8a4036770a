package io.tallyman.sink.influxdb;

import io.tallyman.v1.BlockIo;
import io.tallyman.v1.ContainerStats;
import io.tallyman.v1.Cpu;
import io.tallyman.v1.Memory;
import io.tallyman.v1.Network;
import io.tallyman.v1.Pids;
import io.tallyman.v1.Pressure;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/** Our own layout: the records' field names in snake case, a measurement for each resource. */
final class TallymanMapper implements StatsMapper {

  private static final List<Column<Cpu>> CPU =
      List.of(
          Column.of("usage_nanos", Cpu::getUsageNanos),
          Column.of("user_nanos", Cpu::getUserNanos),
          Column.of("system_nanos", Cpu::getSystemNanos),
          Column.of("host_nanos", Cpu::getHostNanos),
          Column.of("online_cpus", Cpu::getOnlineCpus),
          Column.of("limit_cpus", Cpu::getLimitCpus),
          Column.of("periods", Cpu::getPeriods),
          Column.of("throttled_periods", Cpu::getThrottledPeriods),
          Column.of("throttled_nanos", Cpu::getThrottledNanos),
          Column.of("percent", Cpu::getPercent),
          Column.of("percent_of_limit", Cpu::getPercentOfLimit));

  private static final List<Column<Memory>> MEMORY =
      List.of(
          Column.of("usage_bytes", Memory::getUsageBytes),
          Column.of("used_bytes", Memory::getUsedBytes),
          Column.of("working_set_bytes", Memory::getWorkingSetBytes),
          Column.of("limit_bytes", Memory::getLimitBytes),
          Column.of("peak_bytes", Memory::getPeakBytes),
          Column.of("anon_bytes", Memory::getAnonBytes),
          Column.of("file_bytes", Memory::getFileBytes),
          Column.of("inactive_file_bytes", Memory::getInactiveFileBytes),
          Column.of("active_file_bytes", Memory::getActiveFileBytes),
          Column.of("shmem_bytes", Memory::getShmemBytes),
          Column.of("slab_bytes", Memory::getSlabBytes),
          Column.of("sock_bytes", Memory::getSockBytes),
          Column.of("kernel_stack_bytes", Memory::getKernelStackBytes),
          Column.of("swap_bytes", Memory::getSwapBytes),
          Column.of("page_faults", Memory::getPageFaults),
          Column.of("major_page_faults", Memory::getMajorPageFaults),
          Column.of("fail_count", Memory::getFailCount),
          Column.of("oom_kills", Memory::getOomKills),
          Column.of("percent", Memory::getPercent));

  static final List<Column<Network>> NETWORK =
      List.of(
          Column.of("rx_bytes", Network::getRxBytes),
          Column.of("rx_packets", Network::getRxPackets),
          Column.of("rx_errors", Network::getRxErrors),
          Column.of("rx_dropped", Network::getRxDropped),
          Column.of("tx_bytes", Network::getTxBytes),
          Column.of("tx_packets", Network::getTxPackets),
          Column.of("tx_errors", Network::getTxErrors),
          Column.of("tx_dropped", Network::getTxDropped));

  private static final List<Column<BlockIo>> BLOCK_IO =
      List.of(
          Column.of("read_bytes", BlockIo::getReadBytes),
          Column.of("write_bytes", BlockIo::getWriteBytes),
          Column.of("read_ops", BlockIo::getReadOps),
          Column.of("write_ops", BlockIo::getWriteOps),
          Column.of("device_name", BlockIo::getDevice));

  private static final List<Column<Pids>> PIDS =
      List.of(Column.of("current", Pids::getCurrent), Column.of("limit", Pids::getLimit));

  private static final List<Column<Pressure>> PRESSURE =
      List.of(
          Column.of("cpu_some_micros", Pressure::getCpuSomeMicros),
          Column.of("cpu_full_micros", Pressure::getCpuFullMicros),
          Column.of("memory_some_micros", Pressure::getMemorySomeMicros),
          Column.of("memory_full_micros", Pressure::getMemoryFullMicros),
          Column.of("io_some_micros", Pressure::getIoSomeMicros),
          Column.of("io_full_micros", Pressure::getIoFullMicros));

  private static final String DETAIL = "detail_";

  private static final Set<String> MEASUREMENTS =
      Set.of(
          "container_cpu",
          "container_cpu_core",
          "container_memory",
          "container_network",
          "container_blockio",
          "container_pids",
          "container_pressure");

  private static final Set<String> NAMES =
      Column.names(List.of(CPU, MEMORY, NETWORK, BLOCK_IO, PIDS, PRESSURE));

  @Override
  public List<Point> map(ContainerStats stats) {
    var tags =
        Tags.container(
            stats.getHostId(),
            stats.getHostName(),
            stats.getContainerId(),
            stats.getContainerName(),
            stats.getImage(),
            stats.getProject(),
            stats.getService());
    long time = PointBuilder.nanos(stats.getSampledAt());
    var points = new ArrayList<Point>();

    var cpu = stats.getCpu();
    if (cpu != null) {
      new PointBuilder("container_cpu", tags)
          .fields(CPU, cpu)
          .field("interval_nanos", stats.getIntervalNanos())
          .field("reset", stats.getReset())
          .addTo(points, time);
      var cores = cpu.getPerCpuNanos();
      for (int core = 0; core < cores.size(); core++) {
        new PointBuilder("container_cpu_core", tags)
            .tag("cpu", Integer.toString(core))
            .field("usage_nanos", cores.get(core))
            .addTo(points, time);
      }
    }
    var memory = stats.getMemory();
    if (memory != null) {
      var point = new PointBuilder("container_memory", tags).fields(MEMORY, memory);
      var detail = memory.getDetail();
      if (detail != null) {
        new TreeMap<>(detail).forEach((key, value) -> point.field(DETAIL + key, value));
      }
      point.addTo(points, time);
    }
    for (var network : stats.getNetworks()) {
      new PointBuilder("container_network", tags)
          .tag("interface", network.getName())
          .fields(NETWORK, network)
          .addTo(points, time);
    }
    for (var device : stats.getBlockIo()) {
      new PointBuilder("container_blockio", tags)
          .tag("device", device.getMajor() + ":" + device.getMinor())
          .fields(BLOCK_IO, device)
          .addTo(points, time);
    }
    new PointBuilder("container_pids", tags).fields(PIDS, stats.getPids()).addTo(points, time);
    new PointBuilder("container_pressure", tags)
        .fields(PRESSURE, stats.getPressure())
        .addTo(points, time);
    return points;
  }

  @Override
  public Set<String> essential() {
    return Set.of(
        "percent",
        "used_bytes",
        "limit_bytes",
        "rx_bytes",
        "tx_bytes",
        "read_bytes",
        "write_bytes",
        "current");
  }

  @Override
  public boolean knows(String name) {
    return NAMES.contains(name)
        || MEASUREMENTS.contains(name)
        || name.startsWith(DETAIL)
        || name.equals("interval_nanos")
        || name.equals("reset");
  }
}
