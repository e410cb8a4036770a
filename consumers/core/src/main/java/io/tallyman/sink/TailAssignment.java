package io.tallyman.sink;

import io.tallyman.schemas.Topic;
import io.tallyman.schemas.Topics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;

/** Gives a consumer all partitions of its topics, where {@link Reading#TAIL} begins in each. */
final class TailAssignment {

  private TailAssignment() {}

  /**
   * Assigns; the number of partitions never grows.
   *
   * @param topics names in the catalogue, without the prefix
   * @throws SinkException.Unavailable when Kafka does not answer
   */
  static void assign(Consumer<?, ?> consumer, List<String> topics, String prefix)
      throws SinkException.Unavailable {
    try {
      var partitions =
          topics.stream()
              .collect(
                  Collectors.partitioningBy(
                      TailAssignment::keepsTheNewest,
                      Collectors.flatMapping(
                          topic ->
                              consumer.partitionsFor(prefix + topic).stream()
                                  .map(info -> new TopicPartition(info.topic(), info.partition())),
                          Collectors.toList())));
      assign(consumer, partitions);
    } catch (RetriableException e) {
      throw new SinkException.Unavailable("Kafka does not answer: " + e.getMessage(), e);
    }
  }

  private static void assign(
      Consumer<?, ?> consumer, Map<Boolean, List<TopicPartition>> byWhetherCompacted) {
    var compacted = byWhetherCompacted.getOrDefault(true, List.of());
    var others = byWhetherCompacted.getOrDefault(false, List.of());
    var all = new ArrayList<>(compacted);
    all.addAll(others);
    consumer.assign(all);
    consumer.seekToBeginning(compacted);
    consumer.seekToEnd(others);
    // The end is the one of this moment, not that of the first poll.
    all.forEach(consumer::position);
  }

  private static boolean keepsTheNewest(String topic) {
    return Topics.named(topic).map(Topic::cleanup).orElse(Topic.Cleanup.DELETE)
        != Topic.Cleanup.DELETE;
  }
}
