package io.tallyman.simulator;

/**
 * The engine that is imitated: its versions, and in what its releases differ.
 *
 * @param bodies which recorded engine's inspect, info and version bodies are used
 * @param engineVersion {@code Version} of {@code /version}
 * @param apiVersion highest API version
 * @param minApiVersion lowest API version
 * @param cgroupVersion 1 or 2; decides the shape of stats
 * @param cgroupDriver cgroupfs or systemd
 * @param oneShotWaits true: {@code one-shot=true} waits for the collector, about a second
 * @param oneShotNamed true: a one-shot reading tells the container's id and name
 * @param nameFirst true: a reading starts with name and id; false: they come after memory_stats
 * @param settlesBeforeDie true: {@code stop} and the network's {@code disconnect} are logged before
 *     {@code die}; false: after it
 * @param dieTellsDuration true: {@code die} carries {@code execDuration}
 */
public record EngineProfile(
    String bodies,
    String engineVersion,
    String apiVersion,
    String minApiVersion,
    int cgroupVersion,
    String cgroupDriver,
    boolean oneShotWaits,
    boolean oneShotNamed,
    boolean nameFirst,
    boolean settlesBeforeDie,
    boolean dieTellsDuration) {

  /** Docker 20.10 on cgroup v1, as recorded. */
  public static final EngineProfile DOCKER_20_10 =
      new EngineProfile(
          "20.10", "20.10.24", "1.41", "1.12", 1, "cgroupfs", true, true, false, false, false);

  /** Docker 26.1 on cgroup v2 with systemd, as recorded. */
  public static final EngineProfile DOCKER_26_1 =
      new EngineProfile(
          "26.1", "26.1.5", "1.45", "1.24", 2, "systemd", false, false, false, true, true);

  /** Docker 28.5 on cgroup v1, as recorded. */
  public static final EngineProfile DOCKER_28_5 =
      new EngineProfile(
          "28.5", "28.5.2", "1.51", "1.24", 1, "cgroupfs", false, false, true, true, true);

  /**
   * Docker 29 on cgroup v2. Not recorded: the bodies of 28.5 with the API range of 29 and, from API
   * 1.52 on, events without their legacy fields.
   */
  public static final EngineProfile DOCKER_29 =
      new EngineProfile(
          "28.5", "29.1.3", "1.52", "1.44", 2, "systemd", false, false, true, true, true);

  /** The same engine on a host with another cgroup version and driver. */
  public EngineProfile onCgroups(int version, String driver) {
    return new EngineProfile(
        bodies,
        engineVersion,
        apiVersion,
        minApiVersion,
        version,
        driver,
        oneShotWaits,
        oneShotNamed,
        nameFirst,
        settlesBeforeDie,
        dieTellsDuration);
  }

  /** Compares two API versions such as 1.9 and 1.41. */
  static int compareApiVersions(String left, String right) {
    String[] a = left.split("\\.", -1);
    String[] b = right.split("\\.", -1);
    int major = Integer.compare(Integer.parseInt(a[0]), Integer.parseInt(b[0]));
    return major != 0 ? major : Integer.compare(Integer.parseInt(a[1]), Integer.parseInt(b[1]));
  }
}
