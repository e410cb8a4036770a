package io.tallyman.agent.inventory;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a container's labels allow it to use before it raises an alert. Immutable.
 *
 * @param cpuPercent label {@code tallyman.max-cpu}, compared with {@code cpu.percent}: 100 is one
 *     whole processor; null without a valid one
 * @param memoryPercent label {@code tallyman.max-memory}, percent of the memory limit; null without
 *     a valid one
 * @param mistakes names of labels that are there and cannot be obeyed
 */
public record AlertThresholds(
    @Nullable Double cpuPercent, @Nullable Double memoryPercent, List<String> mistakes) {

  public static final String MAX_CPU = "tallyman.max-cpu";
  public static final String MAX_MEMORY = "tallyman.max-memory";

  public static final AlertThresholds NONE = new AlertThresholds(null, null, List.of());

  public AlertThresholds {
    mistakes = List.copyOf(mistakes);
  }

  /** True when nothing can raise an alert. */
  public boolean isEmpty() {
    return cpuPercent == null && memoryPercent == null;
  }

  static AlertThresholds of(Map<String, String> labels) {
    if (!labels.containsKey(MAX_CPU) && !labels.containsKey(MAX_MEMORY)) {
      return NONE;
    }
    List<String> mistakes = new ArrayList<>();
    return new AlertThresholds(
        percent(labels, MAX_CPU, mistakes), percent(labels, MAX_MEMORY, mistakes), mistakes);
  }

  private static @Nullable Double percent(
      Map<String, String> labels, String key, List<String> mistakes) {
    String text = labels.get(key);
    if (text == null) {
      return null;
    }
    try {
      double percent = Double.parseDouble(text);
      if (percent > 0 && Double.isFinite(percent)) {
        return percent;
      }
    } catch (NumberFormatException e) {
      // Falls through: it is as wrong as a negative number.
    }
    mistakes.add(key);
    return null;
  }
}
