package io.tallyman.agent.events;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallyman.agent.events.RingView.Verdict;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class RingViewTest {

  private static RingView of(long oldest, int count) {
    return LongStream.range(oldest, oldest + count)
        .boxed()
        .reduce(RingView.EMPTY, RingView::and, (a, b) -> a);
  }

  @Test
  void aMemoryThatBeginsBeforeTheMomentIsComplete() {
    assertThat(of(100, 256).since(100, 50L)).isEqualTo(Verdict.COMPLETE);
    assertThat(of(100, 1).since(100, 100L)).isEqualTo(Verdict.COMPLETE);
  }

  @Test
  void aFullMemoryThatBeginsLaterHasOverflowed() {
    assertThat(of(101, 256).since(100, 50L)).isEqualTo(Verdict.OVERFLOWED);
    assertThat(of(101, 256).since(100, null)).isEqualTo(Verdict.OVERFLOWED);
  }

  @Test
  void aMemoryThatLostWhatItHeldWithoutBeingFullIsAnotherOnes() {
    assertThat(of(101, 255).since(100, 50L)).isEqualTo(Verdict.EMPTIED);
    assertThat(RingView.EMPTY.since(100, 50L)).isEqualTo(Verdict.EMPTIED);
  }

  @Test
  void aMemoryThatWasNeverFullAndHoldsWhatItHeldIsComplete() {
    assertThat(of(101, 255).since(100, 101L)).isEqualTo(Verdict.COMPLETE);
    assertThat(of(101, 3).since(100, 103L)).isEqualTo(Verdict.COMPLETE);
    assertThat(of(101, 3).since(100, 104L)).isEqualTo(Verdict.EMPTIED);
  }

  @Test
  void aMemoryThatNeverHeldAnythingProvesNothing() {
    assertThat(RingView.EMPTY.since(100, null)).isEqualTo(Verdict.UNPROVEN);
    assertThat(of(101, 3).since(100, null)).isEqualTo(Verdict.UNPROVEN);
  }
}
