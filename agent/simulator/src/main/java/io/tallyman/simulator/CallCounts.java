package io.tallyman.simulator;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts requests as they arrive, refused ones included. Safe from any thread. */
public final class CallCounts {

  private record Key(Call call, String containerId) {}

  private final ConcurrentMap<Key, LongAdder> counts = new ConcurrentHashMap<>();

  CallCounts() {}

  void add(Call call, String containerId) {
    counts.computeIfAbsent(new Key(call, containerId), key -> new LongAdder()).increment();
  }

  /** All requests of a kind. */
  public long of(Call call) {
    return counts.entrySet().stream()
        .filter(count -> count.getKey().call() == call)
        .mapToLong(count -> count.getValue().sum())
        .sum();
  }

  /** Requests of a kind for one container, by its full id. */
  public long of(Call call, String containerId) {
    LongAdder count = counts.get(new Key(call, containerId));
    return count == null ? 0 : count.sum();
  }

  /** Requests of a kind by container; without those that are for none. */
  public Map<String, Long> byContainer(Call call) {
    Map<String, Long> byContainer = new ConcurrentHashMap<>();
    counts.forEach((key, count) -> {
      if (key.call() == call && !key.containerId().isEmpty()) {
        byContainer.put(key.containerId(), count.sum());
      }
    });
    return Map.copyOf(byContainer);
  }

  /** Starts again at zero. */
  public void reset() {
    counts.clear();
  }
}
