package io.tallyman.bench;

import io.tallyman.simulator.Endpoint;
import io.tallyman.simulator.Scenario;
import io.tallyman.simulator.SimulatedEngine;
import io.tallyman.simulator.SimulatorConfig;
import java.io.IOException;
import java.nio.file.Path;

/** A simulated engine in a JVM of its own, so that its cost is not another's. */
public final class SimulatorProcess {

  /** Begins the line that says that the engine listens, and where. */
  static final String ANNOUNCEMENT = "engine ";

  private SimulatorProcess() {}

  /** Takes the socket's path and the number of containers; ends with its standard input. */
  public static void main(String[] args) throws IOException {
    SimulatorConfig config =
        SimulatorConfig.at(new Endpoint.UnixSocket(Path.of(args[0])))
            .scenario(Scenario.load(Integer.parseInt(args[1])))
            .build();
    try (SimulatedEngine engine = SimulatedEngine.start(config)) {
      System.out.println(ANNOUNCEMENT + engine.dockerHost());
      while (System.in.read() >= 0) {
        // Nothing is said to it.
      }
    }
  }
}
