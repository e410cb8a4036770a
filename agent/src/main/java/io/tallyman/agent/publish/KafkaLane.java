package io.tallyman.agent.publish;

import io.tallyman.schemas.CloudEventHeaders;
import io.tallyman.schemas.TallymanSerializer;
import io.tallyman.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A lane with a bounded queue in memory, an idempotent producer and a thread of its own.
 *
 * <p>Records reach Kafka in the order in which they were offered, each at least once. When a send
 * fails for another reason than the record itself, the producer is given up, and everything from
 * the first record that was not acknowledged on is sent again in order by a new one: what comes
 * twice carries the same identity. Making a producer, topics and schemas is the thread's work too,
 * so nothing waits for Kafka but this thread.
 */
public final class KafkaLane implements Lane {

  /** Records that are with the producer at one time. */
  static final int WINDOW_RECORDS = 2_000;

  static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

  /** How long {@link #close} waits for what is queued; then the producer is closed. */
  static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

  /** How long {@link #close} gives the producer after that. */
  static final Duration PRODUCER_CLOSE_TIMEOUT = Duration.ofMillis(500);

  /** A record that Kafka has not acknowledged for this long means that Kafka is away. */
  static final Duration SILENCE = Duration.ofSeconds(10);

  private static final Logger log = LoggerFactory.getLogger(KafkaLane.class);

  private final String topicPrefix;
  private final LaneQueue queue;
  private final Runnable setup;
  private final Supplier<Producer<byte[], byte[]>> producers;
  private final TallymanSerializer serializer = new TallymanSerializer();
  private final Thread sender;
  private volatile @Nullable Producer<byte[], byte[]> producer;
  private volatile @Nullable String lastError;
  private final AtomicInteger failures = new AtomicInteger();

  /**
   * @param setup makes topics and schemas ready; may block, may throw, is called before each new
   *     producer
   */
  KafkaLane(
      LaneQueue queue,
      String topicPrefix,
      Runnable setup,
      Supplier<Producer<byte[], byte[]>> producers) {
    this.queue = queue;
    this.topicPrefix = topicPrefix;
    this.setup = setup;
    this.producers = producers;
    this.sender =
        Thread.ofPlatform().daemon().name("tallyman-lane-" + queue.name()).unstarted(this::run);
  }

  /** A lane to the Kafka of the settings; it sends once it is started. */
  public static KafkaLane to(KafkaSettings settings, KafkaSetup setup, LaneQueue queue) {
    String clientId = "tallyman-agent-" + queue.name();
    return new KafkaLane(
        queue,
        settings.topics().prefix(),
        setup::ensure,
        () -> new KafkaProducer<>(settings.producerConfig(clientId)));
  }

  /** Begins to send; returns at once, whether Kafka answers or not. */
  public void start() {
    sender.start();
  }

  @Override
  public CompletableFuture<Acceptance> offer(OutgoingRecord outgoing) {
    ProducerRecord<byte[], byte[]> record;
    try {
      record = encoded(outgoing);
    } catch (SerializationException | IllegalArgumentException e) {
      log.error("A record for {} cannot be written and is dropped", outgoing.topic(), e);
      queue.refuse();
      return CompletableFuture.completedFuture(Acceptance.REFUSED);
    }
    return CompletableFuture.completedFuture(queue.offer(record));
  }

  /**
   * Sends a record beside the queue, uncounted and at most once, such as one that the next of its
   * kind replaces. May wait as long as the producer's {@code max.block.ms}.
   */
  public void sendBeside(OutgoingRecord outgoing) {
    Producer<byte[], byte[]> current = producer;
    if (current == null) {
      return;
    }
    try {
      var _ = current.send(encoded(outgoing), (metadata, failure) -> logBeside(outgoing, failure));
    } catch (KafkaException | IllegalStateException | IllegalArgumentException e) {
      logBeside(outgoing, e);
    }
  }

  private static void logBeside(OutgoingRecord outgoing, @Nullable Exception failure) {
    if (failure != null) {
      log.debug("A record for {} was not sent", outgoing.topic(), failure);
    }
  }

  private ProducerRecord<byte[], byte[]> encoded(OutgoingRecord outgoing) {
    String topic = topicPrefix + outgoing.topic();
    byte[] value = serializer.serialize(topic, outgoing.value());
    byte[] key = outgoing.key().getBytes(StandardCharsets.UTF_8);
    return new ProducerRecord<>(topic, null, key, value, headers(outgoing));
  }

