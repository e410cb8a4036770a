package io.tallyman.sink.prometheus;

import static io.tallyman.sink.prometheus.ExpositionFormat.label;

import io.tallyman.sink.prometheus.Family.Series;
import io.tallyman.v1.BlockIo;
import io.tallyman.v1.ContainerStats;
import io.tallyman.v1.Cpu;
import io.tallyman.v1.Memory;
import io.tallyman.v1.Network;
import io.tallyman.v1.Pids;
import io.tallyman.v1.Pressure;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The metrics: cAdvisor's names, types and units, then Statspout's four. */
final class Families {

  private static final double NANOS = 1e9;
  private static final double MICROS = 1e6;
  private static final double MILLIS = 1e3;

  /** The period, in microseconds, in which a quota is counted when nobody sets another. */
  private static final long CFS_PERIOD_MICROS = 100_000;

  private static final String TOTAL = label("cpu", "total");

  static final List<Family> ALL = all();

  private Families() {}

  private static List<Family> all() {
    var all = new ArrayList<Family>();
    all.addAll(general());
    all.addAll(cpu());
    all.addAll(memory());
    all.addAll(pressure());
    all.addAll(network());
    all.addAll(blockIo());
    all.addAll(statspout());
    return List.copyOf(all);
  }

  private static List<Family> general() {
    return List.of(
        new Family(
            "container_last_seen",
            "gauge",
            "When the newest sample was taken, in seconds since the epoch.",
            c -> one("", seconds(c.stats().getSampledAt()))),
        new Family(
            "container_info",
            "gauge",
            "What the container is; always 1.",
            c -> one(info(c.stats()), 1)),
        new Family(
            "container_start_time_seconds",
            "gauge",
            "When the container was last started, in seconds since the epoch.",
            c -> one("", c.state() == null ? null : seconds(c.state().getStartedAt()))),
        new Family(
            "container_threads",
            "gauge",
            "Number of threads running inside the container.",
            pids(Pids::getCurrent)),
        new Family(
            "container_threads_max",
            "gauge",
            "Maximum number of threads allowed inside the container.",
            pids(Pids::getLimit)));
  }

  private static String info(ContainerStats stats) {
    var labels = new TreeMap<String, String>();
    labels.put("host_id", stats.getHostId());
    labels.put("container_id", stats.getContainerId());
    labels.put("project", Objects.requireNonNullElse(stats.getProject(), ""));
    labels.put("service", Objects.requireNonNullElse(stats.getService(), ""));
    labels.put("engine_version", Objects.requireNonNullElse(stats.getEngineVersion(), ""));
    return ExpositionFormat.labels(labels);
  }

  private static List<Family> cpu() {
    return List.of(
        cpu(
            "container_cpu_usage_seconds_total",
            "Cumulative cpu time consumed.",
            TOTAL,
            Cpu::getUsageNanos,
            NANOS),
        cpu(
            "container_cpu_user_seconds_total",
            "Cumulative user cpu time consumed.",
            "",
            Cpu::getUserNanos,
            NANOS),
        cpu(
            "container_cpu_system_seconds_total",
            "Cumulative system cpu time consumed.",
            "",
            Cpu::getSystemNanos,
            NANOS),
        cpu(
            "container_cpu_cfs_periods_total",
            "Number of elapsed enforcement period intervals.",
            "",
            Cpu::getPeriods,
            1),
        cpu(
            "container_cpu_cfs_throttled_periods_total",
            "Number of throttled period intervals.",
            "",
            Cpu::getThrottledPeriods,
            1),
        cpu(
            "container_cpu_cfs_throttled_seconds_total",
            "Total time duration the container has been throttled.",
            "",
            Cpu::getThrottledNanos,
            NANOS),
        new Family(
            "container_spec_cpu_period",
            "gauge",
            "CPU period of the container, in microseconds.",
            c -> one("", limitCpus(c) == null ? null : CFS_PERIOD_MICROS)),
        new Family(
            "container_spec_cpu_quota",
            "gauge",
            "CPU quota of the container, in microseconds per period.",
            c -> {
              var limit = limitCpus(c);
              return one("", limit == null ? null : Math.round(limit * CFS_PERIOD_MICROS));
            }));
  }

