package io.tallyman.sink;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is done but not committed yet. Commits wait for the broker's answer. Not thread-safe. */
final class OffsetCommits {

  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private static final Logger log = LoggerFactory.getLogger(OffsetCommits.class);

  private final String sinkName;
  private final Consumer<?, ?> consumer;
  private final KafkaSilence silence;
  private final Map<TopicPartition, OffsetAndMetadata> done = new HashMap<>();

  OffsetCommits(String sinkName, Consumer<?, ?> consumer, KafkaSilence silence) {
    this.sinkName = sinkName;
    this.consumer = consumer;
    this.silence = silence;
  }

  void done(Map<TopicPartition, OffsetAndMetadata> offsets) {
    done.putAll(offsets);
  }

  void forget(Collection<TopicPartition> partitions) {
    done.keySet().removeAll(partitions);
  }

  /** Commits; what cannot be committed now stays for the next call. */
  void commit() {
    if (done.isEmpty()) {
      return;
    }
    try {
      consumer.commitSync(Map.copyOf(done), TIMEOUT);
      done.clear();
      silence.answered();
    } catch (CommitFailedException e) {
      log.warn(
          "Sink {} has lost its partitions; another will write their last batch again", sinkName);
      done.clear();
    } catch (RetriableException e) {
      silence.failed(e);
      log.info("Sink {} will commit again: {}", sinkName, e.getMessage());
    } catch (RebalanceInProgressException e) {
      log.info("Sink {} will commit again: {}", sinkName, e.getMessage());
    }
  }

  /** For the end, where a wake-up that was meant for a poll may still be pending. */
  void commitLast() {
    try {
      commit();
    } catch (WakeupException e) {
      commit();
    }
  }
}
