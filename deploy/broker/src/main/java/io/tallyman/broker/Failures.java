package io.tallyman.broker;

import java.nio.file.Path;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.jspecify.annotations.Nullable;

/** What a failure inside the broker means to whoever runs it. */
final class Failures {

  private static final int MAX_CAUSES = 20;

  /** With less than this free an append to a log fails. */
  private static final long FULL_BYTES = 1024L * 1024;

  private Failures() {}

  /**
   * Kafka gave up and says no more than that; what is free on the disk tells whether it is full.
   */
  static BrokerException halted(Path directory, String reason, long usableBytes) {
    return usableBytes < FULL_BYTES
        ? new BrokerException.DiskFull(directory, null)
        : new BrokerException.Failed(
            "The Kafka broker on " + directory + " stopped: " + reason + "; its log says why",
            null);
  }

  static BrokerException of(Path directory, String message, @Nullable Throwable cause) {
    if (cause instanceof BrokerException known) {
      return known;
    }
    if (isDiskFull(cause)) {
      return new BrokerException.DiskFull(directory, cause);
    }
    if (isOtherVersion(cause)) {
      return new BrokerException.DirectoryForeign(
          directory, "was written by another version of Kafka", cause);
    }
    var last = cause == null ? null : cause.getMessage();
    return new BrokerException.Failed(last == null ? message : message + ": " + last, cause);
  }

  static boolean isDiskFull(@Nullable Throwable failure) {
    var cause = failure;
    for (int depth = 0; cause != null && depth < MAX_CAUSES; depth++) {
      var message = cause.getMessage();
      if (message != null
          && (message.contains("No space left on device")
              || message.contains("Disk quota exceeded"))) {
        return true;
      }
      cause = cause.getCause();
    }
    return false;
  }

  private static boolean isOtherVersion(@Nullable Throwable failure) {
    var cause = failure;
    for (int depth = 0; cause != null && depth < MAX_CAUSES; depth++) {
      var message = cause.getMessage();
      if (cause instanceof UnsupportedVersionException
          || (message != null
              && (message.contains("metadata.version")
                  || message.contains("meta.properties")
                  || message.contains("metadata version")))) {
        return true;
      }
      cause = cause.getCause();
    }
    return false;
  }
}
