package io.tallyman.sink;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.errors.RetriableException;
import org.jspecify.annotations.Nullable;

/**
 * Tells how far behind a worker is. It asks the broker for the ends, because a paused consumer
 * fetches nothing and would show the lag of the moment in which the store went away.
 */
final class LagGauge {

  static final Duration INTERVAL = Duration.ofSeconds(10);

  /** After an answer that did not come. */
  static final Duration RETRY = Duration.ofSeconds(1);

  private static final Duration TIMEOUT = Duration.ofSeconds(2);

  private final Consumer<?, ?> consumer;
  private final SinkMetrics metrics;
  private final InstantSource clock;
  private final KafkaSilence silence;
  private @Nullable Instant last;

  LagGauge(
      Consumer<?, ?> consumer, SinkMetrics metrics, InstantSource clock, KafkaSilence silence) {
    this.consumer = consumer;
    this.metrics = metrics;
    this.clock = clock;
    this.silence = silence;
  }

  /** Asks when it is time to. */
  void measure(@Nullable PendingBatch pending) {
    var now = clock.instant();
    var assigned = consumer.assignment();
    var interval = silence.isSuspected() ? RETRY : INTERVAL;
    if (assigned.isEmpty() || (last != null && !Waits.over(last, interval, now))) {
      return;
    }
    last = now;
    try {
      consumer
          .endOffsets(assigned, TIMEOUT)
          .forEach((partition, end) -> {
            Long first = pending == null ? null : pending.firstOffset(partition);
            long next = first == null ? consumer.position(partition, TIMEOUT) : first;
            metrics.lag(partition, Math.max(0, end - next));
          });
      silence.answered();
    } catch (RetriableException e) {
      silence.failed(e);
    }
  }
}
