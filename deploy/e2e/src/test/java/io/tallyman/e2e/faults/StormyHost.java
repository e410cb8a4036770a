package io.tallyman.e2e.faults;

import io.tallyman.simulator.Endpoint;
import io.tallyman.simulator.SimulatedEngine;
import io.tallyman.simulator.SimulatorConfig;
import io.tallyman.simulator.Storm;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A simulated engine that keeps a record of what happened on it. */
final class StormyHost implements AutoCloseable {

  static final String ID = "stormy";

  /** An event is logged some microseconds after the moment that inspect tells. */
  static final Duration SAME_MOMENT = Duration.ofMillis(1);

  private static final int LISTENER_SLOTS = 1024;

  /**
   * A machine that is busy with other things must not make the engine drop events: whether the
   * agent can cope with that is another test.
   */
  private static final Duration LISTENER_PATIENCE = Duration.ofSeconds(20);

  private final SimulatedEngine engine;
  private final List<Happened> happened = new ArrayList<>();

  StormyHost(Path directory) {
    this(directory, LISTENER_PATIENCE);
  }

  /**
   * @param listenerPatience how long a listener that does not read holds the engine up before it
   *     loses an event
   */
  StormyHost(Path directory, Duration listenerPatience) {
    engine =
        SimulatedEngine.start(
            SimulatorConfig.at(new Endpoint.UnixSocket(directory.resolve("docker.sock")))
                .listener(LISTENER_SLOTS, listenerPatience)
                .build());
    engine.observe(event -> {
      if (Happened.concerns(event)) {
        note(Happened.of(ID, event));
      }
    });
  }

  private void note(Happened event) {
    synchronized (happened) {
      happened.add(event);
    }
  }

  SimulatedEngine engine() {
    return engine;
  }

  /** Whether an agent listens. */
  boolean isWatched() {
    return engine.eventListeners() > 0;
  }

  void storm(Storm storm) {
    engine.storm(storm);
  }

  /** All that happened so far, in order. */
  List<Happened> happened() {
    synchronized (happened) {
      return List.copyOf(happened);
    }
  }

  @Override
  public void close() {
    engine.close();
  }
}
