package io.tallyman.query.view;

import io.tallyman.query.state.NotReadyException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What takes long to read, read once for all who ask within some time. Safe from any thread; a
 * {@link NotReadyException} of reading goes to whoever waits for it.
 */
final class Shared<T> {

  private static final Logger log = LoggerFactory.getLogger(Shared.class);

  private final Supplier<T> read;
  private final long maxAgeNanos;
  private final ReentrantLock reading = new ReentrantLock();
  private final AtomicBoolean renewing = new AtomicBoolean();
  private volatile @Nullable Taken<T> last;

  /** {@code maxAge} of zero shares nothing. */
  Shared(Supplier<T> read, Duration maxAge) {
    this.read = read;
    this.maxAgeNanos = maxAge.toNanos();
  }

  private record Taken<T>(T value, long nanos) {}

  /** At most as old as may be. Renewed in the background before that while many ask. */
  T get() {
    Taken<T> known = last;
    long age = known == null ? Long.MAX_VALUE : System.nanoTime() - known.nanos;
    if (known == null || age >= maxAgeNanos) {
      return fresh();
    }
    if (age > maxAgeNanos / 2 && renewing.compareAndSet(false, true)) {
      Thread.ofVirtual().name("renewing").start(this::renew);
    }
    return known.value;
  }

  /** Read after the call. */
  T fresh() {
    long asked = System.nanoTime();
    reading.lock();
    try {
      Taken<T> known = last;
      if (known != null && maxAgeNanos > 0 && known.nanos - asked > 0) {
        return known.value;
      }
      long begun = System.nanoTime();
      T value = read.get();
      last = new Taken<>(value, begun);
      return value;
    } finally {
      reading.unlock();
    }
  }

  /** What was read last, however old; null before the first. */
  @Nullable T last() {
    Taken<T> known = last;
    return known == null ? null : known.value;
  }

  private void renew() {
    try {
      fresh();
    } catch (NotReadyException e) {
      log.debug("Not renewed: {}", e.getMessage());
    } finally {
      renewing.set(false);
    }
  }
}
