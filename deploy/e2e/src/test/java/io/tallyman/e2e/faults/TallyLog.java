package io.tallyman.e2e.faults;

import io.tallyman.schemas.ReleasedSchemas;
import io.tallyman.schemas.TallymanDeserializer;
import io.tallyman.schemas.TopicSettings;
import io.tallyman.schemas.Topics;
import io.tallyman.v1.ContainerEvent;
import io.tallyman.v1.ContainerState;
import io.tallyman.v1.HostStatus;
import io.tallyman.v1.LaneStatus;
import io.tallyman.v1.StreamGap;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.awaitility.Awaitility;

/**
 * Events, states, gaps and heartbeats on a broker, from the beginning and in order, as they come.
 */
public final class TallyLog implements AutoCloseable {

  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(10);

  private static final Duration DRAIN_LIMIT = Duration.ofMinutes(2);

  private final List<Told> events = new ArrayList<>();
  private final Map<String, ContainerState> states = new HashMap<>();
  private final List<StreamGap> gaps = new ArrayList<>();
  private final List<HostStatus> heartbeats = new ArrayList<>();
  private final KafkaConsumer<String, SpecificRecord> consumer;
  private final Thread thread;

  /** Makes the topics, with one partition each. */
  public TallyLog(String bootstrapServers) {
    var client = Map.<String, Object>of("bootstrap.servers", bootstrapServers);
    try (var admin = Admin.create(client)) {
      Topics.createMissing(admin, new TopicSettings("", 1, OptionalInt.empty()));
    }
    consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", bootstrapServers, "reconnect.backoff.max.ms", 5_000),
            new StringDeserializer(),
            new TallymanDeserializer(ReleasedSchemas.resolver(), Clock.systemUTC()));
    consumer.assign(
        Stream.of(Topics.EVENTS, Topics.CONTAINERS, Topics.GAPS, Topics.HOSTS)
            .map(topic -> new TopicPartition(topic.name(), 0))
            .toList());
    consumer.seekToBeginning(consumer.assignment());
    thread = Thread.ofPlatform().name("tally-log").start(this::read);
  }

  public synchronized List<Told> events() {
    return List.copyOf(events);
  }

  /** What a container is, in the engine's words; null while that was never told. */
  public synchronized String stateOf(String containerId) {
    var state = states.get(containerId);
    return state == null ? null : state.getState();
  }

  public synchronized List<StreamGap> gaps() {
    return List.copyOf(gaps);
  }

  public synchronized List<HostStatus> heartbeats() {
    return List.copyOf(heartbeats);
  }

  /** The gaps in words, for messages of tests. */
  public List<String> gapTimes() {
    return gaps().stream()
        .map(gap ->
            "%s %s from %s to %s"
                .formatted(gap.getStream(), gap.getReason(), gap.getFrom(), gap.getTo()))
        .toList();
  }

  /** Lanes in heartbeats of which some records are neither here nor there. */
  public List<LaneStatus> unbalanced() {
    return heartbeats().stream()
        .flatMap(status -> status.getLanes().stream())
        .filter(lane ->
            lane.getObserved() + lane.getInherited()
                != lane.getAcknowledged()
                    + lane.getSpooled()
                    + lane.getQueued()
                    + lane.getDropped())
        .toList();
  }

  /** Waits until the agent says that it has nothing on disk any more, on neither lane. */
  public void awaitDrained() {
    int before = heartbeats().size();
    Awaitility.await()
        .atMost(DRAIN_LIMIT)
        .until(() ->
            heartbeats().stream()
                .skip(before)
                .anyMatch(
                    status -> status.getLanes().stream().allMatch(lane -> lane.getSpooled() == 0)));
  }

  public synchronized int eventCount() {
    return events.size();
  }

  private void read() {
    try (consumer) {
      while (true) {
        consumer.poll(Duration.ofMillis(200)).forEach(this::note);
      }
    } catch (WakeupException e) {
      // The test has read enough.
    }
  }

  private synchronized void note(ConsumerRecord<String, SpecificRecord> record) {
    switch (record.value()) {
      case null -> states.remove(record.key());
      case ContainerState state -> states.put(record.key(), state);
      case ContainerEvent event -> events.add(Told.of(event, record.timestamp()));
      case StreamGap gap -> gaps.add(gap);
      case HostStatus status -> heartbeats.add(status);
      default -> throw new IllegalStateException(record.topic());
    }
  }

  @Override
  public void close() {
    consumer.wakeup();
    try {
      thread.join(CLOSE_LIMIT);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
