package io.tallyman.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tallyman.simulator.Workload.Wave;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WorkloadTest {

  private static final long SEED = 20260301;

  @Test
  void theSumGrowsByWhatTheWaveShowsAndNeverShrinks() {
    Random random = new Random(SEED);
    for (int i = 0; i < 200; i++) {
      double base = random.nextDouble() * 200;
      Wave wave = new Wave(base, base * random.nextDouble(), 20 + random.nextInt(300), i);
      double at = random.nextDouble() * 3_000_000;
      double step = 0.001;
      double growth = wave.sumUntil(at + step) - wave.sumUntil(at);

      assertThat(growth).as("seed %d, round %d", SEED, i).isGreaterThanOrEqualTo(0);
      assertThat(growth / step)
          .as("seed %d, round %d", SEED, i)
          .isCloseTo(wave.at(at), within(0.02 * base + 0.01));
    }
  }

  @Test
  void aCounterStartsAtZero() {
    assertThat(new Wave(10, 7, 60, 2).sumUntil(0)).isZero();
  }
}
