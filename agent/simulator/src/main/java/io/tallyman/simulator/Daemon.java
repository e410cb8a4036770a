package io.tallyman.simulator;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The simulated engine without its API: containers, their lives and the events of them.
 *
 * <p>Everything that changes goes through one lock, in order of time; looking does not need it.
 */
final class Daemon {

  private static final long MILLI = 1_000_000L;
  private static final long SECOND = 1_000 * MILLI;
  private static final long TICK_NANOS = 10 * MILLI;
  private static final long UPTIME_AT_START_NANOS = 30L * 24 * 3600 * SECOND;
  private static final long EVENT_STEP_NANOS = 1_000;
  private static final long FIRST_BACKOFF_NANOS = 100 * MILLI;
  private static final long LAST_BACKOFF_NANOS = 60 * SECOND;
  private static final long BACKOFF_RESET_NANOS = 10 * SECOND;
  private static final long AUTO_REMOVE_NANOS = 30 * MILLI;

  private final SimulatorConfig config;
  private final EngineProfile profile;
  private final EventLog events = new EventLog();
  private final Timeline timeline = new Timeline();
  private final ReentrantLock lock = new ReentrantLock();
  private final ConcurrentMap<String, Container> containers = new ConcurrentHashMap<>();
  private final Random random;
  private final long bootNanos;
  private long lastEventNanos;
  private int nextPid = 1_200;
  private int nextAddress = 2;

  Daemon(SimulatorConfig config) {
    this.config = config;
    this.profile = config.profile();
    this.random = new Random(config.scenario().seed());
    this.bootNanos = nowNanos() - UPTIME_AT_START_NANOS;
  }

  SimulatorConfig config() {
    return config;
  }

  EventLog events() {
    return events;
  }

  long nowNanos() {
    Instant now = config.clock().instant();
    return now.getEpochSecond() * SECOND + now.getNano();
  }

  /** Processor time of the whole host since boot, in whole ticks of 10 ms as the kernel counts. */
  long hostCpuNanos(long atNanos) {
    return (atNanos - bootNanos) / TICK_NANOS * TICK_NANOS * config.cpus();
  }

  /** Does what is due by now. */
  void advance() {
    if (timeline.nextDueNanos() <= nowNanos()) {
      perform(at -> null);
    }
  }

  /** Plans something for later. */
  void plan(long dueNanos, LongConsumer action) {
    lock.lock();
    try {
      timeline.at(dueNanos, action);
    } finally {
      lock.unlock();
    }
  }

  /** All containers, the newest first. */
  List<Container> containers() {
    List<Container> all = new ArrayList<>(containers.values());
    all.sort(
        Comparator.comparingLong(Container::createdAtNanos)
            .reversed()
            .thenComparing(Container::id));
    return all;
  }

