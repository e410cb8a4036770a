package io.tallyman.schemas;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.config.TopicConfig;
import org.jspecify.annotations.Nullable;

/**
 * One topic of the catalogue and how it is made.
 *
 * @param name full name; the catalogue's own have no prefix
 * @param valueType class of the records; null where values are not records of this contract
 * @param partitions partitions of a new topic, unless a deployment sets another number
 * @param retention how long records are kept; null for ever
 */
public record Topic(
    String name,
    KeyKind key,
    @Nullable Class<? extends SpecificRecord> valueType,
    int partitions,
    Cleanup cleanup,
    @Nullable Duration retention) {

  private static final int MAX_NAME_LENGTH = 249;

  /**
   * Compaction skips the active segment, so a compacted topic must roll it: readers start by
   * reading all of it.
   */
  private static final Duration COMPACTED_SEGMENT = Duration.ofHours(1);

  /** What the text of a record's key is. */
  public enum KeyKind {
    HOST_ID,
    CONTAINER_ID,
    SCHEMA_ID,
    /** That of the record which was rejected. */
    ORIGINAL
  }

  /** How old records go. */
  public enum Cleanup {
    DELETE("delete"),
    COMPACT("compact"),
    COMPACT_DELETE("compact,delete");

    private final String policy;

    Cleanup(String policy) {
      this.policy = policy;
    }

    /** Value of Kafka's {@code cleanup.policy}. */
    public String policy() {
      return policy;
    }
  }

  /** Fails with {@link IllegalArgumentException} when Kafka would refuse the name. */
  public Topic {
    Objects.requireNonNull(key);
    Objects.requireNonNull(cleanup);
    if (name.length() > MAX_NAME_LENGTH || !name.matches("[a-zA-Z0-9._-]+")) {
      throw new IllegalArgumentException(
          "Topic name '"
              + name
              + "' is not legal: at most 249 letters, digits, dots, dashes and underscores");
    }
    if (partitions < 1) {
      throw new IllegalArgumentException("Topic " + name + " needs at least one partition");
    }
  }

  /** The same topic under a prefix; the empty prefix gives the topic itself. */
  public Topic withPrefix(String prefix) {
    return new Topic(prefix + name, key, valueType, partitions, cleanup, retention);
  }

  /** Kafka's topic configuration of a new topic. */
  public Map<String, String> config() {
    Map<String, String> config = new LinkedHashMap<>();
    config.put(TopicConfig.CLEANUP_POLICY_CONFIG, cleanup.policy());
    if (cleanup != Cleanup.COMPACT) {
      config.put(
          TopicConfig.RETENTION_MS_CONFIG,
          Long.toString(retention == null ? -1 : retention.toMillis()));
    }
    if (cleanup != Cleanup.DELETE) {
      config.put(TopicConfig.SEGMENT_MS_CONFIG, Long.toString(COMPACTED_SEGMENT.toMillis()));
    }
    config.put(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "LogAppendTime");
    config.put(TopicConfig.COMPRESSION_TYPE_CONFIG, "producer");
    return Map.copyOf(config);
  }

  /** Subject of the topic's values in a schema registry. */
  public String subject() {
    return name + "-value";
  }
}
