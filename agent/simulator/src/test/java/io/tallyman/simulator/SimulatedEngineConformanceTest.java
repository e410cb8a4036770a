package io.tallyman.simulator;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/** The simulated engine in all its profiles. */
class SimulatedEngineConformanceTest {

  @Nested
  class Docker2010OnCgroup1 extends Simulated {
    Docker2010OnCgroup1() {
      super(EngineProfile.DOCKER_20_10);
    }
  }

  @Nested
  class Docker261OnCgroup2 extends Simulated {
    Docker261OnCgroup2() {
      super(EngineProfile.DOCKER_26_1);
    }
  }

  @Nested
  class Docker285OnCgroup1 extends Simulated {
    Docker285OnCgroup1() {
      super(EngineProfile.DOCKER_28_5);
    }
  }

  @Nested
  class Docker29OnCgroup2WithCgroupfs extends Simulated {
    Docker29OnCgroup2WithCgroupfs() {
      super(EngineProfile.DOCKER_29.onCgroups(2, "cgroupfs"));
    }
  }

  /** In real time, with a collector that is ten times as fast. */
  abstract static class Simulated extends EngineConformance {
    @TempDir private static Path directory;

    private final EngineProfile profile;
    private @Nullable SimulatedEngine simulated;

    Simulated(EngineProfile profile) {
      this.profile = profile;
    }

    @Override
    URI startEngine() {
      Path socket = directory.resolve(profile.engineVersion() + ".sock");
      simulated =
          SimulatedEngine.start(
              SimulatorConfig.at(new Endpoint.UnixSocket(socket))
                  .profile(profile)
                  .collectorPeriod(Duration.ofMillis(100))
                  .oneShotDelay(Duration.ofMillis(100))
                  .build());
      return simulated.dockerHost();
    }

    @Override
    @AfterAll
    void disconnect() {
      super.disconnect();
      if (simulated != null) {
        simulated.close();
      }
    }
  }
}
