package io.tallyman.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What one run of a measurement printed, in order. Used by one thread. */
final class Report {

  private final String name;
  private final Map<String, String> figures = new LinkedHashMap<>();
  private final List<String> shortfalls = new ArrayList<>();

  Report(String name) {
    this.name = name;
  }

  String name() {
    return name;
  }

  Map<String, String> figures() {
    return figures;
  }

  /** What the run shows that must not be; empty when all is well. */
  List<String> shortfalls() {
    return shortfalls;
  }

  Report add(String figure, Object value) {
    figures.put(figure, String.valueOf(value));
    return this;
  }

  /** Adds a number with as many digits behind the point. */
  Report add(String figure, double value, int digits) {
    return add(figure, String.format(Locale.ROOT, "%." + digits + "f", value));
  }

  /** Notes a shortfall unless the condition holds. */
  Report require(boolean condition, String shortfall) {
    if (!condition) {
      shortfalls.add(shortfall);
    }
    return this;
  }

  /** The figures as they are printed. */
  String text() {
    int width = figures.keySet().stream().mapToInt(String::length).max().orElse(0);
    StringBuilder text = new StringBuilder(name).append('\n');
    figures.forEach(
        (figure, value) -> text.append("  %s  %s%n".formatted(pad(figure, width), value)));
    shortfalls.forEach(each -> text.append("  SHORTFALL: ").append(each).append('\n'));
    return text.toString();
  }

  private static String pad(String text, int width) {
    return text + " ".repeat(width - text.length());
  }
}
