package io.tallyman.cli.up;

import io.tallyman.cli.up.EngineChoice.Simulated;
import io.tallyman.simulator.Endpoint;
import io.tallyman.simulator.Scenario;
import io.tallyman.simulator.SimulatedEngine;
import io.tallyman.simulator.SimulatorConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;

/** The simulated engine of standalone mode, the same one at every start on a directory. */
final class Simulation implements AutoCloseable {

  private static final long SEED = 1;

  /** Longer paths cannot be bound on every system. */
  private static final int MAX_SOCKET_PATH_BYTES = 100;

  private final SimulatedEngine engine;
  private final String uuid;

  private Simulation(SimulatedEngine engine, String uuid) {
    this.engine = engine;
    this.uuid = uuid;
  }

  static Simulation start(Simulated choice, Path directory) {
    try {
      String uuid = identity(directory.resolve("engine.id"));
      SimulatorConfig config =
          SimulatorConfig.at(endpoint(directory.resolve("engine.sock")))
              .engineId(uuid)
              .hostName("simulated")
              .scenario(
                  choice.containers().isEmpty()
                      ? Scenario.demoFleet(SEED)
                      : Scenario.demoFleet(SEED, choice.containers().getAsInt()))
              .build();
      return new Simulation(SimulatedEngine.start(config), uuid);
    } catch (IOException | UncheckedIOException e) {
      throw new UpException("the simulated engine cannot start: " + e.getMessage(), e);
    }
  }

  SimulatedEngine engine() {
    return engine;
  }

  /** Tells apart, in every record, what is simulated. */
  String hostId() {
    return "simulated-" + uuid;
  }

  @Override
  public void close() {
    engine.close();
  }

  private static Endpoint endpoint(Path socket) throws IOException {
    if (socket.toString().getBytes(StandardCharsets.UTF_8).length > MAX_SOCKET_PATH_BYTES) {
      return new Endpoint.Tcp(0);
    }
    Files.deleteIfExists(socket);
    return new Endpoint.UnixSocket(socket);
  }

  private static String identity(Path file) throws IOException {
    if (Files.exists(file)) {
      return Files.readString(file).strip();
    }
    String made = UUID.randomUUID().toString();
    Path whole = Files.writeString(file.resolveSibling(file.getFileName() + ".new"), made + "\n");
    Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE);
    return made;
  }
}
