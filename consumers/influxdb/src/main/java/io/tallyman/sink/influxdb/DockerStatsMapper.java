package io.tallyman.sink.influxdb;

import io.tallyman.v1.BlockIo;
import io.tallyman.v1.ContainerStats;
import io.tallyman.v1.Cpu;
import io.tallyman.v1.Memory;
import io.tallyman.v1.Network;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The layout of the Node.js docker-stats-service: one measurement with everything in it. Integers
 * are integers, and {@code mem_used} is what {@code docker stats} shows, without the page cache.
 */
final class DockerStatsMapper implements StatsMapper {

  private static final String MEASUREMENT = "docker_stats";

  private static final List<Column<Cpu>> CPU =
      List.of(
          Column.of("cpu_percent", Cpu::getPercent),
          Column.of("cpu_total_usage", Cpu::getUsageNanos),
          Column.of("cpu_system_usage", Cpu::getHostNanos),
          Column.of("cpu_online", Cpu::getOnlineCpus),
          Column.of("cpu_usage_in_kernelmode", Cpu::getSystemNanos),
          Column.of("cpu_usage_in_usermode", Cpu::getUserNanos),
          Column.of("cpu_throttling_periods", Cpu::getPeriods),
          Column.of("cpu_throttled_periods", Cpu::getThrottledPeriods),
          Column.of("cpu_throttled_time", Cpu::getThrottledNanos));

  private static final List<Column<Memory>> MEMORY =
      List.of(
          Column.of("mem_used", Memory::getUsedBytes),
          Column.of("mem_total", Memory::getLimitBytes),
          Column.of("mem_max", Memory::getPeakBytes),
          Column.of("mem_failcnt", Memory::getFailCount),
          Column.of("mem_total_rss", Memory::getAnonBytes),
          Column.of("mem_total_cache", Memory::getFileBytes),
          Column.of("mem_total_active_file", Memory::getActiveFileBytes),
          Column.of("mem_total_inactive_file", Memory::getInactiveFileBytes),
          Column.of("mem_total_pgfault", Memory::getPageFaults),
          Column.of("mem_total_pgmajfault", Memory::getMajorPageFaults));

  /** Keys of the engine, and the name where it is not {@code mem_} and the key. */
  private static final Map<String, String> DETAIL = detail();

  private static final List<Column<ContainerStats>> SUMS =
      List.of(
          Column.of("net_in_bytes", stats -> StatspoutMapper.sum(stats, Network::getRxBytes)),
          Column.of("net_out_bytes", stats -> StatspoutMapper.sum(stats, Network::getTxBytes)),
          Column.of("blkio_read_bytes", stats -> sum(stats, BlockIo::getReadBytes)),
          Column.of("blkio_write_bytes", stats -> sum(stats, BlockIo::getWriteBytes)),
          Column.of("blkio_total_bytes", DockerStatsMapper::blockTotal));

  private static final List<Column<Network>> INTERFACE =
      List.of(
          Column.of("in_bytes", Network::getRxBytes),
          Column.of("out_bytes", Network::getTxBytes),
          Column.of("in_packets", Network::getRxPackets),
          Column.of("out_packets", Network::getTxPackets),
          Column.of("in_errors", Network::getRxErrors),
          Column.of("out_errors", Network::getTxErrors),
          Column.of("in_dropped", Network::getRxDropped),
          Column.of("out_dropped", Network::getTxDropped));

  private static final Set<String> NAMES = Column.names(List.of(CPU, MEMORY, SUMS));

  private static final Set<String> OTHERS =
      Set.of(MEASUREMENT, "pids_current", "pids_limit", "read_time", "preread_time");

  private static final Pattern MANY =
      Pattern.compile("cpu_\\d+_usage|net_.+_(in|out)_(bytes|packets|errors|dropped)");

  private static Map<String, String> detail() {
    var names = new TreeMap<String, String>();
    for (var key :
        List.of(
            "rss",
            "rss_huge",
            "total_rss_huge",
            "cache",
            "active_anon",
            "inactive_anon",
            "active_file",
            "inactive_file",
            "total_active_anon",
            "total_inactive_anon",
            "pgfault",
            "pgmajfault",
            "pgpgin",
            "pgpgout",
            "total_pgpgin",
            "total_pgpgout",
            "mapped_file",
            "total_mapped_file",
            "unevictable",
            "total_unevictable",
            "writeback",
            "total_writeback")) {
      names.put(key, "mem_" + key);
    }
    names.put("hierarchical_memory_limit", "mem_hierarchical_limit");
    return names;
  }

  @Override
  public List<Point> map(ContainerStats stats) {
    var tags = new TreeMap<String, String>();
    Tags.put(tags, Tags.CONTAINER_ID, stats.getContainerId());
    Tags.put(tags, "container_name", stats.getContainerName());
    Tags.put(tags, Tags.HOST, stats.getHostName());
    var cpu = stats.getCpu();
    var memory = stats.getMemory();
    var point =
        new PointBuilder(MEASUREMENT, tags)
            .fields(CPU, cpu)
            .fields(MEMORY, memory)
            .fields(SUMS, stats);
    if (cpu != null) {
      for (int core = 0; core < cpu.getPerCpuNanos().size(); core++) {
        point.field("cpu_" + core + "_usage", cpu.getPerCpuNanos().get(core));
      }
    }
    var detail = memory == null ? null : memory.getDetail();
    if (detail != null) {
      DETAIL.forEach((key, name) -> point.field(name, detail.get(key)));
    }
    for (var network : stats.getNetworks()) {
      for (var column : INTERFACE) {
        point.field(
            "net_" + network.getName() + "_" + column.name(), column.value().apply(network));
      }
    }
    var pids = stats.getPids();
    if (pids != null) {
      point.field("pids_current", pids.getCurrent()).field("pids_limit", pids.getLimit());
    }
    Instant read = stats.getSampledAt();
    point.field("read_time", read.toEpochMilli());
    var interval = stats.getIntervalNanos();
    if (interval != null) {
      point.field("preread_time", read.minusNanos(interval).toEpochMilli());
    }
    var points = new ArrayList<Point>(1);
    point.addTo(points, PointBuilder.nanos(read));
    return points;
  }

  private static @Nullable Long sum(
      ContainerStats stats, Function<BlockIo, @Nullable Long> counter) {
    return stats.getBlockIo().stream()
        .map(counter)
        .filter(Objects::nonNull)
        .reduce(Long::sum)
        .orElse(null);
  }

  private static @Nullable Long blockTotal(ContainerStats stats) {
    var read = sum(stats, BlockIo::getReadBytes);
    var written = sum(stats, BlockIo::getWriteBytes);
    return read == null || written == null ? null : read + written;
  }

  @Override
  public Set<String> essential() {
    return Set.of("cpu_percent", "mem_used", "mem_total", "net_in_bytes", "net_out_bytes");
  }

  @Override
  public boolean knows(String name) {
    return NAMES.contains(name)
        || OTHERS.contains(name)
        || DETAIL.containsValue(name)
        || MANY.matcher(name).matches();
  }
}
