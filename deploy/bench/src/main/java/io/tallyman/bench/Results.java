package io.tallyman.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Prints a report and, when asked to, keeps it as a file and in the README beside it. */
final class Results {

  @Option(
      names = "--save",
      paramLabel = "DIR",
      description =
          "Also write DIR/results/NAME.json, and the table between the measurement's markers in"
              + " DIR/README.md.")
  private @Nullable Path directory;

  /** Of the beginning, because the clone may change while the measurement runs. */
  private final Map<String, String> machine = Machine.describe();

  /** Returns the exit code: 1 when the run fell short. */
  int deliver(Report report) {
    machine.forEach(report::add);
    report.add("load average at the end (1, 5, 15 min)", Machine.loadAverage());
    System.out.println(report.text());
    Path kept = directory;
    if (kept != null) {
      try {
        writeJson(report, kept.resolve("results").resolve(report.name() + ".json"));
        writeTable(report, kept.resolve("README.md"));
      } catch (IOException e) {
        throw new UncheckedIOException("cannot save the results in " + kept, e);
      }
    }
    return report.shortfalls().isEmpty() ? 0 : 1;
  }

  private static void writeJson(Report report, Path file) throws IOException {
    Map<String, Object> content = new LinkedHashMap<>();
    content.put("name", report.name());
    content.put("figures", report.figures());
    content.put("shortfalls", report.shortfalls());
    Files.createDirectories(file.toAbsolutePath().getParent());
    ObjectMapper mapper = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    Files.writeString(file, mapper.writeValueAsString(content) + "\n");
  }

  private static void writeTable(Report report, Path readme) throws IOException {
    String begin = "<!-- results of " + report.name() + " -->\n";
    String end = "<!-- end of results of " + report.name() + " -->\n";
    String text = Files.readString(readme);
    int from = text.indexOf(begin);
    int to = text.indexOf(end);
    if (from < 0 || to < from) {
      throw new BenchException(readme + " has no markers for the results of " + report.name());
    }
    StringBuilder table = new StringBuilder("\n| figure | value |\n|---|---|\n");
    report
        .figures()
        .forEach((figure, value) -> table.append("| %s | %s |\n".formatted(figure, value)));
    report.shortfalls().forEach(each -> table.append("| **shortfall** | %s |\n".formatted(each)));
    Files.writeString(
        readme, text.substring(0, from + begin.length()) + table + "\n" + text.substring(to));
  }
}
