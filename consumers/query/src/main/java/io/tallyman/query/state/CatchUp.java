package io.tallyman.query.state;

import io.tallyman.query.topology.Progress;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KafkaStreams.State;
import org.apache.kafka.streams.TaskMetadata;
import org.apache.kafka.streams.ThreadMetadata;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out when a Kafka Streams client has read all that was in its partitions when it got them.
 *
 * <p>Kafka Streams runs from the moment on at which it begins to read. What it would answer before
 * it has read what was there already is not old but wrong: nothing happened, nothing was used. One
 * thread asks and looks; {@link #isDone} is safe from any.
 */
final class CatchUp implements AutoCloseable {

  private static final Duration INTERVAL = Duration.ofMillis(50);
  private static final Duration ADMIN_TIMEOUT = Duration.ofSeconds(10);
  private static final Logger log = LoggerFactory.getLogger(CatchUp.class);

  private final KafkaStreams streams;
  private final String group;
  private final Map<String, Object> clients;
  private final Progress progress;
  private final Thread thread;
  private volatile boolean done;

  /**
   * Of that client, which need not run yet.
   *
   * @param clients settings of Kafka's clients
   */
  CatchUp(KafkaStreams streams, String group, Map<String, Object> clients, Progress progress) {
    this.streams = streams;
    this.group = group;
    this.clients = Map.copyOf(clients);
    this.progress = progress;
    this.thread = Thread.ofVirtual().name("catch-up").unstarted(this::run);
  }

  /** Begins to look. */
  void start() {
    thread.start();
  }

  /** Whether all was read once. */
  boolean isDone() {
    return done;
  }

  @Override
  public void close() {
    thread.interrupt();
  }

  private void run() {
    Map<TopicPartition, Long> ends = new HashMap<>();
    try (Admin admin = Admin.create(clients)) {
      while (!isCaughtUp(admin, ends)) {
        Thread.sleep(INTERVAL);
      }
      done = true;
    } catch (InterruptedException e) {
      // It is closed.
    }
  }

  private boolean isCaughtUp(Admin admin, Map<TopicPartition, Long> ends)
      throws InterruptedException {
    if (streams.state() != State.RUNNING) {
      return false;
    }
    try {
      Map<TopicPartition, Long> committed = processed();
      Set<TopicPartition> fresh =
          committed.keySet().stream()
              .filter(partition -> !ends.containsKey(partition))
              .collect(Collectors.toSet());
      if (!fresh.isEmpty()) {
        ends.putAll(ends(admin, fresh));
      }
      // Partitions that have moved on to another instance are that one's.
      return committed.entrySet().stream()
          .allMatch(partition ->
              Math.max(progress.next(partition.getKey()), partition.getValue())
                  >= ends.getOrDefault(partition.getKey(), 0L));
    } catch (ExecutionException | TimeoutException | KafkaException | IllegalStateException e) {
      log.debug("It is not known how much there is to read: {}", e.toString());
      return false;
    }
  }

  /** What is read here, and up to where that was committed. */
  private Map<TopicPartition, Long> processed() {
    Map<TopicPartition, Long> committed = new HashMap<>();
    for (ThreadMetadata each : streams.metadataForLocalThreads()) {
      for (TaskMetadata task : each.activeTasks()) {
        for (TopicPartition partition : task.topicPartitions()) {
          committed.put(partition, task.committedOffsets().getOrDefault(partition, 0L));
        }
      }
    }
    return committed;
  }

  /** Up to where there is something to read; 0 where there is nothing. */
  private Map<TopicPartition, Long> ends(Admin admin, Set<TopicPartition> partitions)
      throws InterruptedException, ExecutionException, TimeoutException {
    Map<TopicPartition, Long> begins = offsets(admin, partitions, OffsetSpec.earliest());
    Map<TopicPartition, OffsetAndMetadata> read =
        admin
            .listConsumerGroupOffsets(group)
            .partitionsToOffsetAndMetadata()
            .get(ADMIN_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    Map<TopicPartition, Long> ends = offsets(admin, partitions, OffsetSpec.latest());
    ends.replaceAll((partition, end) -> {
      long begin = begins.getOrDefault(partition, 0L);
      OffsetAndMetadata known = read.get(partition);
      return Math.max(begin, known == null ? 0 : known.offset()) >= end ? 0 : end;
    });
    return ends;
  }

  private static Map<TopicPartition, Long> offsets(
      Admin admin, Collection<TopicPartition> partitions, OffsetSpec spec)
      throws InterruptedException, ExecutionException, TimeoutException {
    Map<TopicPartition, ListOffsetsResultInfo> found =
        admin
            .listOffsets(
                partitions.stream().collect(Collectors.toMap(Function.identity(), any -> spec)))
            .all()
            .get(ADMIN_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    Map<TopicPartition, Long> offsets = new HashMap<>();
    found.forEach((partition, info) -> offsets.put(partition, info.offset()));
    return offsets;
  }
}