  private static @Nullable Double limitCpus(ShownContainer container) {
    var cpu = container.stats().getCpu();
    return cpu == null ? null : cpu.getLimitCpus();
  }

  private static Family cpu(
      String name,
      String help,
      String labels,
      Function<Cpu, @Nullable Long> value,
      double divisor) {
    return new Family(
        name,
        "counter",
        help,
        c -> one(labels, divided(apply(c.stats().getCpu(), value), divisor)));
  }

  private static List<Family> memory() {
    return List.of(
        memory(
            "container_memory_usage_bytes",
            "gauge",
            "Current memory usage, including all memory regardless of when it was accessed.",
            Memory::getUsageBytes),
        memory(
            "container_memory_working_set_bytes",
            "gauge",
            "Current working set.",
            Memory::getWorkingSetBytes),
        memory("container_memory_rss", "gauge", "Size of RSS in bytes.", Memory::getAnonBytes),
        memory(
            "container_memory_cache",
            "gauge",
            "Number of bytes of page cache memory.",
            Memory::getFileBytes),
        memory(
            "container_memory_swap",
            "gauge",
            "Container swap usage in bytes.",
            Memory::getSwapBytes),
        memory(
            "container_memory_max_usage_bytes",
            "gauge",
            "Maximum memory usage recorded in bytes.",
            Memory::getPeakBytes),
        memory(
            "container_memory_total_active_file_bytes",
            "gauge",
            "Current total active file in bytes.",
            Memory::getActiveFileBytes),
        memory(
            "container_memory_total_inactive_file_bytes",
            "gauge",
            "Current total inactive file in bytes.",
            Memory::getInactiveFileBytes),
        // A counter, but its name does not say so, and a linter would complain of the type.
        memory(
            "container_memory_failcnt",
            "untyped",
            "Number of memory usage hits limits.",
            Memory::getFailCount),
        memory(
            "container_oom_events_total",
            "counter",
            "Count of out of memory events observed for the container.",
            Memory::getOomKills),
        memory(
            "container_spec_memory_limit_bytes",
            "gauge",
            "Memory limit for the container; the memory of the host when it has none.",
            Memory::getLimitBytes),
        new Family(
            "container_memory_failures_total",
            "counter",
            "Cumulative count of memory allocation failures.",
            c -> {
              var series = new ArrayList<Series>(2);
              var memory = c.stats().getMemory();
              add(series, failure("pgfault"), apply(memory, Memory::getPageFaults));
              add(series, failure("pgmajfault"), apply(memory, Memory::getMajorPageFaults));
              return series;
            }));
  }

  private static String failure(String type) {
    return label("failure_type", type) + "," + label("scope", "container");
  }

  private static Family memory(
      String name, String type, String help, Function<Memory, @Nullable Long> value) {
    return new Family(name, type, help, c -> one("", apply(c.stats().getMemory(), value)));
  }

  private static List<Family> pressure() {
    return List.of(
        pressure("cpu_waiting", "waiting for a processor", Pressure::getCpuSomeMicros),
        pressure("cpu_stalled", "stalled for a processor", Pressure::getCpuFullMicros),
        pressure("memory_waiting", "waiting for memory", Pressure::getMemorySomeMicros),
        pressure("memory_stalled", "stalled for memory", Pressure::getMemoryFullMicros),
        pressure("io_waiting", "waiting for input or output", Pressure::getIoSomeMicros),
        pressure("io_stalled", "stalled for input or output", Pressure::getIoFullMicros));
  }

  private static Family pressure(
      String name, String what, Function<Pressure, @Nullable Long> micros) {
    return new Family(
        "container_pressure_" + name + "_seconds_total",
        "counter",
        "Total time duration in which tasks were " + what + ".",
        c -> one("", divided(apply(c.stats().getPressure(), micros), MICROS)));
  }

  private static List<Family> network() {
    return List.of(
        network("receive_bytes", "bytes received", Network::getRxBytes),
        network("receive_packets", "packets received", Network::getRxPackets),
        network(
            "receive_packets_dropped", "packets dropped while receiving", Network::getRxDropped),
        network("receive_errors", "errors encountered while receiving", Network::getRxErrors),
        network("transmit_bytes", "bytes transmitted", Network::getTxBytes),
        network("transmit_packets", "packets transmitted", Network::getTxPackets),
        network(
            "transmit_packets_dropped",
            "packets dropped while transmitting",
            Network::getTxDropped),
        network("transmit_errors", "errors encountered while transmitting", Network::getTxErrors));
  }

