package io.tallyman.schemas;

import java.util.OptionalInt;

/**
 * What a deployment decides about its topics.
 *
 * @param prefix goes before each name; may be empty
 * @param partitions of each new topic but {@code docker.schemas.v1}, which always has one
 * @param replicationFactor absent for the broker's default
 */
public record TopicSettings(String prefix, int partitions, OptionalInt replicationFactor) {

  /** No prefix, the catalogue's partitions, the broker's replication factor. */
  public static final TopicSettings DEFAULT =
      new TopicSettings("", Topics.DEFAULT_PARTITIONS, OptionalInt.empty());

  /** Fails with {@link IllegalArgumentException} on numbers below one. */
  public TopicSettings {
    if (partitions < 1) {
      throw new IllegalArgumentException("partitions must be at least 1, not " + partitions);
    }
    if (replicationFactor.isPresent() && replicationFactor.getAsInt() < 1) {
      throw new IllegalArgumentException(
          "replication factor must be at least 1, not " + replicationFactor.getAsInt());
    }
  }
}
