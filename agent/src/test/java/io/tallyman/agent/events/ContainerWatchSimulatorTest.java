package io.tallyman.agent.events;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Plays the scenarios several at a time, for they mostly wait. */
class ContainerWatchSimulatorTest {

  private static final int AT_A_TIME = 6;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Long enough for whatever comes at all. */
  private static final Duration IMPATIENCE = Duration.ofSeconds(3);

  @TempDir private static Path directory;

  private static final ExecutorService players = Executors.newFixedThreadPool(AT_A_TIME);
  private static final Map<Play, CompletableFuture<Void>> plays = new HashMap<>();

  /** A scenario, and what it goes without. */
  record Play(WatchScenarios scenario, Set<Mechanism> off) {

    static Play of(WatchScenarios scenario) {
      return new Play(scenario, Set.of());
    }

    static Play without(Mechanism mechanism, WatchScenarios scenario) {
      return new Play(scenario, Set.of(mechanism));
    }
  }

  static List<Play> playsWithoutAMechanism() {
    return List.of(
        Play.without(Mechanism.CURSOR, WatchScenarios.A_SHORT_STOP_LOSES_NOTHING),
        Play.without(
            Mechanism.RING_JUDGEMENT, WatchScenarios.A_STOP_LONGER_THAN_THE_RING_REACHES_IS_A_GAP),
        Play.without(
            Mechanism.RING_JUDGEMENT, WatchScenarios.A_RING_THAT_OVERFLOWED_MEANWHILE_IS_A_GAP),
        Play.without(
            Mechanism.RING_JUDGEMENT,
            WatchScenarios.AN_ENGINE_RESTART_IS_A_GAP_AND_ITS_DEATHS_ARE_TOLD),
        Play.without(
            Mechanism.RECONCILE, WatchScenarios.AN_ENGINE_RESTART_IS_A_GAP_AND_ITS_DEATHS_ARE_TOLD),
        Play.without(Mechanism.RECONCILE, WatchScenarios.A_RING_THAT_OVERFLOWED_MEANWHILE_IS_A_GAP),
        Play.without(Mechanism.AUDIT, WatchScenarios.WHAT_THE_ENGINE_DROPPED_IS_TOLD_LATE),
        Play.without(Mechanism.AUDIT, WatchScenarios.WHAT_THE_ENGINE_DROPPED_AND_FORGOT_IS_A_GAP),
        Play.without(Mechanism.DEDUPLICATION, WatchScenarios.WHAT_COMES_AGAIN_IS_TOLD_ONCE),
        Play.without(
            Mechanism.DEDUPLICATION,
            WatchScenarios.A_STREAM_THAT_IS_CUT_ALL_THE_TIME_LOSES_NOTHING),
        Play.without(
            Mechanism.REFUSED_AGAIN,
            WatchScenarios.WHAT_THE_LANE_REFUSED_IS_TOLD_ONCE_THERE_IS_ROOM),
        Play.without(Mechanism.RING_JUDGEMENT, WatchScenarios.A_SLOW_PIPELINE_HIDES_NOTHING),
        Play.without(Mechanism.CLOCK_SET_BACK, WatchScenarios.A_CLOCK_THAT_JUMPS_LOSES_NOTHING));
  }

  @BeforeAll
  static void play() {
    List<Play> all = new ArrayList<>(playsWithoutAMechanism());
    for (WatchScenarios scenario : WatchScenarios.values()) {
      all.add(Play.of(scenario));
    }
    all.forEach(play -> plays.put(play, CompletableFuture.runAsync(() -> play(play), players)));
  }

  private static void play(Play play) {
    try {
      Path own = Files.createTempDirectory(directory, "play");
      play.scenario().play(own, play.off(), play.off().isEmpty() ? PATIENCE : IMPATIENCE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @AfterAll
  static void end() {
    players.shutdownNow();
  }

  private static void outcome(Play play) throws Throwable {
    try {
      Objects.requireNonNull(plays.get(play)).join();
    } catch (CompletionException e) {
      throw e.getCause();
    }
  }

  @ParameterizedTest
  @EnumSource
  void nothingIsLostSilently(WatchScenarios scenario) throws Throwable {
    outcome(Play.of(scenario));
  }

  @Tag("mechanism")
  @ParameterizedTest
  @MethodSource("playsWithoutAMechanism")
  void eachMechanismIsMissedWhenItIsOff(Play play) {
    assertThatThrownBy(() -> outcome(play))
        .isInstanceOfAny(AssertionError.class, ConditionTimeoutException.class);
  }
}
