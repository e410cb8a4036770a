package io.tallyman.sink;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class BackoffTest {

  private final long seed = System.nanoTime();
  private final Backoff backoff = Backoff.standard(new SplittableRandom(seed));

  @RepeatedTest(20)
  void neverPassesTheCeiling() {
    for (int attempts = 1; attempts < 100; attempts++) {
      long ceiling = Math.min(30_000, 500L << Math.min(attempts - 1, 10));
      assertThat(backoff.delay(attempts, Optional.empty()))
          .as("seed %d, attempt %d", seed, attempts)
          .isBetween(Duration.ZERO, Duration.ofMillis(ceiling));
    }
  }

  @Test
  void usesTheWholeRange() {
    long shortest = Long.MAX_VALUE;
    long longest = 0;
    for (int i = 0; i < 1_000; i++) {
      long millis = backoff.delay(20, Optional.empty()).toMillis();
      shortest = Math.min(shortest, millis);
      longest = Math.max(longest, millis);
    }
    assertThat(shortest).as("seed %d", seed).isLessThan(3_000);
    assertThat(longest).as("seed %d", seed).isGreaterThan(27_000);
  }

  @Test
  void isNeverShorterThanAskedFor() {
    assertThat(backoff.delay(1, Optional.of(Duration.ofSeconds(42))))
        .as("seed %d", seed)
        .isBetween(Duration.ofSeconds(42), Duration.ofMillis(42_500));
  }

  @Test
  void growsForAStoreThatAsksForNothingOrForAPastTime() {
    for (var asked : List.of(Duration.ZERO, Duration.ofDays(-1))) {
      long longest = 0;
      for (int i = 0; i < 1_000; i++) {
        var wait = backoff.delay(20, Optional.of(asked));
        assertThat(wait).as("seed %d", seed).isBetween(Duration.ZERO, Duration.ofSeconds(30));
        longest = Math.max(longest, wait.toMillis());
      }
      assertThat(longest).as("seed %d", seed).isGreaterThan(27_000);
    }
  }

  @Test
  void doesNotObeyAStoreThatAsksForDays() {
    assertThat(backoff.delay(1, Optional.of(Duration.ofDays(3))))
        .isLessThan(Backoff.MAX_RETRY_AFTER.plusSeconds(1));
  }
}
