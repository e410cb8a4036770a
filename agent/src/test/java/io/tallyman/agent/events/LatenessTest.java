package io.tallyman.agent.events;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LatenessTest {

  private static final long LATE = Lateness.PATIENCE.toNanos();

  private final Lateness lateness = new Lateness(3);

  @Test
  void onlyAsManyLateEventsInARowAsTheEngineKeepsAreASign() {
    assertThat(lateness.read(1, 1)).isNull();
    assertThat(lateness.read(2, 2 + LATE)).isNull();
    assertThat(lateness.read(3, 3 + LATE)).isNull();
    assertThat(lateness.read(4, 4)).as("the row is broken").isNull();
    assertThat(lateness.read(5, 5 + LATE)).isNull();
    assertThat(lateness.read(6, 6 + LATE)).isNull();
    assertThat(lateness.read(7, 7 + LATE)).isEqualTo(5);
    assertThat(lateness.read(8, 8 + LATE)).as("the next row").isNull();
  }

  @Test
  void aClockThatDiffersIsNotTakenForLateness() {
    for (int i = 0; i < 10; i++) {
      assertThat(lateness.read(i, i + 60 * LATE)).isNull();
    }
    for (int i = 0; i < 10; i++) {
      assertThat(new Lateness(3).read(i, i - 60 * LATE)).isNull();
    }
  }
}
