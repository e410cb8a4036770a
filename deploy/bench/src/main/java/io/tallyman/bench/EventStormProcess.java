package io.tallyman.bench;

import io.tallyman.simulator.Endpoint;
import io.tallyman.simulator.Scenario;
import io.tallyman.simulator.SimulatedEngine;
import io.tallyman.simulator.SimulatorConfig;
import io.tallyman.simulator.Storm;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** A simulated engine in a JVM of its own, in which much happens once somebody listens. */
public final class EventStormProcess {

  /** So that who connects has compared the list before anything happens. */
  private static final Duration CALM = Duration.ofSeconds(5);

  private EventStormProcess() {}

  /** Takes the socket's path, the number of containers and events a second; ends with its input. */
  public static void main(String[] args) throws IOException {
    SimulatorConfig config =
        SimulatorConfig.at(new Endpoint.UnixSocket(Path.of(args[0])))
            .scenario(Scenario.empty())
            .build();
    Storm storm =
        Storm.of(1, Integer.parseInt(args[1]), Integer.parseInt(args[2])).only(Storm.Kind.HEALTH);
    try (SimulatedEngine engine = SimulatedEngine.start(config)) {
      System.out.println(SimulatorProcess.ANNOUNCEMENT + engine.dockerHost());
      Thread.ofPlatform().daemon().start(() -> rage(engine, storm));
      while (System.in.read() >= 0) {
        // Nothing is said to it.
      }
    }
  }

  private static void rage(SimulatedEngine engine, Storm storm) {
    while (engine.eventListeners() == 0) {
      Pause.millis(50);
    }
    Pause.millis(CALM.toMillis());
    engine.storm(storm);
  }
}
