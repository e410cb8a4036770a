package io.tallyman.cli.up;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * What a user needs to know of a standalone Tallyman that has started.
 *
 * @param engine on what it runs, a phrase
 * @param portNote why Kafka's port is another than the usual one; null when it is not
 * @param sinks where those that run beside tell how they are, by name
 * @param log where log lines go; null for standard error
 */
public record Addresses(
    String version,
    String engine,
    String dashboard,
    String kafka,
    @Nullable String portNote,
    String topicPrefix,
    SequencedMap<String, String> sinks,
    Path data,
    @Nullable Path log) {

  /** The lines that are printed at the start. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add("Tallyman " + version + " on " + engine);
    lines.add("  Dashboard  " + dashboard + "/");
    lines.add("  Kafka      " + kafka + (portNote == null ? "" : "  (" + portNote + ")"));
    String prefix = topicPrefix.isEmpty() ? "" : " --topic-prefix " + topicPrefix;
    lines.add("  Read it    ./tallyman sink stdout --format text --kafka " + kafka + prefix);
    // Debian's, for one, is built without.
    lines.add(
        "             kcat -C -b %s -t %sdocker.events.v1 -s value=avro -r %s  (a kcat with Avro)"
            .formatted(kafka, topicPrefix, dashboard));
    sinks.forEach((name, url) ->
        lines.add(
            "  Sink       %s, %s/health/readiness and /metrics (its own)".formatted(name, url)));
    lines.add("  Data       " + data);
    if (log != null) {
      lines.add("  Log        " + log);
    }
    lines.add("Ctrl-C stops it.");
    return lines;
  }
}