  /** Finds by id, name or unique beginning of the id, as the engine does. */
  Container find(String reference) {
    Container byId = containers.get(reference);
    if (byId != null) {
      return byId;
    }
    String name = reference.startsWith("/") ? reference.substring(1) : reference;
    List<Container> byPrefix = new ArrayList<>();
    for (Container container : containers.values()) {
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

  boolean isKnown(Container container) {
    return containers.containsKey(container.id());
  }

  /** Adds a container that has run for a while when the simulation starts; no event tells of it. */
  Container place(ContainerSpec spec, long ageNanos) {
    return perform(at -> {
      Container container = add(spec, at - ageNanos);
      container.started(at - ageNanos + 300 * MILLI, nextPid++);
      if (spec.healthCheck() != null) {
        container.health(spec.healthCheck().passes() ? "healthy" : "unhealthy");
        planProbe(container, at);
      }
      return container;
    });
  }

  String create(ContainerSpec spec) {
    return perform(at -> {
      for (Container other : containers.values()) {
        if (other.name().equals(spec.name())) {
          throw nameConflict(spec.name(), other);
        }
      }
      Container container = add(spec, at);
      log(container, at, "create", Map.of());
      return container.id();
    });
  }

  /** Returns false when it runs already. */
  boolean start(String reference) {
    return perform(at -> {
      Container container = find(reference);
      if (container.isRunning()) {
        return false;
      }
      container.clearRestartCount();
      begin(container, at);
      return true;
    });
  }

  /**
   * Ends it by SIGTERM, and by SIGKILL when it is deaf to that.
   *
   * @param exitCode what it returns on SIGTERM; null: deaf
   * @return false when it does not run
   */
  boolean stop(String reference, @Nullable Integer exitCode) {
    return perform(at -> {
      Container container = find(reference);
      if (!container.isRunning()) {
        if (container.phase() == Container.Phase.RESTARTING) {
          container.abandonRestart();
        }
        return false;
      }
      terminate(container, at, exitCode);
      return true;
    });
  }

  /**
   * Sends a signal.
   *
   * @param exitCode what it returns on that signal; null: it lives on
   */
  void kill(String reference, int signal, @Nullable Integer exitCode) {
    perform(at -> {
      Container container = find(reference);
      requireRunningForKill(container);
      logSignal(container, at, signal);
      if (exitCode != null) {
        die(container, at, exitCode, true, false);
      }
      return null;
    });
  }

  /** Its main process ends by itself. */
  void exit(String reference, int exitCode) {
    perform(at -> {
      die(findRunning(reference), at, exitCode, false, false);
      return null;
    });
  }

  /** The kernel kills one of its processes for want of memory. */
  void oom(String reference, boolean mainProcess) {
    perform(at -> {
      Container container = findRunning(reference);
      oom(container, at, mainProcess);
      return null;
    });
  }

  void restart(String reference, @Nullable Integer exitCode) {
    perform(at -> {
      Container container = find(reference);
      if (container.isRunning()) {
        terminate(container, at, exitCode);
      }
      begin(container, at);
      log(container, at, "restart", Map.of());
      return null;
    });
  }

  void pause(String reference) {
    perform(at -> {
      Container container = findRunning(reference);
      if (container.phase() == Container.Phase.PAUSED) {
        throw new DockerError(409, "Container " + container.id() + " is already paused");
      }
      container.paused(at);
      log(container, at, "pause", Map.of());
      return null;
    });
  }

  void unpause(String reference) {
    perform(at -> {
      Container container = find(reference);
      if (container.phase() != Container.Phase.PAUSED) {
        throw new DockerError(500, "Container " + container.id() + " is not paused");
      }
      container.unpaused(at);
      log(container, at, "unpause", Map.of());
      return null;
    });
  }

  void rename(String reference, String newName) {
    perform(at -> {
      Container container = find(reference);
      for (Container other : containers.values()) {
        if (other.name().equals(newName)) {
          throw nameConflict(newName, other);
        }
      }
      String oldName = container.name();
      container.rename(newName);
      log(container, at, "rename", Map.of("oldName", "/" + oldName));
      return null;
    });
  }

  void update(
      String reference, @Nullable Double cpus, @Nullable Long memoryBytes, @Nullable Long pids) {
    perform(at -> {
      Container container = find(reference);
      container.limits(cpus, memoryBytes, pids);
      log(container, at, "update", Map.of());
      return null;
    });
  }

  void health(String reference, String health) {
    perform(at -> {
      Container container = find(reference);
      container.health(health);
      log(container, at, "health_status: " + health, Map.of());
      return null;
    });
  }

  /** From now on the probe of its health check passes or fails. */
  void probe(String reference, boolean passes) {
    find(reference).probePasses(passes);
  }

  void remove(String reference, boolean force) {
    perform(at -> {
      Container container = find(reference);
      if (container.isRunning()) {
        if (!force) {
          throw removeRefused(container);
        }
        logSignal(container, at, 9);
        die(container, at, 137, true, false);
      }
      destroy(container, at);
      return null;
    });
  }

  /** Logs an event that belongs to no container. */
  void publish(String type, String action, String actorId, Map<String, String> attributes) {
    perform(at -> {
      log(type, action, actorId, attributes, at);
      return null;
    });
  }

  /**
   * The engine process starts anew: what ran has been ended without an event, the ring is empty,
   * and what is to run always is started.
   */
  void engineRestarted() {
    perform(at -> {
      events.clear();
      for (Container container : containers().reversed()) {
        boolean comesBack = isAlwaysUp(container);
        if (container.phase() == Container.Phase.RESTARTING) {
          container.abandonRestart();
        }
        if (container.isRunning()) {
          container.ended(at, 137, false);
        } else if (container.phase() == Container.Phase.CREATED) {
          continue;
        }
        if (comesBack) {
          begin(container, at);
        }
      }
      return null;
    });
  }

  /** Changes something now, or, within a planned step, at the time of that step. */
  private <T extends @Nullable Object> T perform(LongFunction<T> operation) {
    lock.lock();
    try {
      if (timeline.runningNanos() != Timeline.NOT_RUNNING) {
        return operation.apply(timeline.runningNanos());
      }
      long now = nowNanos();
      timeline.runUntil(now);
      return operation.apply(now);
    } finally {
      lock.unlock();
    }
  }

  private Container add(ContainerSpec spec, long createdAtNanos) {
    byte[] id = new byte[32];
    random.nextBytes(id);
    Container container =
        new Container(HexFormat.of().formatHex(id), spec, createdAtNanos, nextAddress++);
    containers.put(container.id(), container);
    return container;
  }

  private void begin(Container container, long at) {
    logNetwork(container, at, "connect");
    container.started(at, nextPid++);
    log(container, at, "start", Map.of());
    int run = container.run();
    SimulatedCommand command = SimulatedCommand.of(container.spec().command());
    if (command.runsMillis() != SimulatedCommand.FOREVER) {
      timeline.at(
          at + command.runsMillis() * MILLI,
          due -> {
            if (container.run() == run && container.isRunning()) {
              complete(container, due, command);
            }
          });
    }
    if (container.spec().healthCheck() != null) {
      planProbe(container, at);
    }
  }

  private void complete(Container container, long at, SimulatedCommand command) {
    if (!command.eatsMemory()) {
      die(container, at, command.exitCode(), false, false);
    } else if (container.hasMemoryLimit()) {
      oom(container, at, true);
    }
  }

  private void oom(Container container, long at, boolean mainProcess) {
    container.sawOom();
    log(container, at, "oom", Map.of());
    if (mainProcess) {
      die(container, at, 137, false, false);
    }
  }

  private void terminate(Container container, long at, @Nullable Integer exitCode) {
    logSignal(container, at, 15);
    if (exitCode == null) {
      logSignal(container, at, 9);
    }
    die(container, at, exitCode == null ? 137 : exitCode, true, true);
  }

  private void die(Container container, long at, int exitCode, boolean byHand, boolean stopping) {
    boolean willRestart = !byHand && restarts(container, exitCode);
    long ranNanos = at - container.startedAtNanos();
    container.ended(at, exitCode, willRestart);
    Map<String, String> attributes = new TreeMap<>();
    attributes.put("exitCode", Integer.toString(exitCode));
    if (profile.dieTellsDuration()) {
      attributes.put("execDuration", Long.toString(ranNanos / SECOND));
    }
    if (!profile.settlesBeforeDie()) {
      log(container, at, "die", attributes);
    }
    logNetwork(container, at, "disconnect");
    if (stopping) {
      log(container, at, "stop", Map.of());
    }
    if (profile.settlesBeforeDie()) {
      log(container, at, "die", attributes);
    }
    if (willRestart) {
      planRestart(container, at, ranNanos);
    } else if (container.spec().autoRemove()) {
      timeline.at(at + AUTO_REMOVE_NANOS, due -> destroy(container, due));
    }
  }

  private void planRestart(Container container, long at, long ranNanos) {
    int doublings = ranNanos > BACKOFF_RESET_NANOS ? 0 : Math.min(container.restartCount() - 1, 10);
    long backoff = Math.min(FIRST_BACKOFF_NANOS << doublings, LAST_BACKOFF_NANOS);
    timeline.at(
        at + backoff,
        due -> {
          if (container.phase() == Container.Phase.RESTARTING && isKnown(container)) {
            begin(container, due);
          }
        });
  }

  private void planProbe(Container container, long at) {
    ContainerSpec.HealthCheck check = container.spec().healthCheck();
    if (check == null) {
      return;
    }
    int run = container.run();
    timeline.at(
        at + check.intervalMillis() * MILLI,
        due -> {
          if (container.run() == run && container.isRunning() && isKnown(container)) {
            runProbe(container, due, check);
            planProbe(container, due);
          }
        });
  }

  private void runProbe(Container container, long at, ContainerSpec.HealthCheck check) {
    byte[] execId = new byte[32];
    random.nextBytes(execId);
    String id = HexFormat.of().formatHex(execId);
    boolean passes = container.probePasses();
    String command = "/bin/sh -c " + check.command();
    log(container, at, "exec_create: " + command, Map.of("execID", id));
    log(container, at, "exec_start: " + command, Map.of("execID", id));
    log(container, at, "exec_die", Map.of("execID", id, "exitCode", passes ? "0" : "1"));
    String changed = container.probed(passes, check.retries());
    if (changed != null) {
      log(container, at, "health_status: " + changed, Map.of());
    }
  }

  private void destroy(Container container, long at) {
    if (containers.remove(container.id()) != null) {
      log(container, at, "destroy", Map.of());
    }
  }

  private static boolean restarts(Container container, int exitCode) {
    return isAlwaysUp(container)
        || (container.spec().restartPolicy().equals("on-failure") && exitCode != 0);
  }

  private static boolean isAlwaysUp(Container container) {
    String policy = container.spec().restartPolicy();
    return policy.equals("always") || policy.equals("unless-stopped");
  }

  private Container findRunning(String reference) {
    Container container = find(reference);
    if (!container.isRunning()) {
      throw new DockerError(409, "Container " + container.id() + " is not running");
    }
    return container;
  }

  private void requireRunningForKill(Container container) {
    if (!container.isRunning()) {
      boolean old = profile.bodies().equals("20.10");
      throw new DockerError(
          409,
          (old ? "Cannot kill container: " : "cannot kill container: ")
              + container.name()
              + (old ? ": Container " : ": container ")
              + container.id()
              + " is not running");
    }
  }

  private DockerError removeRefused(Container container) {
    return new DockerError(
        409,
        profile.bodies().equals("20.10")
            ? "You cannot remove a running container "
                + container.id()
                + ". Stop the container before attempting removal or force remove"
            : "cannot remove container \""
                + container.name()
                + "\": container is running: stop the container before removing or force remove");
  }

  private static DockerError nameConflict(String name, Container other) {
    return new DockerError(
        409,
        "Conflict. The container name \"/"
            + name
            + "\" is already in use by container \""
            + other.id()
            + "\". You have to remove (or rename) that container to be able to reuse that name.");
  }

  private void logSignal(Container container, long at, int signal) {
    log(container, at, "kill", Map.of("signal", Integer.toString(signal)));
  }

  private void logNetwork(Container container, long at, String action) {
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
  private void log(Container container, long at, String action, Map<String, String> own) {
    Map<String, String> attributes = new TreeMap<>(own);
    attributes.putAll(container.spec().labels());
    attributes.put("image", container.spec().image());
    attributes.put("name", container.name());
    log("container", action, container.id(), attributes, at);
  }

  private void log(
      String type, String action, String actorId, Map<String, String> attributes, long at) {
    lastEventNanos = Math.max(at, lastEventNanos + EVENT_STEP_NANOS);
    events.publish(new EngineEvent(lastEventNanos, type, action, actorId, attributes));
  }
}
