package io.tallyman.query.topology;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts the records that could not be read and remembers the last, for health and metrics. Safe
 * from any thread.
 *
 * <p>{@code rejected} were passed over for good; {@code waiting} are kept and tried again.
 */
public final class UnreadableRecords {

  private static final Logger log = LoggerFactory.getLogger(UnreadableRecords.class);

  /** One in so many rejections is logged, after the first. */
  private static final long LOG_EVERY = 1000;

  private final AtomicLong rejected = new AtomicLong();
  private final AtomicLong waiting = new AtomicLong();
  private final AtomicReference<@Nullable String> last = new AtomicReference<>();

  /** A record is passed over; {@code position} names topic, partition and offset. */
  void reject(String position, String reason) {
    long count = rejected.incrementAndGet();
    last.set(position + ": " + reason);
    if (count % LOG_EVERY == 1) {
      log.warn("Passed over a record at {} ({} so far): {}", position, count, reason);
    }
  }

  /** A record is kept until its schema can be had. */
  void await(String position, String reason) {
    if (waiting.incrementAndGet() == 1) {
      log.warn("Keeping a record at {} until it can be read: {}", position, reason);
    }
    last.set(position + ": " + reason);
  }

  /** So many kept records were found at start, or are kept no more when negative. */
  void addWaiting(long count) {
    waiting.addAndGet(count);
  }

  /** Records passed over since the start. */
  public long rejected() {
    return rejected.get();
  }

  /** Records that are kept now. */
  public long waiting() {
    return waiting.get();
  }

  /** Topic, partition, offset and reason of the last one; null when there was none. */
  public @Nullable String last() {
    return last.get();
  }
}
