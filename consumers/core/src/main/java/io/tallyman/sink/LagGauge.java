package io.tallyman.sink;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.errors.RetriableException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells how far behind a worker is. It asks the broker for the ends, because a paused consumer
 * fetches nothing and would show the lag of the moment in which the store went away.
 */
final class LagGauge {

  static final Duration INTERVAL = Duration.ofSeconds(10);

  private static final Duration TIMEOUT = Duration.ofSeconds(2);

  private static final Logger log = LoggerFactory.getLogger(LagGauge.class);

  private final Consumer<?, ?> consumer;
  private final SinkMetrics metrics;
  private final InstantSource clock;
  private @Nullable Instant last;

  LagGauge(Consumer<?, ?> consumer, SinkMetrics metrics, InstantSource clock) {
    this.consumer = consumer;
    this.metrics = metrics;
    this.clock = clock;
  }

  /** Asks when it is time to. */
  void measure(@Nullable PendingBatch pending) {
    var now = clock.instant();
    var assigned = consumer.assignment();
    if (assigned.isEmpty() || (last != null && !Waits.over(last, INTERVAL, now))) {
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
    } catch (RetriableException e) {
      log.debug("The lag is not known now: {}", e.getMessage());
    }
  }
}
