package io.tallyman.query.live;

import io.tallyman.query.QueryConfig;
import io.tallyman.query.QueryState;
import io.tallyman.query.state.NotReadyException;
import io.tallyman.query.state.StreamsSettings;
import io.tallyman.query.topology.Decoded.Intact;
import io.tallyman.query.topology.RecordDecoder;
import io.tallyman.query.view.ContainerView;
import io.tallyman.query.view.Containers;
import io.tallyman.query.view.Observed;
import io.tallyman.schemas.Topics;
import io.tallyman.v1.ContainerEvent;
import io.tallyman.v1.ContainerStats;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells clients what happens, as it happens: events at once, samples melted into one frame a
 * second.
 *
 * <p>It has a consumer of its own, assigned to all partitions from their ends, so that any instance
 * tells about the whole fleet. One thread reads, encodes and hands out; a client that does not keep
 * up is cut and costs the others nothing. {@link #listen} is safe from any thread.
 */
public final class LiveFeed implements AutoCloseable {

  /** More clients at once are turned away. */
  static final int MAX_CLIENTS = 1000;

  private static final Logger log = LoggerFactory.getLogger(LiveFeed.class);
  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration METADATA_TIMEOUT = Duration.ofSeconds(1);
  private static final Duration CLOSE_TIMEOUT = Duration.ofMillis(500);

  private final QueryConfig config;
  private final RecordDecoder decoder;
  private final Containers containers;
  private final Supplier<QueryState> state;
  private final String statsTopic;
  private final String eventsTopic;
  private final ConcurrentLinkedQueue<LiveClient> joining = new ConcurrentLinkedQueue<>();
  private final AtomicInteger clients = new AtomicInteger();
  private final Map<LiveFilter, LiveChannel> channels = new HashMap<>();
  private final Map<Integer, Long> eventPositions = new TreeMap<>();
  private final Thread thread;
  private volatile @Nullable Consumer<byte[], byte[]> consumer;
  private volatile boolean closed;

  /** {@code state} says when topics exist and snapshots can be taken. */
  public LiveFeed(
      QueryConfig config,
      RecordDecoder decoder,
      Containers containers,
      Supplier<QueryState> state) {
    this.config = config;
    this.decoder = decoder;
    this.containers = containers;
    this.state = state;
    this.statsTopic = Topics.STATS.withPrefix(config.topics().prefix()).name();
    this.eventsTopic = Topics.EVENTS.withPrefix(config.topics().prefix()).name();
    this.thread =
        Thread.ofPlatform().name("live-" + config.name()).daemon(true).unstarted(this::run);
  }

  /** Begins in the background. */
  public void start() {
    thread.start();
  }

  /** Frames for one client, beginning with a snapshot if it listens to samples. */
  public Publisher<byte[]> listen(LiveFilter filter) {
    if (clients.get() + joining.size() >= MAX_CLIENTS) {
      throw new TooManyClientsException();
    }
    LiveClient client = new LiveClient(filter);
    joining.add(client);
    return client.frames();
  }

  /** Clients that listen now. */
  public int clients() {
    return clients.get();
  }

  @Override
  public void close() {
    closed = true;
    Consumer<byte[], byte[]> now = consumer;
    if (now != null) {
      now.wakeup();
    }
    try {
      thread.join(CLOSE_TIMEOUT);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    while (!closed) {
      try (Consumer<byte[], byte[]> opened = new KafkaConsumer<>(properties())) {
        consumer = opened;
        feed(opened);
      } catch (WakeupException | InterruptException e) {
        break;
      } catch (RuntimeException e) {
        log.warn("The live feed begins anew: {}", e.toString());
        restart();
      }
    }
    endClients();
  }

  /** Whoever listens is to connect again, and so to read what the new consumer does not see. */
  private void restart() {
    eventPositions.clear();
    endClients();
    pause();
  }

  private void endClients() {
    channels.values().forEach(LiveChannel::end);
    channels.clear();
    for (LiveClient next = joining.poll(); next != null; next = joining.poll()) {
      next.end();
    }
    clients.set(0);
  }

  private void feed(Consumer<byte[], byte[]> opened) {
    while (!closed && !assign(opened)) {
      housekeep();
    }
    while (!closed) {
      for (ConsumerRecord<byte[], byte[]> record : opened.poll(POLL)) {
        hand(record);
      }
      housekeep();
    }
  }

  /** Whether all topics are known; waits a little if not. */
  private boolean assign(Consumer<byte[], byte[]> opened) {
    List<TopicPartition> partitions = new ArrayList<>();
    if (state.get() == QueryState.RUNNING) {
      for (String topic : List.of(statsTopic, eventsTopic)) {
        List<PartitionInfo> known =
            opened.listTopics(METADATA_TIMEOUT).getOrDefault(topic, List.of());
        known.forEach(info -> partitions.add(new TopicPartition(topic, info.partition())));
      }
    }
    opened.assign(partitions);
    if (partitions.isEmpty()) {
      pause();
      return false;
    }
    opened.seekToEnd(partitions);
    partitions.stream()
        .filter(partition -> partition.topic().equals(eventsTopic))
        .forEach(partition ->
            eventPositions.put(
                partition.partition(), opened.position(partition, METADATA_TIMEOUT)));
    return true;
  }

  private void hand(ConsumerRecord<byte[], byte[]> record) {
    boolean isEvent = record.topic().equals(eventsTopic);
    if (isEvent) {
      eventPositions.put(record.partition(), record.offset() + 1);
    }
    if (channels.isEmpty()
        || record.value() == null
        || !(decoder.decode(record.topic(), record.value()) instanceof Intact intact)) {
      return;
    }
    for (LiveChannel channel : channels.values()) {
      if (intact.value() instanceof ContainerEvent event) {
        channel.take(event, record.timestamp());
      } else if (intact.value() instanceof ContainerStats sample) {
        channel.take(sample, record.timestamp());
      }
    }
  }

  private void housekeep() {
    long nowNanos = System.nanoTime();
    channels.values().forEach(channel -> channel.flush(position(), nowNanos));
    channels.values().removeIf(LiveChannel::isEmpty);
    Map<LiveFilter, byte[]> firstFrames = new HashMap<>();
    for (LiveClient next = joining.poll(); next != null; next = joining.poll()) {
      next.offer(firstFrames.computeIfAbsent(next.filter(), this::firstFrame));
      channels
          .computeIfAbsent(next.filter(), filter -> new LiveChannel(filter, nowNanos))
          .join(next);
    }
    clients.set(channels.values().stream().mapToInt(LiveChannel::size).sum());
  }

  private byte[] firstFrame(LiveFilter filter) {
    return filter.stats() ? snapshot(filter) : Frames.position(position());
  }

  private byte[] snapshot(LiveFilter filter) {
    List<Observed<ContainerStats>> samples = new ArrayList<>();
    try {
      for (ContainerView view : containers.sampled()) {
        Observed<ContainerStats> sample = Objects.requireNonNull(view.sample());
        ContainerStats stats = sample.value();
        if (filter.matches(
            stats.getHostId(),
            stats.getHostName(),
            stats.getContainerId(),
            view.state().value().getContainerName())) {
          samples.add(sample);
        }
      }
    } catch (NotReadyException e) {
      log.debug("No snapshot: {}", e.getMessage());
    }
    Instant asOf = samples.stream().map(Observed::time).max(Comparator.naturalOrder()).orElse(null);
    return Frames.stats(position(), true, asOf, samples.stream().map(Observed::value).toList());
  }

  /** Where a client resumes, on any instance: the next offset of each partition of events. */
  private String position() {
    return eventPositions.entrySet().stream()
        .map(next -> "e" + next.getKey() + "-" + next.getValue())
        .collect(Collectors.joining("."));
  }

  private static void pause() {
    LockSupport.parkNanos(POLL.toNanos());
  }

  private Map<String, Object> properties() {
    Map<String, Object> properties = StreamsSettings.clients(config);
    properties.put(ConsumerConfig.CLIENT_ID_CONFIG, config.applicationId() + "-live");
    properties.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
    properties.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "latest");
    properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    return properties;
  }
}
