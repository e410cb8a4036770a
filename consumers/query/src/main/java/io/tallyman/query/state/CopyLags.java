package io.tallyman.query.state;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.LagInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which stores here are nearly whole: those that have once come up with their changelogs and have
 * not fallen far behind since, as last heard from the broker.
 *
 * <p>Asked in the background, because the broker may not answer for a minute just when copies are
 * wanted most. Reading is safe from any thread and never waits.
 */
final class CopyLags implements AutoCloseable {

  /**
   * A copy that was never as near is being built, and what it does not have yet would look as if it
   * did not exist. Of a short changelog a hundredth, which is all of it when nothing is written.
   */
  private static final long NEAR_LAG = 1000;

  private static final int NEAR_SHARE = 100;

  /** A copy that was near and lacks more has been left behind. */
  private static final long MAX_LAG = 10_000;

  private static final Duration INTERVAL = Duration.ofSeconds(2);
  private static final Logger log = LoggerFactory.getLogger(CopyLags.class);

  private final KafkaStreams streams;
  private final Thread thread;
  private volatile Map<String, Set<Integer>> whole = Map.of();

  /** Of that client, which need not run yet. */
  CopyLags(KafkaStreams streams) {
    this.streams = streams;
    this.thread = Thread.ofVirtual().name("copy-lags").unstarted(this::run);
  }

  /** Begins to ask. */
  void start() {
    thread.start();
  }

  /** Whether nearly all of a partition is here. */
  boolean isNearlyWhole(String store, int partition) {
    return whole.getOrDefault(store, Set.of()).contains(partition);
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
      whole = whole(streams.allLocalStorePartitionLags(), whole);
    } catch (KafkaException | IllegalStateException e) {
      log.debug("What was known of copies is used on: {}", e.toString());
    }
  }

  private static Map<String, Set<Integer>> whole(
      Map<String, Map<Integer, LagInfo>> lags, Map<String, Set<Integer>> before) {
    Map<String, Set<Integer>> whole = new HashMap<>();
    lags.forEach((store, partitions) -> {
      Set<Integer> known = before.getOrDefault(store, Set.of());
      Set<Integer> now = new HashSet<>();
      partitions.forEach((partition, lag) -> {
        if (isNearlyWhole(known.contains(partition), lag.offsetLag(), lag.endOffsetPosition())) {
          now.add(partition);
        }
      });
      whole.put(store, now);
    });
    return whole;
  }

  /** Of one that lacks {@code lag} of a changelog that ends at {@code end}. */
  static boolean isNearlyWhole(boolean wasBefore, long lag, long end) {
    return lag <= (wasBefore ? MAX_LAG : Math.min(NEAR_LAG, end / NEAR_SHARE));
  }
}
