package io.tallyman.simulator;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What goes wrong on purpose, from the next request on. Safe from any thread. */
public final class Faults {

  private final Map<Call, Duration> delays = new ConcurrentHashMap<>();
  private final Set<Call> forbidden = ConcurrentHashMap.newKeySet();
  private final Set<String> hanging = ConcurrentHashMap.newKeySet();

  Faults() {}

  /** Requests of this kind are answered that much later. */
  public void delay(Call call, Duration delay) {
    delays.put(call, delay);
  }

  /** Requests of this kind are answered with 403, as a socket proxy does. */
  public void forbid(Call call) {
    forbidden.add(call);
  }

  /** Stats of this container, by its full id, are never answered. */
  public void hangStats(String containerId) {
    hanging.add(containerId);
  }

  /** All is well again; requests that hang stay so until their connection ends. */
  public void clear() {
    delays.clear();
    forbidden.clear();
    hanging.clear();
  }

  Duration delayOf(Call call) {
    return delays.getOrDefault(call, Duration.ZERO);
  }

  boolean isForbidden(Call call) {
    return forbidden.contains(call);
  }

  boolean hangs(String containerId) {
    return hanging.contains(containerId);
  }
}
