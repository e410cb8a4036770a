package io.tallyman.query.state;

import static io.tallyman.query.state.CopyLags.isNearlyWhole;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CopyLagsTest {

  @Test
  void anEmptyCopyOfAShortChangelogIsNotWhole() {
    assertThat(isNearlyWhole(false, 72, 72)).isFalse();
    assertThat(isNearlyWhole(false, 1, 72)).isFalse();
    assertThat(isNearlyWhole(false, 0, 72)).isTrue();
    assertThat(isNearlyWhole(false, 0, 0)).isTrue();
  }

  @Test
  void aCopyOfALongChangelogMayLackWhatWasJustWritten() {
    assertThat(isNearlyWhole(false, 500, 100_000)).isTrue();
    assertThat(isNearlyWhole(false, 5_000, 100_000_000)).isFalse();
  }

  @Test
  void aCopyThatWasWholeIsUsedUntilItIsLeftFarBehind() {
    assertThat(isNearlyWhole(true, 10_000, 20_000)).isTrue();
    assertThat(isNearlyWhole(true, 10_001, 20_000)).isFalse();
  }
}
