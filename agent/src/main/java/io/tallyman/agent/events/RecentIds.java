package io.tallyman.agent.events;

import java.util.LinkedHashSet;
import java.util.List;

/** Remembers the identifiers it was last given, a bounded number of them. Used by one thread. */
final class RecentIds {

  private final int capacity;
  private final LinkedHashSet<String> ids = new LinkedHashSet<>();

  RecentIds(int capacity) {
    this.capacity = capacity;
  }

  /** Remembers an identifier; false when it was remembered already. */
  boolean add(String id) {
    if (!ids.add(id)) {
      return false;
    }
    if (ids.size() > capacity) {
      ids.removeFirst();
    }
    return true;
  }

  boolean contains(String id) {
    return ids.contains(id);
  }

  void remove(String id) {
    ids.remove(id);
  }

  /** All of them, oldest first. */
  List<String> all() {
    return List.copyOf(ids);
  }
}
