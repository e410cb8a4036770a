package io.tallyman.sink;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.jspecify.annotations.Nullable;

/**
 * Tells how far behind a worker is. It asks the broker for the ends, because a paused consumer
 * fetches nothing and would show the lag of the moment in which the store went away. A worker that
 * has no partition asks for the end of another's, for whether Kafka answers shows in no other way.
 */
final class LagGauge {

  static final Duration INTERVAL = Duration.ofSeconds(10);

  /** After an answer that did not come. */
  static final Duration RETRY = Duration.ofSeconds(1);

  private static final Duration TIMEOUT = Duration.ofSeconds(2);

  private final Consumer<?, ?> consumer;
  private final TopicPartition whileIdle;
  private final SinkMetrics metrics;
  private final InstantSource clock;
  private final KafkaSilence silence;
  private @Nullable Instant last;
  private boolean wasIdle;

  /**
   * @param whileIdle one that exists
   */
  LagGauge(
      Consumer<?, ?> consumer,
      TopicPartition whileIdle,
      SinkMetrics metrics,
      InstantSource clock,
      KafkaSilence silence) {
    this.consumer = consumer;
    this.whileIdle = whileIdle;
    this.metrics = metrics;
    this.clock = clock;
    this.silence = silence;
  }

  /** Asks when it is time to, and as soon as there are partitions. */
  void measure(@Nullable PendingBatch pending) {
    var now = clock.instant();
    var assigned = consumer.assignment();
    var interval = silence.isSuspected() ? RETRY : INTERVAL;
    if (last != null && wasIdle == assigned.isEmpty() && !Waits.over(last, interval, now)) {
      return;
    }
    last = now;
    wasIdle = assigned.isEmpty();
    try {
      consumer
          .endOffsets(wasIdle ? Set.of(whileIdle) : assigned, TIMEOUT)
          .forEach((partition, end) -> {
            if (assigned.contains(partition)) {
              Long first = pending == null ? null : pending.firstOffset(partition);
              long next = first == null ? consumer.position(partition, TIMEOUT) : first;
              metrics.lag(partition, Math.max(0, end - next));
            }
          });
      silence.answered();
    } catch (RetriableException e) {
      silence.failed(e);
    }
  }
}
