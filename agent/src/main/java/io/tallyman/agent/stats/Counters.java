package io.tallyman.agent.stats;

import io.tallyman.agent.engine.StatsReading;
import io.tallyman.agent.engine.StatsReading.BlockIoEntry;
import io.tallyman.agent.engine.StatsReading.CpuCounters;
import io.tallyman.agent.engine.StatsReading.NetworkCounters;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Compares the counters of two readings of one container. */
final class Counters {

  private Counters() {}

  /**
   * True when a counter that both readings have is lower in the later one. A device or an interface
   * that only one of them has proves nothing: they come and go while a container runs.
   */
  static boolean wentBack(StatsReading before, StatsReading now) {
    return cpuWentBack(before.cpu(), now.cpu())
        || networksWentBack(before.networks(), now.networks())
        || blockIoWentBack(before.blockIo(), now.blockIo());
  }

  private static boolean cpuWentBack(@Nullable CpuCounters before, @Nullable CpuCounters now) {
    return before != null && now != null && lower(before.totalNanos(), now.totalNanos());
  }

  private static boolean networksWentBack(
      Map<String, NetworkCounters> before, Map<String, NetworkCounters> now) {
    return now.entrySet().stream()
        .anyMatch(entry -> {
          NetworkCounters old = before.get(entry.getKey());
          return old != null
              && (lower(old.rxBytes(), entry.getValue().rxBytes())
                  || lower(old.txBytes(), entry.getValue().txBytes()));
        });
  }

  private static boolean blockIoWentBack(List<BlockIoEntry> before, List<BlockIoEntry> now) {
    if (before.isEmpty() || now.isEmpty()) {
      return false;
    }
    Map<Counter, Long> old = new HashMap<>();
    before.forEach(entry -> old.put(Counter.of(entry), entry.value()));
    return now.stream().anyMatch(entry -> lower(old.get(Counter.of(entry)), entry.value()));
  }

  private static boolean lower(@Nullable Long before, @Nullable Long now) {
    return before != null && now != null && now < before;
  }

  private record Counter(BlockIoEntry.Kind kind, long major, long minor, String op) {
    private static Counter of(BlockIoEntry entry) {
      return new Counter(entry.kind(), entry.major(), entry.minor(), entry.op());
    }
  }
}
