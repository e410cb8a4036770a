package io.tallyman.simulator;

import java.util.Map;
import java.util.TreeMap;

/**
 * Logs events as the engine words them, each later than the one before unless the clock was set
 * back. Used under the {@link Daemon}'s lock.
 */
final class Journal {

  private static final long EVENT_STEP_NANOS = 1_000;
  private static final long CLOCK_STEP_NANOS = 1_000_000_000L;

  private final EventLog events;
  private long lastEventNanos;
  private long containerEvents;

  Journal(EventLog events) {
    this.events = events;
  }

  void logSignal(Container container, long at, int signal) {
    log(container, at, "kill", Map.of("signal", Integer.toString(signal)));
  }

  void logNetwork(Container container, long at, String action) {
    String network = container.spec().networkMode();
    if (!network.startsWith("container:")) {
      log(
          "network",
          action,
          NetworkIds.of(network),
          Map.of("container", container.id(), "name", network, "type", "bridge"),
          at);
    }
  }

  /** Labels overwrite the event's own attributes; image and name overwrite labels. */
  void log(Container container, long at, String action, Map<String, String> own) {
    Map<String, String> attributes = new TreeMap<>(own);
    attributes.putAll(container.spec().labels());
    attributes.put("image", container.spec().image());
    attributes.put("name", container.name());
    log("container", action, container.id(), attributes, at);
    containerEvents++;
  }

  long containerEvents() {
    return containerEvents;
  }

  void log(String type, String action, String actorId, Map<String, String> attributes, long at) {
    boolean setBack = at < lastEventNanos - CLOCK_STEP_NANOS;
    lastEventNanos = setBack ? at : Math.max(at, lastEventNanos + EVENT_STEP_NANOS);
    events.publish(new EngineEvent(lastEventNanos, type, action, actorId, attributes));
  }
}
