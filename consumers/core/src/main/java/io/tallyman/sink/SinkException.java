package io.tallyman.sink;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a sink could not do; the type decides what the worker does next. */
public abstract sealed class SinkException extends Exception {

  private static final long serialVersionUID = 1L;

  private SinkException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /**
   * The store cannot take records now. The worker keeps its partitions paused and its membership in
   * the group, backs off, and puts the same batch again, without a limit on the tries.
   */
  public static final class Unavailable extends SinkException {

    private static final long serialVersionUID = 1L;

    private final @Nullable Duration retryAfter;

    public Unavailable(String message, @Nullable Throwable cause) {
      this(message, cause, null);
    }

    /**
     * With the store's own word on when to come back.
     *
     * @param retryAfter how long the store asked to be left alone; null when it did not say
     */
    public Unavailable(String message, @Nullable Throwable cause, @Nullable Duration retryAfter) {
      super(message, cause);
      this.retryAfter = retryAfter;
    }

    public Optional<Duration> retryAfter() {
      return Optional.ofNullable(retryAfter);
    }
  }

  /**
   * The store will never take these records. Each becomes a dead letter, and the rest of the batch
   * is put again.
   */
  public static final class Rejected extends SinkException {

    private static final long serialVersionUID = 1L;

    private final transient Map<SinkRecord, String> reasons;

    /**
     * Names what the store will not take.
     *
     * @param reasons why, by record; at least one, and all of the batch that was put last
     */
    public Rejected(Map<SinkRecord, String> reasons) {
      super(reasons.size() + " records rejected", null);
      if (reasons.isEmpty()) {
        throw new IllegalArgumentException("a rejection must name a record");
      }
      this.reasons = Map.copyOf(reasons);
    }

    public Map<SinkRecord, String> reasons() {
      return reasons;
    }
  }

  /** The store knows us and says no. The worker stops and shows the message. */
  public static final class CredentialsRefused extends SinkException {

    private static final long serialVersionUID = 1L;

    public CredentialsRefused(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  /**
   * Nobody wants the records any more: the reader of a pipe has gone, a limit is reached. The
   * worker stops without an error and commits nothing of the batch.
   */
  public static final class Ended extends SinkException {

    private static final long serialVersionUID = 1L;

    public Ended(String message) {
      super(message, null);
    }
  }
}
