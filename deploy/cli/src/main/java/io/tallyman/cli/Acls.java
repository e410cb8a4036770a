package io.tallyman.cli;

import io.tallyman.schemas.Topic;
import io.tallyman.schemas.Topics;
import java.util.ArrayList;
import java.util.List;

/** The rights that the parts need on a Kafka with an authorizer, as kafka-acls.sh commands. */
final class Acls {

  private Acls() {}

  /**
   * Commands for users {@code tallyman-agent}, {@code tallyman-query} and {@code tallyman-sink}.
   */
  static List<String> commands(String bootstrapServers, String prefix) {
    String start = "kafka-acls.sh --bootstrap-server " + bootstrapServers + " --add";
    List<String> lines = new ArrayList<>();
    lines.add("# The agent writes the topics, and reads which schemas were written already.");
    for (Topic topic : Topics.all()) {
      lines.add(grant(start, "agent", "Write,Describe", literal(prefix + topic.name())));
    }
    lines.add(grant(start, "agent", "Read", literal(prefix + Topics.SCHEMAS.name())));
    lines.add("# The query service reads them and keeps the changelogs of its state.");
    for (Topic topic : Topics.all()) {
      lines.add(grant(start, "query", "Read,Describe", literal(prefix + topic.name())));
    }
    String streams = prefixed("topic", prefix + "tallyman-query-");
    lines.add(grant(start, "query", "Create,Read,Write,Describe,DescribeConfigs,Delete", streams));
    lines.add(grant(start, "query", "Read", prefixed("group", prefix + "tallyman-query-")));
    lines.add("# Sinks read them, commit, and write what the store rejects to dead letters.");
    for (Topic topic : Topics.all()) {
      lines.add(grant(start, "sink", "Read,Describe", literal(prefix + topic.name())));
    }
    lines.add(grant(start, "sink", "Read", prefixed("group", "tallyman." + prefix)));
    for (Topic topic : Topics.records()) {
      String deadLetters = prefixed("topic", prefix + topic.name() + ".dlq.");
      lines.add(grant(start, "sink", "Create,Write,Describe", deadLetters));
    }
    return lines;
  }

  private static String grant(String start, String user, String operations, String resource) {
    StringBuilder line = new StringBuilder(start);
    line.append(" --allow-principal User:tallyman-").append(user);
    for (String operation : operations.split(",", -1)) {
      line.append(" --operation ").append(operation);
    }
    return line.append(' ').append(resource).toString();
  }

  private static String literal(String topic) {
    return "--topic " + topic;
  }

  private static String prefixed(String kind, String prefix) {
    return "--%s %s --resource-pattern-type prefixed".formatted(kind, prefix);
  }
}
