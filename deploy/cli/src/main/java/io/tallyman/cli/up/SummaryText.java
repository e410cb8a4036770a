package io.tallyman.cli.up;

import io.tallyman.cli.up.Snapshot.Busy;
import io.tallyman.cli.up.Snapshot.Happening;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Writes a snapshot as lines of text. A pure function of it and the time zone. */
final class SummaryText {

  private static final int EVENTS = 5;
  private static final int CPU_WIDTH = 8;
  private static final int MEMORY_WIDTH = 21;

  private final DateTimeFormatter clock;

  SummaryText(ZoneId zone) {
    clock = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT).withZone(zone);
  }

  /** The live block: none of its lines is longer than {@code width}. */
  List<String> block(Snapshot snapshot, int width) {
    List<String> lines = new ArrayList<>();
    lines.add(status(snapshot));
    lines.add("");
    int name = Math.max(12, width - CPU_WIDTH - MEMORY_WIDTH - 2);
    lines.add(row("CONTAINER", "CPU %", "MEMORY", name));
    for (Busy busy : snapshot.top()) {
      lines.add(row(busy.name(), cpu(busy.cpuPercent()), memory(busy), name));
    }
    if (snapshot.top().isEmpty()) {
      lines.add("no readings yet");
    }
    lines.add("");
    lines.add("LATEST EVENTS");
    snapshot.latest().stream().limit(EVENTS).map(this::event).forEach(lines::add);
    if (snapshot.latest().isEmpty()) {
      lines.add("none yet");
    }
    return lines.stream().map(line -> cut(printable(line), width)).toList();
  }

  /** One line: hosts, containers, rates and lanes. */
  String status(Snapshot snapshot) {
    StringBuilder line = new StringBuilder();
    line.append(count(snapshot.hosts(), "host")).append(", ");
    line.append(count(snapshot.running(), "container")).append(" running");
    if (snapshot.other() > 0) {
      line.append(" (").append(snapshot.other()).append(" not)");
    }
    Double rate = snapshot.samplesPerSecond();
    if (rate != null) {
      line.append(String.format(Locale.ROOT, ", %.1f samples/s", rate));
    }
    line.append(", ").append(count(snapshot.records(), "record"));
    line.append(", ").append(lanes(snapshot));
    return printable(line.toString());
  }

  /** An event on a line of its own. */
  String event(Happening event) {
    String action =
        event.exitCode() == null ? event.action() : event.action() + " " + event.exitCode();
    return printable(
        "%s  %-14s %s  %s"
            .formatted(clock.format(event.time()), action, event.container(), event.image()));
  }

  private static String lanes(Snapshot snapshot) {
    String problem = snapshot.problem();
    if (problem != null) {
      return problem;
    }
    if (snapshot.hosts() == 0) {
      return "waiting for the first heartbeat";
    }
    if (snapshot.silentEngines() > 0) {
      return snapshot.hosts() == 1
          ? "the engine does not answer"
          : count(snapshot.silentEngines(), "engine") + " without answer";
    }
    if (snapshot.dropped() > 0) {
      return "lanes: " + snapshot.dropped() + " dropped";
    }
    if (snapshot.stale()) {
      return "lanes behind";
    }
    return snapshot.waiting() > snapshot.running() + 100L
        ? "lanes behind: " + snapshot.waiting() + " waiting"
        : "lanes ok";
  }

  private static String row(String name, String cpu, String memory, int nameWidth) {
    return pad(cut(printable(name), nameWidth), nameWidth)
        + " ".repeat(Math.max(0, CPU_WIDTH - cpu.length()))
        + cpu
        + "  "
        + memory;
  }

  private static String cpu(@Nullable Double percent) {
    return percent == null ? "-" : String.format(Locale.ROOT, "%.1f", percent);
  }

  private static String memory(Busy busy) {
    if (busy.memoryBytes() == null) {
      return "-";
    }
    String limit = busy.memoryLimitBytes() == null ? "" : " / " + bytes(busy.memoryLimitBytes());
    return bytes(busy.memoryBytes()) + limit;
  }

  static String bytes(long bytes) {
    String[] units = {"B", "KiB", "MiB", "GiB", "TiB"};
    double value = bytes;
    int unit = 0;
    while (value >= 1_000 && unit < units.length - 1) {
      value /= 1_024;
      unit++;
    }
    return unit == 0
        ? bytes + " B"
        : String.format(Locale.ROOT, value < 10 ? "%.1f %s" : "%.0f %s", value, units[unit]);
  }

  private static String count(long number, String thing) {
    return number + " " + thing + (number == 1 ? "" : "s");
  }

  private static String pad(String text, int width) {
    return text + " ".repeat(Math.max(0, width - text.length()));
  }

  private static String cut(String text, int width) {
    return text.length() <= width ? text : text.substring(0, Math.max(0, width - 1)) + "…";
  }

  /** Names come from elsewhere and must not command the terminal. */
  private static String printable(String text) {
    return text.replaceAll("\\p{Cntrl}", "?");
  }
}
