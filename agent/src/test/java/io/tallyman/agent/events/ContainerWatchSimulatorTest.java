package io.tallyman.agent.events;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ContainerWatchSimulatorTest {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Long enough for whatever comes at all. */
  private static final Duration IMPATIENCE = Duration.ofSeconds(3);

  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource
  void nothingIsLostSilently(WatchScenarios scenario) {
    scenario.play(directory, Set.of(), PATIENCE);
  }

  @Tag("mechanism")
  @ParameterizedTest
  @CsvSource({
    "CURSOR, A_SHORT_STOP_LOSES_NOTHING",
    "RING_JUDGEMENT, A_STOP_LONGER_THAN_THE_RING_REACHES_IS_A_GAP",
    "RING_JUDGEMENT, A_RING_THAT_OVERFLOWED_MEANWHILE_IS_A_GAP",
    "RING_JUDGEMENT, AN_ENGINE_RESTART_IS_A_GAP_AND_ITS_DEATHS_ARE_TOLD",
    "RECONCILE, AN_ENGINE_RESTART_IS_A_GAP_AND_ITS_DEATHS_ARE_TOLD",
    "RECONCILE, A_RING_THAT_OVERFLOWED_MEANWHILE_IS_A_GAP",
    "AUDIT, WHAT_THE_ENGINE_DROPPED_IS_TOLD_LATE",
    "AUDIT, WHAT_THE_ENGINE_DROPPED_AND_FORGOT_IS_A_GAP",
    "DEDUPLICATION, WHAT_COMES_AGAIN_IS_TOLD_ONCE",
  })
  void eachMechanismIsMissedWhenItIsOff(Mechanism mechanism, WatchScenarios scenario) {
    assertThatThrownBy(() -> scenario.play(directory, Set.of(mechanism), IMPATIENCE))
        .isInstanceOfAny(AssertionError.class, ConditionTimeoutException.class);
  }
}
