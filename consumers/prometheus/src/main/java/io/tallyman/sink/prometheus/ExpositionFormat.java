package io.tallyman.sink.prometheus;

import io.tallyman.v1.ContainerStats;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Writes Prometheus' text format; pure. */
final class ExpositionFormat {

  private ExpositionFormat() {}

  /** How many series a container makes. */
  static int seriesOf(ShownContainer container) {
    int count = 0;
    for (var family : Families.ALL) {
      count += family.series().apply(container).size();
    }
    return count;
  }

  /** All metrics of all containers, without timestamps. */
  static void write(StringBuilder text, List<ShownContainer> containers) {
    var labels = new ArrayList<String>();
    var shown = new ArrayList<ShownContainer>();
    var seen = new HashSet<String>();
    for (var container : containers) {
      var own = labels(container.stats());
      // Clones of a machine may share ids and names; the same series twice would fail the scrape.
      if (seen.add(own)) {
        shown.add(container);
        labels.add(own);
      }
    }
    for (var family : Families.ALL) {
      boolean head = false;
      for (int i = 0; i < shown.size(); i++) {
        for (var series : family.series().apply(shown.get(i))) {
          if (!head) {
            head(text, family.name(), family.type(), family.help());
            head = true;
          }
          text.append(family.name()).append('{').append(labels.get(i));
          if (!series.labels().isEmpty()) {
            text.append(',').append(series.labels());
          }
          text.append("} ").append(series.value()).append('\n');
        }
      }
    }
  }

  /** A metric without labels. */
  static void writeOne(StringBuilder text, String name, String type, String help, long value) {
    head(text, name, type, help);
    text.append(name).append(' ').append(value).append('\n');
  }

  private static void head(StringBuilder text, String name, String type, String help) {
    text.append("# HELP ").append(name).append(' ').append(help).append('\n');
    text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
  }

  /** The labels that cAdvisor gives every series, and the host. */
  private static String labels(ContainerStats stats) {
    var labels = new TreeMap<String, String>();
    for (var label : new TreeMap<>(stats.getLabels()).entrySet()) {
      labels.put(
          "container_label_" + label.getKey().replaceAll("[^a-zA-Z0-9_]", "_"), label.getValue());
    }
    labels.put("id", "/docker/" + stats.getContainerId());
    labels.put("name", text(stats.getContainerName()));
    labels.put("image", text(stats.getImage()));
    labels.put("host", stats.getHostName().isEmpty() ? stats.getHostId() : stats.getHostName());
    return labels(labels);
  }

  static String labels(Map<String, String> labels) {
    var text = new StringBuilder();
    labels.forEach((name, value) -> {
      if (!text.isEmpty()) {
        text.append(',');
      }
      text.append(label(name, value));
    });
    return text.toString();
  }

  static String label(String name, String value) {
    return name
        + "=\""
        + value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n")
        + "\"";
  }

  private static String text(@Nullable String value) {
    return value == null ? "" : value;
  }
}
