package io.tallyman.sink.influxdb;

import io.tallyman.v1.BlockIo;
import io.tallyman.v1.ContainerState;
import io.tallyman.v1.ContainerStats;
import io.tallyman.v1.Cpu;
import io.tallyman.v1.HostStatus;
import io.tallyman.v1.Memory;
import io.tallyman.v1.Network;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The measurements, tags and fields of Telegraf's docker input, per device and in total; labels are
 * tags. {@code host} is what Telegraf itself adds to all it sends.
 */
final class TelegrafMapper implements StatsMapper {

  private static final List<Column<Cpu>> CPU =
      List.of(
          Column.of("usage_total", Cpu::getUsageNanos),
          Column.of("usage_in_usermode", Cpu::getUserNanos),
          Column.of("usage_in_kernelmode", Cpu::getSystemNanos),
          Column.of("usage_system", Cpu::getHostNanos),
          Column.of("usage_percent", Cpu::getPercent),
          Column.of("throttling_periods", Cpu::getPeriods),
          Column.of("throttling_throttled_periods", Cpu::getThrottledPeriods),
          Column.of("throttling_throttled_time", Cpu::getThrottledNanos));

  private static final List<Column<Memory>> MEMORY =
      List.of(
          Column.of("usage", Memory::getUsedBytes),
          Column.of("usage_percent", Memory::getPercent),
          Column.of("limit", Memory::getLimitBytes),
          Column.of("max_usage", Memory::getPeakBytes),
          Column.of("fail_count", memory -> zeroIsAbsent(memory.getFailCount())),
          Column.of("rss", Memory::getAnonBytes),
          Column.of("total_rss", Memory::getAnonBytes),
          Column.of("cache", Memory::getFileBytes),
          Column.of("total_cache", Memory::getFileBytes),
          Column.of("active_file", Memory::getActiveFileBytes),
          Column.of("total_active_file", Memory::getActiveFileBytes),
          Column.of("inactive_file", Memory::getInactiveFileBytes),
          Column.of("total_inactive_file", Memory::getInactiveFileBytes),
          Column.of("pgfault", Memory::getPageFaults),
          Column.of("total_pgfault", Memory::getPageFaults),
          Column.of("pgmajfault", Memory::getMajorPageFaults),
          Column.of("total_pgmajfault", Memory::getMajorPageFaults));

  /** Keys of the engine that Telegraf passes on under the same name. */
  private static final List<String> DETAIL =
      List.of(
          "active_anon",
          "active_file",
          "cache",
          "hierarchical_memory_limit",
          "inactive_anon",
          "inactive_file",
          "mapped_file",
          "pgfault",
          "pgmajfault",
          "pgpgin",
          "pgpgout",
          "rss",
          "rss_huge",
          "total_active_anon",
          "total_active_file",
          "total_cache",
          "total_inactive_anon",
          "total_inactive_file",
          "total_mapped_file",
          "total_pgfault",
          "total_pgmajfault",
          "total_pgpgin",
          "total_pgpgout",
          "total_rss",
          "total_rss_huge",
          "total_unevictable",
          "total_writeback",
          "unevictable",
          "writeback");

  /** Both have the names of the engine. */
  private static final List<Column<Network>> NETWORK = TallymanMapper.NETWORK;

  private static final List<Column<BlockIo>> BLOCK_IO =
      List.of(
          Column.of("io_service_bytes_recursive_read", BlockIo::getReadBytes),
          Column.of("io_service_bytes_recursive_write", BlockIo::getWriteBytes),
          Column.of(
              "io_service_bytes_recursive_total",
              device -> sum(device.getReadBytes(), device.getWriteBytes())),
          Column.of("io_serviced_recursive_read", BlockIo::getReadOps),
          Column.of("io_serviced_recursive_write", BlockIo::getWriteOps),
          Column.of(
              "io_serviced_recursive_total",
              device -> sum(device.getReadOps(), device.getWriteOps())));

  private static final Set<String> NAMES = Column.names(List.of(CPU, MEMORY, NETWORK, BLOCK_IO));

  private static final Set<String> MEASUREMENTS =
      Set.of(
          "docker_container_cpu",
          "docker_container_mem",
          "docker_container_net",
          "docker_container_blkio");

