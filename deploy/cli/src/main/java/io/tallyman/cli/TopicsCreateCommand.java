package io.tallyman.cli;

import io.tallyman.cli.kafka.KafkaAccess;
import io.tallyman.cli.settings.Part;
import io.tallyman.cli.settings.Settings;
import io.tallyman.schemas.TopicSettings;
import io.tallyman.schemas.Topics;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Creates what is missing of the catalogue, or says which rights the parts need. */
@Command(
    name = "create",
    description = "Create the topics that are missing; those that exist are left as they are.",
    footer = {
      "",
      "Examples:",
      "  tallyman topics create --kafka broker:9092",
      "  tallyman topics create --kafka broker:9092 --set tallyman.kafka.replication-factor=3",
      "  tallyman topics create --kafka broker:9092 --acl > grant.sh"
    })
final class TopicsCreateCommand extends SettingsCommand {

  @Option(
      names = "--acl",
      description =
          "Also print the kafka-acls.sh commands that give each part the rights it needs, and no"
              + " more; they are not run. Users are named User:tallyman-agent, -query and -sink.")
  private boolean acl;

  @Override
  Part part() {
    return Part.TOPICS;
  }

  @Override
  void run(Settings settings) {
    KafkaAccess kafka = KafkaAccess.of(settings);
    TopicSettings topics = KafkaAccess.topics(settings);
    Set<String> created = kafka.asAdmin(admin -> Topics.createMissing(admin, topics));
    String comment = acl ? "# " : "";
    created.stream().sorted().forEach(name -> out().println(comment + "created " + name));
    int existing = Topics.all().size() - created.size();
    if (existing > 0) {
      out().println(comment + existing + " of " + Topics.all().size() + " existed already");
    }
    if (acl) {
      Acls.commands(kafka.bootstrapServers(), topics.prefix()).forEach(out()::println);
    }
  }
}