  private static Headers headers(OutgoingRecord outgoing) {
    if (outgoing.topic().equals(Topics.STATS.name())) {
      return new RecordHeaders();
    }
    return outgoing.value() == null
        ? CloudEventHeaders.containerTombstone(outgoing.hostId(), outgoing.key(), outgoing.time())
        : CloudEventHeaders.headersFor(outgoing.value());
  }

  @Override
  public LaneSnapshot snapshot() {
    return queue.snapshot();
  }

  /** True while Kafka takes the records, or has none to take. */
  public boolean isKafkaReachable() {
    return producer != null && lastError == null && !queue.isSilentFor(SILENCE);
  }

  /** True while another record would be accepted without dropping one. */
  public boolean hasRoom() {
    return queue.hasRoom();
  }

  /** Why the last attempt failed; null while all is well. */
  public @Nullable String lastError() {
    return lastError;
  }

  private void run() {
    try {
      while (true) {
        Producer<byte[], byte[]> current = readyProducer();
        if (current == null) {
          continue;
        }
        LaneQueue.Turn turn = queue.next();
        switch (turn) {
          case LaneQueue.Turn.Send send -> send(current, send);
          case LaneQueue.Turn.Rewind rewind -> giveUp(current, rewind.cause());
          case LaneQueue.Turn.Stop _ -> {
            return;
          }
        }
      }
    } catch (InterruptedException | InterruptException e) {
      Thread.currentThread().interrupt();
    }
  }

  private @Nullable Producer<byte[], byte[]> readyProducer() throws InterruptedException {
    Producer<byte[], byte[]> current = producer;
    if (current != null) {
      return current;
    }
    try {
      setup.run();
      current = producers.get();
      producer = current;
      if (queue.isEmpty()) {
        succeeded();
      }
      return current;
    } catch (InterruptException e) {
      throw e;
    } catch (RuntimeException | LinkageError e) {
      failed(e);
      pause();
      return null;
    }
  }

  private void send(Producer<byte[], byte[]> current, LaneQueue.Turn.Send turn) {
    try {
      var _ =
          current.send(
              turn.record(),
              (metadata, failure) -> {
                queue.completed(turn, failure);
                if (failure == null) {
                  succeeded();
                }
              });
    } catch (InterruptException e) {
      throw e;
    } catch (RuntimeException e) {
      queue.completed(turn, e);
    } catch (LinkageError e) {
      // Compression is native code, which cannot be loaded where no temporary file may be run.
      queue.completed(turn, new KafkaException("The producer cannot be used: " + e, e));
    }
  }

  private void giveUp(Producer<byte[], byte[]> current, Exception cause)
      throws InterruptedException {
    failed(cause);
    producer = null;
    Utils.closeQuietly(() -> current.close(Duration.ZERO), "producer");
    queue.rewound();
    pause();
  }

  private void failed(Throwable cause) {
    if (failures.getAndIncrement() == 0) {
      log.warn("Lane {} cannot send to Kafka, it will try again: {}", queue.name(), text(cause));
    } else {
      log.debug("Lane {} still cannot send to Kafka", queue.name(), cause);
    }
    lastError = text(cause);
  }

  private void succeeded() {
    lastError = null;
    if (failures.getAndSet(0) > 0) {
      log.info("Lane {} sends to Kafka again", queue.name());
    }
  }

  private static String text(Throwable e) {
    Throwable root = e;
    while (root.getCause() != null && root.getMessage() == null) {
      root = root.getCause();
    }
    return root.getMessage() == null ? root.toString() : root.getMessage();
  }

  private void pause() throws InterruptedException {
    int doublings = Math.clamp(failures.get() - 1, 0, 10);
    TimeUnit.MILLISECONDS.sleep(
        Math.min(LONGEST_PAUSE.toMillis(), FIRST_PAUSE.toMillis() << doublings));
  }

  @Override
  public void close() {
    try {
      if (sender.isAlive()) {
        queue.awaitEmpty(CLOSE_TIMEOUT);
      }
      queue.stop();
      if (sender.isAlive()) {
        sender.join(FIRST_PAUSE);
        sender.interrupt();
        sender.join(PRODUCER_CLOSE_TIMEOUT);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Producer<byte[], byte[]> current = producer;
    if (current != null) {
      Utils.closeQuietly(() -> current.close(PRODUCER_CLOSE_TIMEOUT), "producer");
    }
    long left = queue.snapshot().queued();
    if (left > 0) {
      log.warn("Lane {} stopped with {} records that Kafka has not taken", queue.name(), left);
    }
  }
}
