package io.tallyman.agent.events;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** Growing, capped and jittered pauses between attempts. Used by one thread. */
final class Backoff {

  private final long firstMillis;
  private final long capMillis;
  private final RandomGenerator random;
  private int failures;

  Backoff(Duration first, Duration cap, RandomGenerator random) {
    this.firstMillis = first.toMillis();
    this.capMillis = cap.toMillis();
    this.random = random;
  }

  /** The next pause: between half of and the whole of a time that doubles up to the cap. */
  Duration next() {
    long whole = Math.min(capMillis, firstMillis << Math.min(failures, 20));
    failures++;
    return Duration.ofMillis(whole / 2 + random.nextLong(whole / 2 + 1));
  }

  void reset() {
    failures = 0;
  }
}
