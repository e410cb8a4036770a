package io.tallyman.query;

import static org.awaitility.Awaitility.await;

import java.time.Duration;

/**
 * A service that is closed gives its streams a moment and goes; on a busy machine they are still
 * putting their state on disk then.
 */
final class StreamsThreads {

  private static final Duration ENDED = Duration.ofSeconds(30);

  private StreamsThreads() {}

  /** Waits until nothing of a service of this process writes to its state directory any more. */
  static void awaitEnd(String applicationId) {
    await()
        .atMost(ENDED)
        .until(() ->
            Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().startsWith(applicationId + "-")));
  }
}
