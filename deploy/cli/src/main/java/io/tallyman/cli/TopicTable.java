package io.tallyman.cli;

import io.tallyman.schemas.Topic;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.config.TopicConfig;
import org.jspecify.annotations.Nullable;

/** Topics beside what the catalogue says of them, as lines of text. */
final class TopicTable {

  private static final List<String> COMPARED =
      List.of(
          TopicConfig.CLEANUP_POLICY_CONFIG,
          TopicConfig.RETENTION_MS_CONFIG,
          TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG);
  private static final long MILLIS_PER_DAY = 86_400_000;

  /** What a broker says of a topic. */
  record Actual(int partitions, int replicas, Map<String, String> config) {

    static Actual of(TopicDescription description, Config config) {
      Map<String, String> compared = new HashMap<>();
      for (String name : COMPARED) {
        if (config.get(name) != null) {
          compared.put(name, config.get(name).value());
        }
      }
      int replicas = description.partitions().getFirst().replicas().size();
      return new Actual(description.partitions().size(), replicas, compared);
    }
  }

  private final OptionalInt partitions;
  private final OptionalInt replicas;
  private final List<List<String>> rows = new ArrayList<>();
  private int differences;

  /**
   * Compares.
   *
   * @param partitions of all topics but those that have one by nature; empty for any number
   * @param replicas of each; empty for any number
   */
  TopicTable(
      OptionalInt partitions,
      OptionalInt replicas,
      List<Topic> topics,
      Map<String, Actual> actual) {
    this.partitions = partitions;
    this.replicas = replicas;
    rows.add(List.of("TOPIC", "PARTITIONS", "REPLICAS", "CLEANUP", "RETENTION", "DIFFERENCE"));
    topics.forEach(topic -> add(topic, actual.get(topic.name())));
  }

  /** How many topics are missing or not as they should be. */
  int differences() {
    return differences;
  }

  /** The table with aligned columns. */
  List<String> lines() {
    int columns = rows.getFirst().size();
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    List<String> lines = new ArrayList<>();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < columns; i++) {
        line.append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length() + 2));
      }
      lines.add(line.toString().stripTrailing());
    }
    return lines;
  }

  private void add(Topic topic, @Nullable Actual actual) {
    if (actual == null) {
      differences++;
      rows.add(List.of(topic.name(), "-", "-", "-", "-", "missing"));
      return;
    }
    String difference = difference(topic, actual);
    differences += difference.isEmpty() ? 0 : 1;
    rows.add(
        List.of(
            topic.name(),
            String.valueOf(actual.partitions()),
            String.valueOf(actual.replicas()),
            actual.config().getOrDefault(TopicConfig.CLEANUP_POLICY_CONFIG, "?"),
            retention(actual.config().get(TopicConfig.RETENTION_MS_CONFIG)),
            difference));
  }

  private String difference(Topic topic, Actual actual) {
    List<String> found = new ArrayList<>();
    compare(
            "partitions",
            topic.partitions() == 1 ? OptionalInt.of(1) : partitions,
            actual.partitions())
        .ifPresent(found::add);
    compare("replicas", replicas, actual.replicas()).ifPresent(found::add);
    for (String name : COMPARED) {
      String expected = topic.config().get(name);
      if (expected != null && !same(expected, actual.config().get(name))) {
        String shown =
            name.equals(TopicConfig.RETENTION_MS_CONFIG) ? retention(expected) : expected;
        found.add(name + ": " + shown + " wanted");
      }
    }
    return String.join("; ", found);
  }

  private static Optional<String> compare(String what, OptionalInt wanted, int actual) {
    return wanted.isEmpty() || wanted.getAsInt() == actual
        ? Optional.empty()
        : Optional.of(what + ": " + wanted.getAsInt() + " wanted");
  }

  /** {@code compact,delete} and {@code delete,compact} are the same. */
  private static boolean same(String expected, @Nullable String actual) {
    return actual != null
        && new TreeSet<>(Arrays.asList(expected.split(",")))
            .equals(new TreeSet<>(Arrays.asList(actual.split(","))));
  }

  private static String retention(@Nullable String millis) {
    if (millis == null) {
      return "?";
    }
    long value = Long.parseLong(millis);
    if (value < 0) {
      return "for ever";
    }
    return value % MILLIS_PER_DAY == 0 ? value / MILLIS_PER_DAY + " d" : value + " ms";
  }
}
