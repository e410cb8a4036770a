package io.tallyman.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;

/**
 * Keeps out of the log what Kafka warns of while all is well, what it repeats every second while a
 * broker is away, and the stack traces of a full disk, which the broker that runs here tells in one
 * line. By text and not by logger, so that whatever else these loggers say is seen.
 */
public final class KafkaNoise extends TurboFilter {

  /** So often at most it is told that a broker cannot be reached. */
  static final long REPEAT_NANOS = TimeUnit.MINUTES.toNanos(1);

  /**
   * Said when something is stopped while it starts, when two sides stop at the same time, or after
   * a crash, when a coordinator is loaded once before the election of its lone leader and then
   * again.
   */
  private static final List<String> HARMLESS =
      List.of(
          "Attempting to close NetworkClient that has already been closed",
          "Unexpected state transition from PENDING_SHUTDOWN to RUNNING",
          "Error happened during initialization of the global state store; this thread has",
          "Timed out waiting for the controller to approve controlled shutdown",
          "because the partition is not online or is no longer the leader");

  /** What follows on a failure of the storage that was logged, and ends the broker: told there. */
  private static final List<String> CONSEQUENCES =
      List.of(
          "because the log directory has failed",
          "because they are in the failed log directory",
          "Stopping serving logs in dir",
          "Shutdown broker because all log dirs in");

  private static final List<String> DISK_FULL =
      List.of("No space left on device", "Disk quota exceeded");

  private static final int MAX_CAUSES = 20;

  private static final String UNREACHABLE = "could not be established. Node may not be available";

  private final AtomicLong lastUnreachableNanos = new AtomicLong(System.nanoTime() - REPEAT_NANOS);

  @Override
  public FilterReply decide(
      @Nullable Marker marker,
      Logger logger,
      Level level,
      @Nullable String format,
      Object @Nullable [] parameters,
      @Nullable Throwable failure) {
    if (format == null || !level.isGreaterOrEqual(Level.WARN) || !isKafka(logger.getName())) {
      return FilterReply.NEUTRAL;
    }
    boolean noise =
        HARMLESS.stream().anyMatch(format::contains)
            || CONSEQUENCES.stream().anyMatch(format::contains)
            || isDiskFull(failure)
            || (format.contains(UNREACHABLE) && isRepeated());
    return noise ? FilterReply.DENY : FilterReply.NEUTRAL;
  }

  private static boolean isKafka(String name) {
    return name.startsWith("org.apache.kafka.") || name.startsWith("kafka.");
  }

  private static boolean isDiskFull(@Nullable Throwable failure) {
    Throwable cause = failure;
    for (int depth = 0; cause != null && depth < MAX_CAUSES; depth++) {
      String message = cause.getMessage();
      if (message != null && DISK_FULL.stream().anyMatch(message::contains)) {
        return true;
      }
      cause = cause.getCause();
    }
    return false;
  }

  private boolean isRepeated() {
    long nowNanos = System.nanoTime();
    long lastNanos = lastUnreachableNanos.get();
    return nowNanos - lastNanos < REPEAT_NANOS
        || !lastUnreachableNanos.compareAndSet(lastNanos, nowNanos);
  }
}
