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
      "  tallyman query --kafka broker:9092 --port 8081 --data-dir /srv/tallyman",
      "",
      "Start it on several machines, or on several ports of one, and they share the work: any of",
      "them answers for all hosts."
    })
final class QueryCommand extends PartCommand {

  private static final int USUAL_PORT = 8080;

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
            settings.get(ConfigKeys.DATA_DIR).resolve(stateDirectory(settings)),
            false);
    out().println("Dashboard: " + query.url() + "/");
    return query;
  }

  /** State belongs to one process, so that a second one on this machine needs its own. */
  private static String stateDirectory(Settings settings) {
    int port = settings.get(ConfigKeys.QUERY_PORT);
    return port == 0 || port == USUAL_PORT ? "query" : "query-" + port;
  }
}