  private static final String CONTAINER_ID = "container_id";
  private static final String UNKNOWN_VERSION = "unknown";

  @Override
  public List<Point> map(ContainerStats stats) {
    var tags =
        tags(
            stats.getHostId(),
            stats.getHostName(),
            stats.getContainerName(),
            stats.getImage(),
            stats.getState(),
            stats.getLabels());
    Tags.put(tags, "server_version", stats.getEngineVersion());
    long time = PointBuilder.nanos(stats.getSampledAt());
    var id = stats.getContainerId();
    var points = new ArrayList<Point>();
    memory(stats.getMemory(), tags, id, time, points);
    cpu(stats.getCpu(), tags, id, time, points);
    devices("docker_container_net", "network", NETWORK, byName(stats), tags, id, time, points);
    devices("docker_container_blkio", "device", BLOCK_IO, byNumber(stats), tags, id, time, points);
    return points;
  }

  private static SortedMap<String, String> tags(
      String hostId,
      String hostName,
      @Nullable String containerName,
      @Nullable String image,
      @Nullable String status,
      Map<String, String> labels) {
    var tags = new TreeMap<String, String>();
    labels.forEach((name, value) -> {
      if (!isReserved(name)) {
        Tags.put(tags, name, value);
      }
    });
    tags.putAll(engine(hostId, hostName));
    Tags.put(tags, "container_name", containerName);
    Tags.put(tags, "container_status", status);
    if (image != null) {
      int version = versionAt(image);
      Tags.put(tags, "container_image", version < 0 ? image : image.substring(0, version));
      Tags.put(
          tags, "container_version", version < 0 ? UNKNOWN_VERSION : image.substring(version + 1));
    }
    return tags;
  }

  /** The store refuses points with such tags. */
  private static boolean isReserved(String name) {
    return name.equals("time") || name.startsWith("_");
  }

  private static SortedMap<String, String> engine(String hostId, String hostName) {
    var tags = Tags.host(hostId, hostName);
    Tags.put(tags, "engine_host", hostName);
    return tags;
  }

  /** Where the colon of the version stands, if there is one: a registry may have a port. */
  private static int versionAt(String image) {
    int digest = image.indexOf('@');
    int end = digest < 0 ? image.length() : digest;
    int colon = image.lastIndexOf(':', end - 1);
    return colon > image.lastIndexOf('/', end - 1) ? colon : -1;
  }

  private static void memory(
      @Nullable Memory memory,
      SortedMap<String, String> tags,
      String id,
      long time,
      List<Point> points) {
    if (memory == null) {
      return;
    }
    var point =
        new PointBuilder("docker_container_mem", tags)
            .field(CONTAINER_ID, id)
            .fields(MEMORY, memory);
    var detail = memory.getDetail();
    if (detail != null) {
      DETAIL.forEach(key -> point.field(key, detail.get(key)));
    }
    point.addTo(points, time);
  }

  private static void cpu(
      @Nullable Cpu cpu, SortedMap<String, String> tags, String id, long time, List<Point> points) {
    if (cpu == null) {
      return;
    }
    new PointBuilder("docker_container_cpu", tags)
        .tag("cpu", "cpu-total")
        .field(CONTAINER_ID, id)
        .fields(CPU, cpu)
        .addTo(points, time);
    for (int core = 0; core < cpu.getPerCpuNanos().size(); core++) {
      new PointBuilder("docker_container_cpu", tags)
          .tag("cpu", "cpu" + core)
          .field(CONTAINER_ID, id)
          .field("usage_total", cpu.getPerCpuNanos().get(core))
          .addTo(points, time);
    }
  }

  private static Map<String, Network> byName(ContainerStats stats) {
    var networks = new LinkedHashMap<String, Network>();
    stats.getNetworks().forEach(network -> networks.put(network.getName(), network));
    return networks;
  }

  private static Map<String, BlockIo> byNumber(ContainerStats stats) {
    var devices = new LinkedHashMap<String, BlockIo>();
    stats
        .getBlockIo()
        .forEach(device -> devices.put(device.getMajor() + ":" + device.getMinor(), device));
    return devices;
  }

