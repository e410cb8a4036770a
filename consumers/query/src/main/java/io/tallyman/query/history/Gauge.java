package io.tallyman.query.history;

import io.tallyman.v1.ContainerStats;
import io.tallyman.v1.Cpu;
import io.tallyman.v1.Memory;
import io.tallyman.v1.Pids;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A charted figure that goes up and down; {@code NaN} where it is not known. The order is that of
 * the stored form: append only.
 */
public enum Gauge {
  CPU_PERCENT("cpu", "percent", of(ContainerStats::getCpu, Cpu::getPercent)),
  MEMORY_USED("memory", "usedBytes", of(ContainerStats::getMemory, Memory::getUsedBytes)),
  MEMORY_WORKING_SET(
      "memory", "workingSetBytes", of(ContainerStats::getMemory, Memory::getWorkingSetBytes)),
  MEMORY_LIMIT("memory", "limitBytes", of(ContainerStats::getMemory, Memory::getLimitBytes)),
  PIDS("pids", "current", of(ContainerStats::getPids, Pids::getCurrent));

  static final int COUNT = values().length;

  private final String group;
  private final String field;

  @SuppressWarnings("ImmutableEnumChecker") // a method reference, or one that holds such
  private final Function<ContainerStats, @Nullable Number> reader;

  Gauge(String group, String field, Function<ContainerStats, @Nullable Number> reader) {
    this.group = group;
    this.field = field;
    this.reader = reader;
  }

  /** Name of the record's part that has it. */
  public String group() {
    return group;
  }

  /** Name of the field in that part. */
  public String field() {
    return field;
  }

  /** Whether its values are whole numbers. */
  public boolean isWhole() {
    return this != CPU_PERCENT;
  }

  /** Its place among the others, in memory and as stored. */
  @SuppressWarnings("EnumOrdinal") // what the order is for
  int index() {
    return ordinal();
  }

  double of(ContainerStats stats) {
    Number value = reader.apply(stats);
    return value == null || !(value.doubleValue() >= 0) || Double.isInfinite(value.doubleValue())
        ? Double.NaN
        : value.doubleValue();
  }

  private static <P> Function<ContainerStats, @Nullable Number> of(
      Function<ContainerStats, @Nullable P> part, Function<P, ? extends @Nullable Number> field) {
    return stats -> {
      P found = part.apply(stats);
      return found == null ? null : field.apply(found);
    };
  }
}
