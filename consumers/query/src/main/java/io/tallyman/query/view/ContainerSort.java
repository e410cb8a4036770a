package io.tallyman.query.view;

import io.tallyman.v1.ContainerState;
import io.tallyman.v1.ContainerStats;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a list of containers can be sorted by. Absent values come first, and last in reverse. */
public enum ContainerSort {
  NAME,
  HOST,
  CPU,
  MEMORY,
  CREATED,
  STARTED;

  /** The sort of that parameter value, without the leading dash. */
  public static Optional<ContainerSort> named(String name) {
    return Arrays.stream(values()).filter(sort -> sort.parameter().equals(name)).findFirst();
  }

  /** All parameter values, for messages. */
  public static String names() {
    return Arrays.stream(values()).map(ContainerSort::parameter).collect(Collectors.joining(", "));
  }

  String parameter() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Sorts as text; numbers and times in a fixed width, so that a cursor can carry them. */
  String key(ContainerView view) {
    ContainerState state = view.state().value();
    Observed<ContainerStats> sample = view.sample();
    ContainerStats stats = sample == null ? null : sample.value();
    return switch (this) {
      case NAME -> name(state);
      case HOST -> state.getHostName() + '\u0001' + name(state);
      case CPU ->
          number(stats == null || stats.getCpu() == null ? null : stats.getCpu().getPercent());
      case MEMORY ->
          number(
              stats == null || stats.getMemory() == null || stats.getMemory().getUsedBytes() == null
                  ? null
                  : stats.getMemory().getUsedBytes().doubleValue());
      case CREATED -> time(state.getCreatedAt());
      case STARTED -> time(state.getStartedAt());
    };
  }

  private static String name(ContainerState state) {
    String name = state.getContainerName();
    return name == null ? "" : name;
  }

  /** The bits of doubles that are not negative sort as the doubles do. */
  private static String number(@Nullable Double value) {
    return value == null || !(value >= 0)
        ? ""
        : String.format("%016x", Double.doubleToLongBits(value));
  }

  private static String time(@Nullable Instant time) {
    return time == null ? "" : String.format("%020d", Math.max(0, time.toEpochMilli()));
  }
}
