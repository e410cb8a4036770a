package io.tallyman.sink;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.apache.kafka.common.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether Kafka answers. A poll does not tell, because it returns nothing when Kafka is away as it
 * does when there is nothing to read. Not thread-safe.
 */
final class KafkaSilence {

  /** A single answer may be late on a busy machine. */
  private static final int TOLERATED = 1;

  private static final Logger log = LoggerFactory.getLogger(KafkaSilence.class);

  private final String sinkName;
  private final InstantSource clock;
  private int attempts;
  private Instant since = Instant.EPOCH;
  private String reason = "";

  KafkaSilence(String sinkName, InstantSource clock) {
    this.sinkName = sinkName;
    this.clock = clock;
  }

  void answered() {
    if (attempts > TOLERATED) {
      log.info("Sink {}: Kafka answers again", sinkName);
    }
    attempts = 0;
  }

  void failed(RetriableException e) {
    if (attempts == 0) {
      since = clock.instant();
    }
    attempts++;
    reason = "Kafka does not answer: " + e.getMessage();
    if (attempts == TOLERATED + 1) {
      log.warn("Sink {} waits: {}", sinkName, reason);
    }
  }

  /** Whether the last that was asked was not answered. */
  boolean isSuspected() {
    return attempts > 0;
  }

  /** What a worker does meanwhile; empty when Kafka answers. */
  Optional<WorkerState.Waiting> waiting() {
    return attempts > TOLERATED
        ? Optional.of(new WorkerState.Waiting(reason, since, attempts))
        : Optional.empty();
  }
}
