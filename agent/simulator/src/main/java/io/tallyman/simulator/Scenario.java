package io.tallyman.simulator;

import java.nio.file.Path;

/** What runs on a simulated engine; the same seed and clock always give the same. */
public sealed interface Scenario {

  /** The least that a demo fleet has. */
  int DEMO_CONTAINERS = 12;

  /** Nothing runs; tests create what they need. */
  record Empty(long seed) implements Scenario {}

  /** A lively fleet: see {@link #demoFleet(long, int)}. */
  record DemoFleet(long seed, int containers) implements Scenario {}

  /** Many plain containers: see {@link #load}. */
  record Load(long seed, int containers) implements Scenario {}

  /** What was recorded of a real engine: see {@link #recording}. */
  record Recording(Path directory) implements Scenario {
    @Override
    public long seed() {
      return 0;
    }
  }

  /** Where all chance comes from. */
  long seed();

  static Scenario empty() {
    return new Empty(1);
  }

  /** A dozen containers: see {@link #demoFleet(long, int)}. */
  static Scenario demoFleet(long seed) {
    return new DemoFleet(seed, DEMO_CONTAINERS);
  }

  /**
   * Three Compose projects with believable figures in which something happens every few seconds: a
   * deployment that restarts, a job that comes and goes, a health check that flips, an OOM, a
   * rename, a pause. One container carries a {@code tallyman.max-cpu} that its load passes now and
   * then.
   *
   * @param containers how many run at first; those beyond the first dozen are quiet workers
   */
  static Scenario demoFleet(long seed, int containers) {
    return new DemoFleet(seed, containers);
  }

  /** Containers with varying figures and no events. */
  static Scenario load(int containers) {
    return new Load(1, containers);
  }

  /**
   * Answers with the recorded bodies of a real engine, byte for byte: version, info, lists,
   * inspect, and of each container its readings one after the other, the last one again and again.
   *
   * @param directory holds {@code version.json} and the rest as the recorder laid them out
   */
  static Scenario recording(Path directory) {
    return new Recording(directory);
  }
}
