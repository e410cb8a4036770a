package io.tallyman.sink.influxdb;

import io.tallyman.v1.ContainerStats;
import io.tallyman.v1.Network;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Statspout's layout: four measurements with one field {@code value}. The two percentages are those
 * of {@code docker stats}, the two counters are 64-bit integers over all interfaces.
 */
final class StatspoutMapper implements StatsMapper {

  private static final int SHORT_ID_CHARS = 12;

  private static final Set<String> MEASUREMENTS =
      Set.of("cpu_usage", "mem_usage", "tx_bytes", "rx_bytes");

  @Override
  public List<Point> map(ContainerStats stats) {
    var tags = tags(stats);
    long time = PointBuilder.nanos(stats.getSampledAt());
    var cpu = stats.getCpu();
    var memory = stats.getMemory();
    var points = new ArrayList<Point>(4);
    add(points, "cpu_usage", tags, cpu == null ? null : cpu.getPercent(), time);
    add(points, "mem_usage", tags, memory == null ? null : memory.getPercent(), time);
    add(points, "tx_bytes", tags, sum(stats, Network::getTxBytes), time);
    add(points, "rx_bytes", tags, sum(stats, Network::getRxBytes), time);
    return points;
  }

  private static SortedMap<String, String> tags(ContainerStats stats) {
    var tags = new TreeMap<String, String>();
    var name = stats.getContainerName();
    var id = stats.getContainerId();
    Tags.put(
        tags,
        "container",
        name == null ? id.substring(0, Math.min(SHORT_ID_CHARS, id.length())) : name);
    Tags.put(
        tags, Tags.HOST, stats.getHostName().isEmpty() ? stats.getHostId() : stats.getHostName());
    Tags.put(tags, Tags.HOST_ID, stats.getHostId());
    return tags;
  }

  private static void add(
      List<Point> points,
      String measurement,
      SortedMap<String, String> tags,
      @Nullable Object value,
      long time) {
    new PointBuilder(measurement, tags).field("value", value).addTo(points, time);
  }

  /** Null when no interface tells. */
  static @Nullable Long sum(ContainerStats stats, Function<Network, @Nullable Long> counter) {
    return stats.getNetworks().stream()
        .map(counter)
        .filter(Objects::nonNull)
        .reduce(Long::sum)
        .orElse(null);
  }

  @Override
  public Set<String> essential() {
    return MEASUREMENTS;
  }

  @Override
  public boolean knows(String name) {
    return MEASUREMENTS.contains(name);
  }
}
