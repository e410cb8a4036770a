package io.tallyman.query.state;

import java.time.Duration;
import java.util.Map;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.LagInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How far the stores here lag behind their changelogs, as last heard from the broker.
 *
 * <p>Asked in the background, because the broker may not answer for a minute just when copies are
 * wanted most. Reading is safe from any thread and never waits.
 */
final class CopyLags implements AutoCloseable {

  /**
   * A copy that lacks more is being built, and what it does not have yet would look as if it did
   * not exist.
   */
  private static final long MAX_LAG = 10_000;

  private static final Duration INTERVAL = Duration.ofSeconds(2);
  private static final Logger log = LoggerFactory.getLogger(CopyLags.class);

  private final KafkaStreams streams;
  private final Thread thread;
  private volatile Map<String, Map<Integer, LagInfo>> known = Map.of();

  /** Of that client, which need not run yet. */
  CopyLags(KafkaStreams streams) {
    this.streams = streams;
    this.thread = Thread.ofVirtual().name("copy-lags").unstarted(this::run);
  }

  /** Begins to ask. */
  void start() {
    thread.start();
  }

  /** Whether nearly all is here of a partition. */
  boolean isNearlyWhole(String store, int partition) {
    LagInfo lag = known.getOrDefault(store, Map.of()).get(partition);
    return lag != null && lag.offsetLag() <= MAX_LAG;
  }

  @Override
  public void close() {
    thread.interrupt();
  }

  private void run() {
    try {
      while (true) {
        ask();
        Thread.sleep(INTERVAL);
      }
    } catch (InterruptedException e) {
      // It is closed.
    }
  }

  private void ask() {
    try {
      known = streams.allLocalStorePartitionLags();
    } catch (KafkaException | IllegalStateException e) {
      log.debug("What was known of copies is used on: {}", e.toString());
    }
  }
}
