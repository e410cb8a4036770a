package io.tallyman.agent.events;

import java.time.Instant;

/** Nanoseconds since 1970-01-01 UTC, as the engine counts them. */
final class Nanos {

  private static final long PER_SECOND = 1_000_000_000L;

  private Nanos() {}

  static long of(Instant instant) {
    return Math.addExact(
        Math.multiplyExact(instant.getEpochSecond(), PER_SECOND), (long) instant.getNano());
  }

  static Instant toInstant(long nanos) {
    return Instant.ofEpochSecond(
        Math.floorDiv(nanos, PER_SECOND), Math.floorMod(nanos, PER_SECOND));
  }
}
