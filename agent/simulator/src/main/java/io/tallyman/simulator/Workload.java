package io.tallyman.simulator;

/**
 * What a container uses, as closed functions of the time it has run: the same moment always gives
 * the same counters, and counters never go back within a run.
 *
 * @param cpuPercent as {@code docker stats} shows it: 100 is one whole processor
 * @param memoryBytes without the page cache that can be dropped
 * @param cacheBytes page cache on the inactive list, which {@code docker stats} subtracts
 * @param rxBytesPerSecond received from the network
 * @param txBytesPerSecond sent to the network
 * @param readBytesPerSecond read from block devices
 * @param writeBytesPerSecond written to block devices
 * @param pids number of processes and threads
 */
public record Workload(
    Wave cpuPercent,
    Wave memoryBytes,
    Wave cacheBytes,
    Wave rxBytesPerSecond,
    Wave txBytesPerSecond,
    Wave readBytesPerSecond,
    Wave writeBytesPerSecond,
    int pids) {

  /** Next to nothing: a process that sleeps. */
  public static final Workload IDLE =
      new Workload(
          Wave.steady(0),
          Wave.steady(340_000),
          Wave.steady(0),
          Wave.steady(0),
          Wave.steady(0),
          Wave.steady(0),
          Wave.steady(0),
          1);

  /** A steady load that can be checked by hand. */
  public static Workload steady(double cpuPercent, long memoryBytes) {
    return new Workload(
        Wave.steady(cpuPercent),
        Wave.steady((double) memoryBytes),
        Wave.steady(0),
        Wave.steady(1_000),
        Wave.steady(500),
        Wave.steady(0),
        Wave.steady(4_096),
        1);
  }

  /**
   * A value that swings about a base in two overlaid waves; never negative.
   *
   * @param base the mean
   * @param swing how far it strays from the base at most; not more than the base
   * @param periodSeconds length of the longer wave
   * @param phase where it starts, in radians
   */
  public record Wave(double base, double swing, double periodSeconds, double phase) {

    private static final double LONG_SHARE = 0.65;
    private static final double SHORT_SHARE = 0.35;
    private static final double SHORT_PER_LONG = 4.3;

    public Wave {
      if (base < 0 || swing < 0 || swing > base || periodSeconds <= 0) {
        throw new IllegalArgumentException("base " + base + ", swing " + swing);
      }
    }

    public static Wave steady(double base) {
      return new Wave(base, 0, 1, 0);
    }

    /** The value at a moment. */
    public double at(double seconds) {
      double angle = 2 * Math.PI * seconds / periodSeconds;
      return base
          + swing * LONG_SHARE * Math.sin(angle + phase)
          + swing * SHORT_SHARE * Math.sin(angle * SHORT_PER_LONG + phase);
    }

    /** The sum from 0 to a moment: what a counter shows whose rate this is. */
    public double sumUntil(double seconds) {
      double speed = 2 * Math.PI / periodSeconds;
      double longWave = LONG_SHARE * (Math.cos(phase) - Math.cos(speed * seconds + phase)) / speed;
      double fast = speed * SHORT_PER_LONG;
      double shortWave = SHORT_SHARE * (Math.cos(phase) - Math.cos(fast * seconds + phase)) / fast;
      return base * seconds + swing * (longWave + shortWave);
    }
  }
}
