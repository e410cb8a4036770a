package io.tallyman.sink.app;

import io.tallyman.schemas.TopicSettings;
import io.tallyman.schemas.Topics;
import io.tallyman.sink.SinkNames;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How an instance of a sink runs.
 *
 * @param name of the instance; names group, dead letters and metrics
 * @param kafkaProperties passed to every Kafka client; may hold secrets
 * @param topicSettings prefix of the topics, and how missing ones are made
 * @param topics names in the catalogue, without the prefix; empty for what the kind of sink reads
 *     by itself
 * @param workers consumers in this process, each with a thread and a sink of its own
 * @param httpPort of health and metrics; 0 for any that is free
 * @param options of the kind of sink; may hold secrets
 */
public record SinkConfig(
    String name,
    String bootstrapServers,
    Map<String, String> kafkaProperties,
    TopicSettings topicSettings,
    List<String> topics,
    int workers,
    String httpHost,
    int httpPort,
    Map<String, String> options) {

  /** A topic has no more partitions in the catalogue's defaults; more workers would idle. */
  public static final int MAX_WORKERS = 64;

  public SinkConfig {
    if (!SinkNames.valid(name)) {
      throw new IllegalArgumentException(
          "'%s' cannot name a sink: lower-case letters, digits, dots, dashes and underscores, 64 at most"
              .formatted(name));
    }
    if (workers < 1 || workers > MAX_WORKERS) {
      throw new IllegalArgumentException(
          "workers must be between 1 and %d, not %d".formatted(MAX_WORKERS, workers));
    }
    for (var topic : topics) {
      if (Topics.records().stream().noneMatch(known -> known.name().equals(topic))) {
        throw new IllegalArgumentException(
            "no topic of records is named '%s'; there are: %s"
                .formatted(
                    topic,
                    String.join(", ", Topics.records().stream().map(t -> t.name()).toList())));
      }
    }
    kafkaProperties = Map.copyOf(kafkaProperties);
    topics = List.copyOf(topics);
    options = Map.copyOf(options);
  }

  /** Tells the names of properties and options, never their values. */
  @Override
  public String toString() {
    return "SinkConfig[%s, kafka=%s %s, topics=%s %s, workers=%d, http=%s:%d, options=%s]"
        .formatted(
            name,
            bootstrapServers,
            new TreeMap<>(kafkaProperties).keySet(),
            topicSettings,
            topics,
            workers,
            httpHost,
            httpPort,
            new TreeMap<>(options).keySet());
  }
}