  /** A point for each device, and one for all. */
  private static <T> void devices(
      String measurement,
      String tag,
      List<Column<T>> columns,
      Map<String, T> devices,
      SortedMap<String, String> tags,
      String id,
      long time,
      List<Point> points) {
    var totals = new LinkedHashMap<String, Long>();
    devices.forEach((name, device) -> {
      new PointBuilder(measurement, tags)
          .tag(tag, name)
          .field(CONTAINER_ID, id)
          .fields(columns, device)
          .addTo(points, time);
      for (var column : columns) {
        if (column.value().apply(device) instanceof Long value) {
          totals.merge(column.name(), value, Long::sum);
        }
      }
    });
    if (!totals.isEmpty()) {
      var total = new PointBuilder(measurement, tags).tag(tag, "total").field(CONTAINER_ID, id);
      totals.forEach(total::field);
      total.addTo(points, time);
    }
  }

  /** {@code docker_container_status} and, with a health check, {@code docker_container_health}. */
  static List<Point> map(ContainerState state) {
    var tags =
        tags(
            state.getHostId(),
            state.getHostName(),
            state.getContainerName(),
            state.getImage(),
            state.getState(),
            state.getLabels());
    long time = PointBuilder.nanos(state.getAsOf());
    var points = new ArrayList<Point>(2);
    new PointBuilder("docker_container_status", tags)
        .field(CONTAINER_ID, state.getContainerId())
        .field("oomkilled", state.getOomKilled())
        .field("pid", state.getPid())
        .field("exitcode", state.getExitCode())
        .field("restart_count", state.getRestartCount())
        .field("started_at", state.getStartedAt())
        .field("finished_at", state.getFinishedAt())
        .field("uptime_ns", uptimeNanos(state))
        .addTo(points, time);
    if (state.getHealth() != null) {
      new PointBuilder("docker_container_health", tags)
          .field("health_status", state.getHealth())
          .field("failing_streak", state.getFailingStreak())
          .addTo(points, time);
    }
    return points;
  }

  /** Of the last run: until it ended, or until now. */
  private static @Nullable Long uptimeNanos(ContainerState state) {
    var started = state.getStartedAt();
    if (started == null) {
      return null;
    }
    var finished = state.getFinishedAt();
    var end = finished == null || finished.isBefore(started) ? state.getAsOf() : finished;
    return Duration.between(started, end).toNanos();
  }

  /** {@code docker}. */
  static List<Point> map(HostStatus host) {
    var tags = engine(host.getHostId(), host.getHostName());
    Tags.put(tags, "server_version", host.getEngineVersion());
    var points = new ArrayList<Point>(1);
    new PointBuilder("docker", tags)
        .field("n_cpus", host.getCpus())
        .field("n_used_file_descriptors", host.getFileDescriptors())
        .field("n_containers", containers(host))
        .field("n_containers_running", host.getContainersRunning())
        .field("n_containers_stopped", host.getContainersStopped())
        .field("n_containers_paused", host.getContainersPaused())
        .field("n_images", host.getImages())
        .field("n_goroutines", host.getGoroutines())
        .field("memory_total", host.getMemoryBytes())
        .addTo(points, PointBuilder.nanos(host.getAsOf()));
    return points;
  }

  private static @Nullable Integer containers(HostStatus host) {
    var running = host.getContainersRunning();
    var paused = host.getContainersPaused();
    var stopped = host.getContainersStopped();
    return running == null || paused == null || stopped == null
        ? null
        : Integer.valueOf(running + paused + stopped);
  }

  private static @Nullable Long sum(@Nullable Long one, @Nullable Long other) {
    return one == null || other == null ? null : Long.valueOf(one + other);
  }

  private static @Nullable Long zeroIsAbsent(@Nullable Long count) {
    return count == null || count == 0 ? null : count;
  }

  @Override
  public Set<String> essential() {
    return Set.of(
        "usage_percent",
        "usage",
        "limit",
        "rx_bytes",
        "tx_bytes",
        "io_service_bytes_recursive_read",
        "io_service_bytes_recursive_write");
  }

  @Override
  public boolean knows(String name) {
    return NAMES.contains(name) || DETAIL.contains(name) || MEASUREMENTS.contains(name);
  }
}
