package io.tallyman.schemas;

import io.tallyman.schemas.Topic.Cleanup;
import io.tallyman.schemas.Topic.KeyKind;
import io.tallyman.v1.ContainerAlert;
import io.tallyman.v1.ContainerEvent;
import io.tallyman.v1.ContainerState;
import io.tallyman.v1.ContainerStats;
import io.tallyman.v1.HostStatus;
import io.tallyman.v1.StreamGap;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/** The catalogue of topics, and the way to make those that are missing. */
public final class Topics {

  /** Partitions of a new topic where a deployment does not set another number. */
  public static final int DEFAULT_PARTITIONS = 12;

  public static final Topic EVENTS =
      of("docker.events.v1", KeyKind.HOST_ID, ContainerEvent.class, Cleanup.DELETE, 30);
  public static final Topic STATS =
      of("docker.stats.v1", KeyKind.HOST_ID, ContainerStats.class, Cleanup.DELETE, 7);
  public static final Topic CONTAINERS =
      of(
          "docker.containers.v1",
          KeyKind.CONTAINER_ID,
          ContainerState.class,
          Cleanup.COMPACT_DELETE,
          7);
  public static final Topic HOSTS =
      of("docker.hosts.v1", KeyKind.HOST_ID, HostStatus.class, Cleanup.COMPACT_DELETE, 7);
  public static final Topic GAPS =
      of("docker.gaps.v1", KeyKind.HOST_ID, StreamGap.class, Cleanup.DELETE, 90);
  public static final Topic ALERTS =
      of("docker.alerts.v1", KeyKind.HOST_ID, ContainerAlert.class, Cleanup.DELETE, 30);

  /** The schemas that records were written with, where there is no registry. */
  public static final Topic SCHEMAS =
      new Topic("docker.schemas.v1", KeyKind.SCHEMA_ID, null, 1, Cleanup.COMPACT, null);

  private static final List<Topic> RECORDS =
      List.of(EVENTS, STATS, CONTAINERS, HOSTS, GAPS, ALERTS);
  private static final List<Topic> ALL =
      List.of(EVENTS, STATS, CONTAINERS, HOSTS, GAPS, ALERTS, SCHEMAS);
  private static final Duration DEAD_LETTER_RETENTION = Duration.ofDays(30);

  private Topics() {}

  /** Every topic of the catalogue, without prefix; dead letters are not among them. */
  public static List<Topic> all() {
    return ALL;
  }

  /** The topics whose values are records of this contract, without prefix. */
  public static List<Topic> records() {
    return RECORDS;
  }

  /** The topic of that name, without prefix. */
  public static Optional<Topic> named(String name) {
    return ALL.stream().filter(topic -> topic.name().equals(name)).findFirst();
  }

  /** The topic that records of this schema go to, found by the schema's full name. */
  public static Optional<Topic> ofRecord(Schema schema) {
    return RECORDS.stream()
        .filter(topic -> recordSchema(topic).getFullName().equals(schema.getFullName()))
        .findFirst();
  }

  /**
   * The topic of what a sink rejects from a topic.
   *
   * @param source name of the topic the record came from
   * @param sink name of the sink's instance
   */
  public static Topic deadLetter(String source, String sink) {
    return new Topic(
        source + ".dlq." + sink,
        KeyKind.ORIGINAL,
        null,
        DEFAULT_PARTITIONS,
        Cleanup.DELETE,
        DEAD_LETTER_RETENTION);
  }

  /** Makes the topics of the catalogue that are missing: see the other method of this name. */
  public static Set<String> createMissing(Admin admin, TopicSettings settings) {
    return createMissing(admin, settings, ALL);
  }

  /**
   * Makes those of the topics that are missing, and leaves those that exist as they are: partitions
   * are never added. Two callers at once are fine.
   *
   * @param topics without prefix
   * @return the full names of those that this call made
   * @throws TopicsMissingException when some are missing and the broker refuses to make them
   * @throws KafkaException when the broker does not answer, or refuses to say what exists
   */
  public static Set<String> createMissing(
      Admin admin, TopicSettings settings, Collection<Topic> topics) {
    List<NewTopic> missing = new ArrayList<>();
    List<Topic> wanted = topics.stream().map(t -> t.withPrefix(settings.prefix())).toList();
    Map<String, ? extends KafkaFuture<?>> described =
        admin.describeTopics(wanted.stream().map(Topic::name).toList()).topicNameValues();
    for (Topic topic : wanted) {
      KafkaException failure = failure(described.get(topic.name()));
      if (failure instanceof UnknownTopicOrPartitionException) {
        missing.add(newTopic(topic, settings));
      } else if (failure != null) {
        throw failure;
      }
    }
    if (missing.isEmpty()) {
      return Set.of();
    }
    return create(admin, missing);
  }

  private static Set<String> create(Admin admin, List<NewTopic> missing) {
    Map<String, KafkaFuture<Void>> results = admin.createTopics(missing).values();
    Set<String> created = new LinkedHashSet<>();
    Set<String> refused = new LinkedHashSet<>();
    KafkaException reason = null;
    for (NewTopic topic : missing) {
      KafkaException failure = failure(results.get(topic.name()));
      if (failure == null) {
        created.add(topic.name());
      } else if (!(failure instanceof TopicExistsException)) {
        refused.add(topic.name());
        reason = failure;
      }
    }
    if (reason == null) {
      return created;
    }
    if (reason instanceof AuthorizationException
        || reason instanceof PolicyViolationException
        || reason instanceof InvalidReplicationFactorException) {
      throw new TopicsMissingException(refused, reason);
    }
    throw reason;
  }

  private static NewTopic newTopic(Topic topic, TopicSettings settings) {
    int partitions = topic.partitions() == 1 ? 1 : settings.partitions();
    Optional<Short> replicas =
        settings.replicationFactor().isPresent()
            ? Optional.of((short) settings.replicationFactor().getAsInt())
            : Optional.empty();
    return new NewTopic(topic.name(), Optional.of(partitions), replicas).configs(topic.config());
  }

  /** Waits as long as the admin client's own timeout lets the request run. */
  private static @Nullable KafkaException failure(@Nullable KafkaFuture<?> future) {
    if (future == null) {
      return new KafkaException("The broker did not answer for a topic that it was asked for");
    }
    try {
      future.get();
      return null;
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    } catch (ExecutionException e) {
      return e.getCause() instanceof KafkaException kafka
          ? kafka
          : new KafkaException(e.getCause());
    }
  }

  static Schema recordSchema(Topic topic) {
    return SpecificData.get().getSchema(Objects.requireNonNull(topic.valueType()));
  }

  private static Topic of(
      String name, KeyKind key, Class<? extends SpecificRecord> type, Cleanup cleanup, int days) {
    return new Topic(name, key, type, DEFAULT_PARTITIONS, cleanup, Duration.ofDays(days));
  }
}
