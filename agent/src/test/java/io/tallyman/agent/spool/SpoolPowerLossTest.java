package io.tallyman.agent.spool;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallyman.agent.spool.SpoolScenario.World;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SpoolPowerLossTest {

  private static final int SEEDS = 1_500;
  private static final int SOAK_SEEDS = 30_000;

  @ParameterizedTest
  @EnumSource(World.class)
  void whatWasAcceptedIsReadBack(World world) {
    LongStream.range(0, SEEDS).forEach(seed -> SpoolScenario.run(seed, world, Set.of()));
  }

  @Tag("soak")
  @Timeout(value = 1, unit = TimeUnit.HOURS)
  @ParameterizedTest
  @EnumSource(World.class)
  void whatWasAcceptedIsReadBackForManySeeds(World world) {
    LongStream.range(0, SOAK_SEEDS).forEach(seed -> SpoolScenario.run(seed, world, Set.of()));
  }

  @Tag("mechanism")
  @ParameterizedTest
  @EnumSource(
      value = Mechanism.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"FILE_LOCK", "GAP_RESERVE", "DISK_RESERVE"})
  void eachMechanismIsMissedWhenItIsOff(Mechanism mechanism) {
    World world =
        switch (mechanism) {
          case FSYNC_BEFORE_ACCEPT, DIRECTORY_FSYNC, CURSOR_BEFORE_UNLINK, CHECKSUM, TRUNCATION ->
              World.CRASHES;
          case RESYNC -> World.BIT_FLIPS;
          case ABANDON_AFTER_FAILURE -> World.CRASHES_AND_FAULTS;
          case FILE_LOCK, GAP_RESERVE, DISK_RESERVE ->
              throw new IllegalArgumentException(mechanism + " has a test elsewhere");
        };
    assertThat(LongStream.range(0, SEEDS).filter(seed -> fails(seed, world, mechanism)).findFirst())
        .as("a seed that fails without " + mechanism)
        .isPresent();
  }

  private static boolean fails(long seed, World world, Mechanism mechanism) {
    try {
      SpoolScenario.run(seed, world, Set.of(mechanism));
      return false;
    } catch (AssertionError e) {
      return true;
    }
  }
}
