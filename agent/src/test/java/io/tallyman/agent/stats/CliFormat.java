package io.tallyman.agent.stats;

import io.tallyman.v1.BlockIo;
import io.tallyman.v1.ContainerStats;
import io.tallyman.v1.Memory;
import io.tallyman.v1.Network;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Prints a record as {@code docker stats} does. */
final class CliFormat {

  private static final List<String> BINARY = List.of("B", "KiB", "MiB", "GiB", "TiB");
  private static final List<String> DECIMAL = List.of("B", "kB", "MB", "GB", "TB");

  private CliFormat() {}

  static Map<String, String> of(ContainerStats stats) {
    Memory memory = stats.getMemory();
    return Map.of(
        "CPUPerc",
        percent(stats.getCpu() == null ? null : stats.getCpu().getPercent()),
        "MemUsage",
        memory == null
            ? "0B / 0B"
            : size(memory.getUsedBytes(), 1024, BINARY, 4)
                + " / "
                + size(memory.getLimitBytes(), 1024, BINARY, 4),
        "MemPerc",
        percent(memory == null ? null : memory.getPercent()),
        "NetIO",
        decimal(stats.getNetworks(), Network::getRxBytes)
            + " / "
            + decimal(stats.getNetworks(), Network::getTxBytes),
        "BlockIO",
        decimal(stats.getBlockIo(), BlockIo::getReadBytes)
            + " / "
            + decimal(stats.getBlockIo(), BlockIo::getWriteBytes),
        "PIDs",
        String.valueOf(stats.getPids().getCurrent()));
  }

  private static String percent(@Nullable Double percent) {
    return percent == null ? "-" : String.format(Locale.ROOT, "%.2f%%", percent);
  }

  private static <T> String decimal(List<T> parts, Function<T, @Nullable Long> bytes) {
    long sum = 0;
    for (T part : parts) {
      Long value = bytes.apply(part);
      sum += value == null ? 0 : value;
    }
    return size(sum, 1000, DECIMAL, 3);
  }

  private static String size(@Nullable Long bytes, int base, List<String> units, int digits) {
    double size = bytes == null ? 0 : bytes;
    int unit = 0;
    while (size >= base && unit < units.size() - 1) {
      size /= base;
      unit++;
    }
    BigDecimal rounded = new BigDecimal(size).round(new MathContext(digits));
    return rounded.stripTrailingZeros().toPlainString() + units.get(unit);
  }
}
