package io.tallyman.simulator;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** All containers of an engine. Looking is safe from any thread. */
final class ContainerTable {

  private final EngineProfile profile;
  private final ConcurrentMap<String, Container> byId = new ConcurrentHashMap<>();

  ContainerTable(EngineProfile profile) {
    this.profile = profile;
  }

  void add(Container container) {
    byId.put(container.id(), container);
  }

  /** Returns false when it was not there. */
  boolean remove(Container container) {
    return byId.remove(container.id()) != null;
  }

  boolean isKnown(Container container) {
    return byId.containsKey(container.id());
  }

  /** All containers, the newest first. */
  List<Container> newestFirst() {
    List<Container> all = new ArrayList<>(byId.values());
    all.sort(
        Comparator.comparingLong(Container::createdAtNanos)
            .reversed()
            .thenComparing(Container::id));
    return all;
  }

  /** Finds by id, name or unique beginning of the id, as the engine does. */
  Container find(String reference) {
    Container exact = byId.get(reference);
    if (exact != null) {
      return exact;
    }
    String name = reference.startsWith("/") ? reference.substring(1) : reference;
    List<Container> byPrefix = new ArrayList<>();
    for (Container container : byId.values()) {
      if (container.name().equals(name)) {
        return container;
      }
      if (container.id().startsWith(reference)) {
        byPrefix.add(container);
      }
    }
    if (byPrefix.size() > 1) {
      throw new DockerError(500, "Multiple IDs found with provided prefix: " + reference);
    }
    if (byPrefix.isEmpty() || reference.isEmpty()) {
      throw DockerError.noSuchContainer(reference);
    }
    return byPrefix.getFirst();
  }

  Container findRunning(String reference) {
    Container container = find(reference);
    if (!container.isRunning()) {
      throw new DockerError(409, "Container " + container.id() + " is not running");
    }
    return container;
  }

  /** Finds what a signal can be sent to. */
  Container findForKill(String reference) {
    Container container = find(reference);
    if (!container.isRunning()) {
      boolean old = profile.bodies().equals("20.10");
      throw new DockerError(
          409,
          (old ? "Cannot kill container: " : "cannot kill container: ")
              + reference
              + (old ? ": Container " : ": container ")
              + container.id()
              + " is not running");
    }
    return container;
  }

  void requireFreeName(String name) {
    for (Container other : byId.values()) {
      if (other.name().equals(name)) {
        throw new DockerError(
            409,
            "Conflict. The container name \"/"
                + name
                + "\" is already in use by container \""
                + other.id()
                + "\". You have to remove (or rename) that container to be able to reuse that name.");
      }
    }
  }

  void requireRemovable(Container container) {
    if (!container.isRunning()) {
      return;
    }
    throw new DockerError(
        409,
        profile.bodies().equals("20.10")
            ? "You cannot remove a running container "
                + container.id()
                + ". Stop the container before attempting removal or force remove"
            : "cannot remove container \""
                + container.name()
                + "\": container is running: stop the container before removing or force remove");
  }
}
