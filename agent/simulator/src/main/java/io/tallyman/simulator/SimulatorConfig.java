package io.tallyman.simulator;

import java.time.Clock;
import java.time.Duration;

/**
 * How a {@link SimulatedEngine} is set up.
 *
 * @param endpoint where it listens
 * @param engineId the engine's own identifier
 * @param hostName the host's name
 * @param profile which engine it imitates
 * @param cpus processors of the host
 * @param memoryBytes memory of the host
 * @param scenario what runs on it
 * @param clock its time
 * @param ticking true: what is due happens by itself; false: only on a request or on {@link
 *     SimulatedEngine#advance}, for a clock that a test moves
 * @param collectorPeriod how often the engine's collector reads the subscribed containers
 * @param listenerSlots how many events wait for a listener
 * @param listenerPatience how long a full listener holds the engine up before it loses an event
 * @param oneShotDelay how long a one-shot reading takes where {@link EngineProfile#oneShotWaits}
 */
public record SimulatorConfig(
    Endpoint endpoint,
    String engineId,
    String hostName,
    EngineProfile profile,
    int cpus,
    long memoryBytes,
    Scenario scenario,
    Clock clock,
    boolean ticking,
    Duration collectorPeriod,
    int listenerSlots,
    Duration listenerPatience,
    Duration oneShotDelay) {

  /** An empty current engine with four processors and 16 GiB on cgroup v2, in real time. */
  public static Builder at(Endpoint endpoint) {
    return new Builder(endpoint);
  }

  /** Collects what differs from the usual. */
  public static final class Builder {
    private final Endpoint endpoint;
    private String engineId = "5f1d0c4e-7a0b-4d53-9a44-3c1f0e9b7d21";
    private String hostName = "simulated";
    private EngineProfile profile = EngineProfile.DOCKER_28_5.onCgroups(2, "systemd");
    private int cpus = 4;
    private long memoryBytes = 16L << 30;
    private Scenario scenario = Scenario.empty();
    private Clock clock = Clock.systemUTC();
    private boolean ticking = true;
    private Duration collectorPeriod = Duration.ofSeconds(1);
    private int listenerSlots = EventLog.LISTENER_SLOTS;
    private Duration listenerPatience = EventLog.LISTENER_PATIENCE;
    private Duration oneShotDelay = Duration.ofSeconds(1);

    private Builder(Endpoint endpoint) {
      this.endpoint = endpoint;
    }

    public Builder engineId(String value) {
      engineId = value;
      return this;
    }

    public Builder hostName(String value) {
      hostName = value;
      return this;
    }

    public Builder profile(EngineProfile value) {
      profile = value;
      return this;
    }

    public Builder cpus(int value) {
      cpus = value;
      return this;
    }

    public Builder memoryBytes(long value) {
      memoryBytes = value;
      return this;
    }

    public Builder scenario(Scenario value) {
      scenario = value;
      return this;
    }

    /** A clock that a test moves; nothing happens by itself then. */
    public Builder manualClock(Clock value) {
      clock = value;
      ticking = false;
      return this;
    }

    public Builder collectorPeriod(Duration value) {
      collectorPeriod = value;
      return this;
    }

    /** Other than an engine's 1024 events and 100 ms, so that a test need not wait as long. */
    public Builder listener(int slots, Duration patience) {
      listenerSlots = slots;
      listenerPatience = patience;
      return this;
    }

    public Builder oneShotDelay(Duration value) {
      oneShotDelay = value;
      return this;
    }

    public SimulatorConfig build() {
      return new SimulatorConfig(
          endpoint,
          engineId,
          hostName,
          profile,
          cpus,
          memoryBytes,
          scenario,
          clock,
          ticking,
          collectorPeriod,
          listenerSlots,
          listenerPatience,
          oneShotDelay);
    }
  }
}
