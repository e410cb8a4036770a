package io.tallyman.simulator;

import java.time.Instant;
import java.util.Map;
import java.util.Random;
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
  private static final long START_NANOS = 300 * MILLI;

  private final SimulatorConfig config;
  private final EventLog events;
  private final Timeline timeline = new Timeline();
  private final Journal journal;
  private final ReentrantLock lock = new ReentrantLock();
  private final ContainerTable containers;
  private final LifeCycle lifeCycle;
  private final long bootNanos;

  Daemon(SimulatorConfig config) {
    this.config = config;
    this.events = new EventLog(config.listenerSlots(), config.listenerPatience());
    this.journal = new Journal(events);
    this.containers = new ContainerTable(config.profile());
    Random random = new Random(config.scenario().seed());
    this.lifeCycle = new LifeCycle(config.profile(), containers, timeline, journal, random);
    this.bootNanos = nowNanos() - UPTIME_AT_START_NANOS;
  }

  SimulatorConfig config() {
    return config;
  }

  EventLog events() {
    return events;
  }

  ContainerTable containers() {
    return containers;
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

  /** Adds a container that has run for a while when the simulation starts; no event tells of it. */
  Container place(ContainerSpec spec, long ageNanos) {
    return perform(at -> {
      Container container = lifeCycle.add(spec, at - ageNanos);
      lifeCycle.settle(container, at - ageNanos + START_NANOS, at);
      return container;
    });
  }

  String create(ContainerSpec spec) {
    return perform(at -> {
      containers.requireFreeName(spec.name());
      Container container = lifeCycle.add(spec, at);
      journal.log(container, at, "create", Map.of());
      return container.id();
    });
  }

  /** Returns false when it runs already. */
  boolean start(String reference) {
    return perform(at -> {
      Container container = containers.find(reference);
      if (container.isRunning()) {
        return false;
      }
      container.clearRestartCount();
      lifeCycle.begin(container, at);
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
      Container container = containers.find(reference);
      if (!container.isRunning()) {
        if (container.phase() == Container.Phase.RESTARTING) {
          container.abandonRestart();
        }
        return false;
      }
      lifeCycle.terminate(container, at, exitCode);
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
      Container container = containers.findForKill(reference);
      journal.logSignal(container, at, signal);
      if (exitCode != null) {
        lifeCycle.die(container, at, exitCode, true, false);
      }
      return null;
    });
  }

  /** Its main process ends by itself. */
  void exit(String reference, int exitCode) {
    perform(at -> {
      lifeCycle.die(containers.findRunning(reference), at, exitCode, false, false);
      return null;
    });
  }

  /** The kernel kills one of its processes for want of memory. */
  void oom(String reference, boolean mainProcess) {
    perform(at -> {
      Container container = containers.findRunning(reference);
      lifeCycle.oom(container, at, mainProcess);
      return null;
    });
  }

  void restart(String reference, @Nullable Integer exitCode) {
    perform(at -> {
      Container container = containers.find(reference);
      if (container.isRunning()) {
        lifeCycle.terminate(container, at, exitCode);
      }
      lifeCycle.begin(container, at);
      journal.log(container, at, "restart", Map.of());
      return null;
    });
  }

  void pause(String reference) {
    perform(at -> {
      Container container = containers.findRunning(reference);
      if (container.phase() == Container.Phase.PAUSED) {
        throw new DockerError(409, "Container " + container.id() + " is already paused");
      }
      container.paused(at);
      journal.log(container, at, "pause", Map.of());
      return null;
    });
  }

  void unpause(String reference) {
    perform(at -> {
      Container container = containers.find(reference);
      if (container.phase() != Container.Phase.PAUSED) {
        throw new DockerError(500, "Container " + container.id() + " is not paused");
      }
      container.unpaused(at);
      journal.log(container, at, "unpause", Map.of());
      return null;
    });
  }

  void rename(String reference, String newName) {
    perform(at -> {
      Container container = containers.find(reference);
      containers.requireFreeName(newName);
      String oldName = container.name();
      container.rename(newName);
      journal.log(container, at, "rename", Map.of("oldName", "/" + oldName));
      return null;
    });
  }

  void update(
      String reference, @Nullable Double cpus, @Nullable Long memoryBytes, @Nullable Long pids) {
    perform(at -> {
      Container container = containers.find(reference);
      container.limits(cpus, memoryBytes, pids);
      journal.log(container, at, "update", Map.of());
      return null;
    });
  }

  void health(String reference, String health) {
    perform(at -> {
      Container container = containers.find(reference);
      container.health(health);
      journal.log(container, at, "health_status: " + health, Map.of());
      return null;
    });
  }

  /** From now on the probe of its health check passes or fails. */
  void probe(String reference, boolean passes) {
    containers.find(reference).probePasses(passes);
  }

  void remove(String reference, boolean force) {
    perform(at -> {
      Container container = containers.find(reference);
      if (!force) {
        containers.requireRemovable(container);
      }
      if (container.isRunning()) {
        journal.logSignal(container, at, 9);
        lifeCycle.die(container, at, 137, true, false);
      }
      lifeCycle.destroy(container, at);
      return null;
    });
  }

  /** Logs an event that belongs to no container. */
  void publish(String type, String action, String actorId, Map<String, String> attributes) {
    perform(at -> {
      journal.log(type, action, actorId, attributes, at);
      return null;
    });
  }

  /** Probes of a health check run, each with its three exec events; its health stays. */
  void execs(String reference, int probes) {
    perform(at -> {
      Container container = containers.find(reference);
      for (int i = 0; i < probes; i++) {
        lifeCycle.logExec(container, at, "/bin/true", true);
      }
      return null;
    });
  }

  /** Container events logged so far; within a planned step. */
  long containerEvents() {
    return journal.containerEvents();
  }

  /**
   * The engine process starts anew with an empty ring: with live restore what runs goes on, else it
   * has been ended without an event, and what is to run always is started.
   */
  void engineRestarted(boolean liveRestore) {
    perform(at -> {
      events.comeBack();
      if (liveRestore) {
        return null;
      }
      for (Container container : containers.newestFirst().reversed()) {
        boolean comesBack = LifeCycle.isAlwaysUp(container);
        if (container.phase() == Container.Phase.RESTARTING) {
          container.abandonRestart();
        }
        if (container.isRunning()) {
          container.ended(at, 137, false);
        } else if (container.phase() == Container.Phase.CREATED) {
          continue;
        }
        if (comesBack) {
          lifeCycle.begin(container, at);
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
}
