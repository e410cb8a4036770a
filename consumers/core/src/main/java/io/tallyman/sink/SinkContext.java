package io.tallyman.sink;

import java.util.List;

/**
 * What a sink learns when it is opened.
 *
 * @param name of the instance: the sink's own, or {@code --name}
 * @param options checked against what the provider declares, defaults filled in
 * @param topics names in the catalogue, without the prefix
 * @param topicPrefix what stands before every topic in Kafka; may be empty
 * @param metrics for what only the sink can count
 */
public record SinkContext(
    String name,
    SinkOptions options,
    List<String> topics,
    String topicPrefix,
    SinkMetrics metrics) {

  public SinkContext {
    topics = List.copyOf(topics);
  }
}
