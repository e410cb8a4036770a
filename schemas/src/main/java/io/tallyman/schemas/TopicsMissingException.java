package io.tallyman.schemas;

import java.io.Serial;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.KafkaException;

/** Topics are missing and the broker refuses to make them for us. */
public final class TopicsMissingException extends KafkaException {

  @Serial private static final long serialVersionUID = 1;

  private final TreeSet<String> topics;

  TopicsMissingException(Set<String> topics, KafkaException reason) {
    super(
        "Missing topics, which the broker refuses to create: "
            + String.join(", ", new TreeSet<>(topics))
            + ". It says: "
            + reason.getMessage()
            + " Run `tallyman topics create` with rights and settings that the broker accepts.",
        reason);
    this.topics = new TreeSet<>(topics);
  }

  /** Full names of the topics, sorted. */
  public Set<String> topics() {
    return Set.copyOf(topics);
  }
}
