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
import io.tallyman.v1.ContainerStats;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.apache.avro.specific.SpecificRecord;
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
 * Tells clients what happens, as it happens: events, gaps and alerts at once, samples melted into
 * one frame a second.
 *
 * <p>It has a consumer of its own, assigned to all partitions from their ends, so that any instance
 * tells about the whole fleet. A client that comes back, be it from another instance, gets the
 * events, gaps and alerts that it missed. One thread reads, encodes and hands out; a client that
 * does not keep up is cut and costs the others nothing. {@link #listen} is safe from any thread.
 */
public final class LiveFeed implements AutoCloseable {

  /** More clients at once are turned away. */
  static final int MAX_CLIENTS = 1000;

  private static final Logger log = LoggerFactory.getLogger(LiveFeed.class);
  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration METADATA_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration CLOSE_TIMEOUT = Duration.ofMillis(500);

  private final QueryConfig config;
  private final RecordDecoder decoder;
  private final Containers containers;
  private final Supplier<QueryState> state;
  private final ConcurrentLinkedQueue<LiveClient> joining = new ConcurrentLinkedQueue<>();
  private final AtomicInteger clients = new AtomicInteger();
  private final FrameCounter counter = new FrameCounter();
  private final Map<LiveFilter, LiveChannel> channels = new HashMap<>();
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
    this.thread =
        Thread.ofPlatform().name("live-" + config.name()).daemon(true).unstarted(this::run);
  }

  /** Begins in the background. */
  public void start() {
    thread.start();
  }

  /**
   * Frames for one client, beginning with a snapshot if it listens to samples, and then with what
   * it missed since {@code lastId}, the last id that it has heard from any instance.
   *
   * @param lastId null for a client that begins
   * @throws TooManyClientsException when there are {@link #MAX_CLIENTS}
   */
  public Publisher<byte[]> listen(LiveFilter filter, @Nullable String lastId) {
    if (clients.get() + joining.size() >= MAX_CLIENTS) {
      throw new TooManyClientsException();
    }
    LiveClient client = new LiveClient(filter, lastId);
    joining.add(client);
    return client.frames();
  }

  /** Clients that listen now. */
  public int clients() {
    return clients.get();
  }

  /** Frames encoded so far. */
  public long framesEncoded() {
    return counter.encoded();
  }

  /** Frames handed to clients so far; many share one that was encoded once. */
  public long framesSent() {
    return counter.sent();
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

  /** Whoever listens is to connect again, and so to get what the new consumer does not see. */
  private void restart() {
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
    Map<TopicPartition, LiveKind> partitions = partitions(opened);
    while (!closed && partitions.isEmpty()) {
      pause();
      partitions = partitions(opened);
    }
    RecentRecords recent = new RecentRecords();
    Map<TopicPartition, Long> ends = assign(opened, partitions, recent);
    while (!closed) {
      for (ConsumerRecord<byte[], byte[]> record : opened.poll(POLL)) {
        hand(record, recent);
      }
      ends.entrySet().removeIf(end -> opened.position(end.getKey()) >= end.getValue());
      if (ends.isEmpty()) {
        housekeep(recent);
      }
    }
  }

  /** The partitions of all topics; none while one of them is not known, and so cannot be heard. */
  private Map<TopicPartition, LiveKind> partitions(Consumer<byte[], byte[]> opened) {
    Map<TopicPartition, LiveKind> partitions = new HashMap<>();
    if (state.get() == QueryState.RUNNING) {
      Map<String, List<PartitionInfo>> topics = opened.listTopics(METADATA_TIMEOUT);
      for (LiveKind kind : LiveKind.values()) {
        String topic = kind.topic().withPrefix(config.topics().prefix()).name();
        List<PartitionInfo> known = topics.getOrDefault(topic, List.of());
        if (known.isEmpty()) {
          return Map.of();
        }
        known.forEach(info -> partitions.put(new TopicPartition(topic, info.partition()), kind));
      }
    }
    return partitions;
  }

  /** Begins with what is kept for clients that come back; gives the ends up to which that goes. */
  private static Map<TopicPartition, Long> assign(
      Consumer<byte[], byte[]> opened,
      Map<TopicPartition, LiveKind> partitions,
      RecentRecords recent) {
    opened.assign(partitions.keySet());
    Map<TopicPartition, Long> begins =
        opened.beginningOffsets(partitions.keySet(), METADATA_TIMEOUT);
    Map<TopicPartition, Long> ends =
        new HashMap<>(opened.endOffsets(partitions.keySet(), METADATA_TIMEOUT));
    int kept =
        RecentRecords.share(
            (int) partitions.values().stream().filter(LiveKind::isResumable).count());
    partitions.forEach((partition, kind) -> {
      long end = Objects.requireNonNull(ends.get(partition));
      long begin = Objects.requireNonNull(begins.get(partition));
      long from = kind.isResumable() ? Math.max(begin, end - kept) : end;
      opened.seek(partition, from);
      if (kind.isResumable()) {
        recent.begin(kind, partition, from);
      }
    });
    return ends;
  }

  private void hand(ConsumerRecord<byte[], byte[]> record, RecentRecords recent) {
    recent.take(record);
    if (!channels.isEmpty()) {
      decoded(record)
          .ifPresent(value ->
              channels.values().forEach(channel -> channel.take(value, record.timestamp())));
    }
  }

  private Optional<SpecificRecord> decoded(ConsumerRecord<byte[], byte[]> record) {
    return record.value() != null
            && decoder.decode(record.topic(), record.value()) instanceof Intact intact
        ? Optional.of(intact.value())
        : Optional.empty();
  }

  private void housekeep(RecentRecords recent) {
    long nowNanos = System.nanoTime();
    String position = recent.position().toString();
    channels.values().forEach(channel -> channel.flush(position, nowNanos));
    channels.values().removeIf(LiveChannel::isEmpty);
    Map<LiveFilter, byte[]> snapshots = new HashMap<>();
    for (LiveClient next = joining.poll(); next != null; next = joining.poll()) {
      try {
        if (next.filter().stats()) {
          next.offer(snapshots.computeIfAbsent(next.filter(), this::snapshot));
          counter.countShared();
        }
      } catch (NotReadyException e) {
        log.debug("A client is to come again: {}", e.getMessage());
        next.end();
        continue;
      }
      for (byte[] frame : missed(next, recent)) {
        next.offer(frame);
        counter.count(1);
      }
      channels
          .computeIfAbsent(next.filter(), filter -> new LiveChannel(filter, counter, nowNanos))
          .join(next);
    }
    clients.set(channels.values().stream().mapToInt(LiveChannel::size).sum());
  }

  /** What a client that comes back has not heard; always ends with the id to come back with. */
  private List<byte[]> missed(LiveClient client, RecentRecords recent) {
    String position = recent.position().toString();
    String lastId = client.lastId();
    if (lastId == null) {
      return List.of(Frames.alive(position));
    }
    Pending pending = new Pending(client.filter());
    boolean known =
        Position.parse(lastId)
            .flatMap(recent::since)
            .map(records -> {
              records.forEach(record ->
                  decoded(record).ifPresent(value -> pending.take(value, record.timestamp())));
              return records;
            })
            .isPresent();
    if (!known) {
      return List.of(Frames.reset(position));
    }
    List<byte[]> frames = new ArrayList<>(pending.records(null));
    frames.add(Frames.alive(position));
    return frames;
  }

  /** Throws {@link NotReadyException} rather than leaving out what cannot be had now. */
  private byte[] snapshot(LiveFilter filter) {
    List<Observed<ContainerStats>> samples = new ArrayList<>();
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
    counter.count(0);
    Instant asOf = samples.stream().map(Observed::time).max(Comparator.naturalOrder()).orElse(null);
    return Frames.stats(null, true, asOf, samples.stream().map(Observed::value).toList());
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
