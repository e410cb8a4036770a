package io.tallyman.query.topology;

import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The newest time of all records that the state of this instance reflects, kept while they are
 * taken in, so that nobody has to search for it. Safe from any thread.
 */
public final class NewestTime {

  private static final long NONE = Long.MIN_VALUE;

  private final AtomicLong newestMillis = new AtomicLong(NONE);

  /** A record of that time is in the state; {@code timeMillis} as of {@link RecordTimes}. */
  void reflects(long timeMillis) {
    newestMillis.accumulateAndGet(timeMillis, Math::max);
  }

  /** To the millisecond; null before the first record. */
  public @Nullable Instant get() {
    long millis = newestMillis.get();
    return millis == NONE ? null : Instant.ofEpochMilli(millis);
  }
}