  private static Family network(String name, String what, Function<Network, @Nullable Long> value) {
    return new Family(
        "container_network_" + name + "_total",
        "counter",
        "Cumulative count of " + what + ".",
        c -> {
          var series = new ArrayList<Series>();
          for (var network : c.stats().getNetworks()) {
            add(series, label("interface", network.getName()), value.apply(network));
          }
          return series;
        });
  }

  private static List<Family> blockIo() {
    return List.of(
        blockIo("reads_bytes", "bytes read", BlockIo::getReadBytes),
        blockIo("writes_bytes", "bytes written", BlockIo::getWriteBytes),
        blockIo("reads", "reads completed", BlockIo::getReadOps),
        blockIo("writes", "writes completed", BlockIo::getWriteOps),
        new Family(
            "container_blkio_device_usage_total",
            "counter",
            "Blkio device bytes usage.",
            c -> {
              var series = new ArrayList<Series>();
              for (var device : c.stats().getBlockIo()) {
                add(series, usage(device, "Read"), device.getReadBytes());
                add(series, usage(device, "Write"), device.getWriteBytes());
              }
              return series;
            }));
  }

  private static Family blockIo(String name, String what, Function<BlockIo, @Nullable Long> value) {
    return new Family(
        "container_fs_" + name + "_total",
        "counter",
        "Cumulative count of " + what + ".",
        c -> {
          var series = new ArrayList<Series>();
          for (var device : c.stats().getBlockIo()) {
            add(series, label("device", name(device)), value.apply(device));
          }
          return series;
        });
  }

  private static String name(BlockIo device) {
    return device.getDevice() == null
        ? device.getMajor() + ":" + device.getMinor()
        : device.getDevice();
  }

  private static String usage(BlockIo device, String operation) {
    return String.join(
        ",",
        label("device", name(device)),
        label("major", Long.toString(device.getMajor())),
        label("minor", Long.toString(device.getMinor())),
        label("operation", operation));
  }

  private static List<Family> statspout() {
    return List.of(
        new Family(
            "cpu_usage_percent",
            "gauge",
            "Use of processors as docker stats shows it: 100 is one processor.",
            c -> one("", apply(c.stats().getCpu(), Cpu::getPercent))),
        new Family(
            "memory_usage_percent",
            "gauge",
            "Used memory of the limit, as docker stats shows it.",
            c -> one("", apply(c.stats().getMemory(), Memory::getPercent))),
        new Family(
            "tx_bytes",
            "gauge",
            "Bytes sent over all interfaces.",
            c -> one("", sum(c.stats(), Network::getTxBytes))),
        new Family(
            "rx_bytes",
            "gauge",
            "Bytes received over all interfaces.",
            c -> one("", sum(c.stats(), Network::getRxBytes))));
  }

  private static @Nullable Long sum(
      ContainerStats stats, Function<Network, @Nullable Long> counter) {
    return stats.getNetworks().stream()
        .map(counter)
        .filter(Objects::nonNull)
        .reduce(Long::sum)
        .orElse(null);
  }

  private static Function<ShownContainer, List<Series>> pids(Function<Pids, @Nullable Long> value) {
    return c -> one("", apply(c.stats().getPids(), value));
  }

  private static <T, V> @Nullable V apply(@Nullable T source, Function<T, @Nullable V> value) {
    return source == null ? null : value.apply(source);
  }

  /** Whole numbers stay whole. */
  private static @Nullable Number divided(@Nullable Long value, double divisor) {
    if (value == null) {
      return null;
    }
    return divisor == 1 ? (Number) value : (Number) Double.valueOf(value / divisor);
  }

  private static @Nullable Double seconds(@Nullable Instant time) {
    return time == null ? null : Double.valueOf(time.toEpochMilli() / MILLIS);
  }

  private static List<Series> one(String labels, @Nullable Number value) {
    var series = new ArrayList<Series>(1);
    add(series, labels, value);
    return series;
  }

  private static void add(List<Series> series, String labels, @Nullable Number value) {
    if (value != null && Double.isFinite(value.doubleValue())) {
      series.add(new Series(labels, value));
    }
  }
}
