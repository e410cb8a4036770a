package io.tallyman.cli;

import io.tallyman.cli.TopicTable.Actual;
import io.tallyman.cli.kafka.KafkaAccess;
import io.tallyman.cli.settings.ConfigKeys;
import io.tallyman.cli.settings.Part;
import io.tallyman.cli.settings.Settings;
import io.tallyman.schemas.Topic;
import io.tallyman.schemas.TopicSettings;
import io.tallyman.schemas.Topics;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import picocli.CommandLine.Command;

/** Compares the topics with the catalogue. */
@Command(
    name = "describe",
    description = "Show the topics and where they differ from the catalogue; exit code 1 if so.",
    footer = {"", "Examples:", "  tallyman topics describe --kafka broker:9092"})
final class TopicsDescribeCommand extends SettingsCommand {

  @Override
  Part part() {
    return Part.TOPICS;
  }

  @Override
  void run(Settings settings) {
    TopicSettings wanted = KafkaAccess.topics(settings);
    List<Topic> topics =
        Topics.all().stream().map(topic -> topic.withPrefix(wanted.prefix())).toList();
    Map<String, Actual> actual = KafkaAccess.of(settings).asAdmin(admin -> read(admin, topics));
    // How many partitions there are was decided when the topics were made; 12 is a default of that.
    OptionalInt partitions =
        settings.isGiven(ConfigKeys.PARTITIONS)
            ? OptionalInt.of(wanted.partitions())
            : OptionalInt.empty();
    TopicTable table = new TopicTable(partitions, wanted.replicationFactor(), topics, actual);
    table.lines().forEach(out()::println);
    if (table.differences() > 0) {
      throw new CommandException(
          "%d topics are not as the catalogue says; 'topics create' makes those that are missing, kafka-configs.sh alters the others"
              .formatted(table.differences()));
    }
  }

  private static Map<String, Actual> read(Admin admin, List<Topic> topics) {
    Map<String, Actual> found = new HashMap<>();
    List<String> names = topics.stream().map(Topic::name).toList();
    admin
        .describeTopics(names)
        .topicNameValues()
        .forEach((name, future) -> {
          try {
            TopicDescription description = get(future);
            found.put(name, Actual.of(description, config(admin, name)));
          } catch (UnknownTopicOrPartitionException e) {
            found.remove(name);
          }
        });
    return found;
  }

  private static Config config(Admin admin, String topic) {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    return Objects.requireNonNull(
        get(admin.describeConfigs(List.of(resource)).all()).get(resource));
  }

  private static <T> T get(KafkaFuture<T> future) {
    try {
      return future.get();
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof KafkaException kafka ? kafka : new KafkaException(e.getCause());
    }
  }
}
