package io.tallyman.sink.app;

import io.tallyman.schemas.Topic;
import io.tallyman.schemas.TopicSettings;
import io.tallyman.schemas.Topics;
import io.tallyman.sink.KafkaDeadLetters;
import io.tallyman.sink.Preparation;
import io.tallyman.sink.SinkException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.RetriableException;

/** Makes the topics that a sink reads, and those of its dead letters, when they are missing. */
final class SinkTopics implements Preparation, KafkaDeadLetters.TopicMaker {

  private final Supplier<Admin> admins;
  private final TopicSettings settings;
  private final List<Topic> topics;
  private final String sinkName;
  private final Map<String, String> deadLetterTopics = new ConcurrentHashMap<>();

  SinkTopics(Supplier<Admin> admins, TopicSettings settings, List<String> topics, String sinkName) {
    this.admins = admins;
    this.settings = settings;
    this.topics = topics.stream().map(name -> Topics.named(name).orElseThrow()).toList();
    this.sinkName = sinkName;
  }

  @Override
  public void prepare() throws SinkException.Unavailable {
    make(topics);
  }

  @Override
  public String deadLetterTopicOf(String topic) throws SinkException.Unavailable {
    var known = deadLetterTopics.get(topic);
    if (known != null) {
      return known;
    }
    var letters = Topics.deadLetter(topic.substring(settings.prefix().length()), sinkName);
    make(List.of(letters));
    var name = letters.withPrefix(settings.prefix()).name();
    deadLetterTopics.put(topic, name);
    return name;
  }

  @Override
  public void notWritten(String topic) {
    deadLetterTopics.remove(topic);
  }

  private void make(List<Topic> wanted) throws SinkException.Unavailable {
    try (var admin = admins.get()) {
      Topics.createMissing(admin, settings, wanted);
    } catch (RetriableException e) {
      throw new SinkException.Unavailable("Kafka does not answer: " + e.getMessage(), e);
    }
  }
}
