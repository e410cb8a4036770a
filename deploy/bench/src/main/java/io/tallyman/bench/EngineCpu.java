package io.tallyman.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** User and system time of dockerd and containerd, from {@code /proc}. */
final class EngineCpu {

  private static final Path PROC = Path.of("/proc");
  private static final Set<String> NAMES = Set.of("dockerd", "containerd");
  private static final double TICKS_PER_SECOND = 100;

  private final List<Path> processes;

  /** Of the engine of this machine; where several run, of all of them. */
  EngineCpu() {
    try (Stream<Path> all = Files.list(PROC)) {
      processes = all.filter(EngineCpu::isEngine).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (processes.isEmpty()) {
      throw new BenchException("no dockerd runs on this machine");
    }
  }

  double seconds() {
    return processes.stream().mapToDouble(EngineCpu::seconds).sum();
  }

  private static boolean isEngine(Path process) {
    try {
      return NAMES.contains(Files.readString(process.resolve("comm")).strip());
    } catch (IOException e) {
      return false;
    }
  }

  private static double seconds(Path process) {
    try {
      String stat = Files.readString(process.resolve("stat"));
      // Fields 14 and 15 of the line; what comes before the last bracket may hold blanks.
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND;
    } catch (IOException e) {
      throw new BenchException(process + " is gone", e);
    }
  }
}
