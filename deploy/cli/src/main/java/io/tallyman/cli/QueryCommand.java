package io.tallyman.cli;

import io.tallyman.cli.kafka.KafkaAccess;
import io.tallyman.cli.settings.ConfigKeys;
import io.tallyman.cli.settings.Part;
import io.tallyman.cli.settings.Settings;
import io.tallyman.cli.up.QueryPart;
import io.tallyman.query.RunningQuery;
import picocli.CommandLine.Command;

/** Runs the query service alone. */
@Command(
    name = "query",
    description = "Run the query service with its dashboard on a Kafka that runs elsewhere.",
    footer = {
      "",
      "It runs until SIGTERM or Ctrl-C (exit code 0).",
      "",
      "Examples:",
      "  tallyman query --kafka broker:9092",
      "  tallyman query --kafka broker:9092 --port 8081 --data-dir /srv/tallyman"
    })
final class QueryCommand extends PartCommand {

  @Override
  Part part() {
    return Part.QUERY;
  }

  @Override
  AutoCloseable start(Settings settings, StopSignal stop) {
    KafkaAccess kafka = KafkaAccess.of(settings);
    RunningQuery query =
        QueryPart.start(
            settings,
            kafka,
            KafkaAccess.topics(settings),
            settings.get(ConfigKeys.DATA_DIR).resolve("query"),
            false);
    out().println("Dashboard: " + query.url() + "/");
    return query;
  }
}
