package io.tallyman.cli;

import io.tallyman.agent.app.RunningAgent;
import io.tallyman.cli.kafka.KafkaAccess;
import io.tallyman.cli.settings.ConfigKeys;
import io.tallyman.cli.settings.Part;
import io.tallyman.cli.settings.Settings;
import io.tallyman.cli.up.AgentPart;
import picocli.CommandLine.Command;

/** Runs the agent alone. */
@Command(
    name = "agent",
    description = "Run the agent of this host; it writes to a Kafka that runs elsewhere.",
    footer = {
      "",
      "It runs until SIGTERM or Ctrl-C (exit code 0, or 1 when Kafka has not taken everything; the",
      "rest is sent at the next start). One agent per Docker host.",
      "",
      "Examples:",
      "  tallyman agent --kafka broker:9092",
      "  tallyman agent --kafka broker:9092 --interval 10s --set tallyman.host.tags=site=harbour",
      "  tallyman agent --config /etc/tallyman/agent.yml"
    })
final class AgentCommand extends PartCommand {

  @Override
  Part part() {
    return Part.AGENT;
  }

  @Override
  AutoCloseable start(Settings settings, StopSignal stop) {
    KafkaAccess kafka = KafkaAccess.of(settings);
    RunningAgent agent =
        AgentPart.start(
            settings,
            kafka,
            KafkaAccess.topics(settings),
            settings.get(ConfigKeys.DATA_DIR).resolve("agent"),
            settings.get(ConfigKeys.AGENT_PORT));
    out().println("Agent: " + agent.httpAddress());
    return () -> stop(agent, settings);
  }

  private static void stop(RunningAgent agent, Settings settings) {
    long unsent = agent.stop();
    if (unsent > 0) {
      throw new CommandException(
          "Kafka did not take everything: %d record%s in %s, sent at the next start."
              .formatted(
                  unsent,
                  unsent == 1 ? " stays" : "s stay",
                  settings.get(ConfigKeys.DATA_DIR).resolve("agent").resolve("spool")));
    }
  }
}
