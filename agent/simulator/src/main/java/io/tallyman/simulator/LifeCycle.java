package io.tallyman.simulator;

import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How a container begins, ends and begins again, with all that an engine logs on the way. Used
 * under the {@link Daemon}'s lock.
 */
final class LifeCycle {

  private static final long MILLI = 1_000_000L;
  private static final long SECOND = 1_000 * MILLI;
  private static final long FIRST_BACKOFF_NANOS = 100 * MILLI;
  private static final long LAST_BACKOFF_NANOS = 60 * SECOND;
  private static final long BACKOFF_RESET_NANOS = 10 * SECOND;
  private static final long AUTO_REMOVE_NANOS = 30 * MILLI;

  private final EngineProfile profile;
  private final ContainerTable containers;
  private final Timeline timeline;
  private final Journal journal;
  private final Random random;
  private int nextPid = 1_200;
  private int nextAddress = 2;

  LifeCycle(
      EngineProfile profile,
      ContainerTable containers,
      Timeline timeline,
      Journal journal,
      Random random) {
    this.profile = profile;
    this.containers = containers;
    this.timeline = timeline;
    this.journal = journal;
    this.random = random;
  }

  /** Adds a container to the table; nothing is logged. */
  Container add(ContainerSpec spec, long createdAtNanos) {
    byte[] id = new byte[32];
    random.nextBytes(id);
    Container container =
        new Container(HexFormat.of().formatHex(id), spec, createdAtNanos, nextAddress++);
    containers.add(container);
    return container;
  }

  /** Lets it run since an earlier moment; nothing is logged. */
  void settle(Container container, long startedAtNanos, long at) {
    container.started(startedAtNanos, nextPid++);
    ContainerSpec.HealthCheck check = container.spec().healthCheck();
    if (check != null) {
      container.health(check.passes() ? "healthy" : "unhealthy");
      planProbe(container, at);
    }
  }

  void begin(Container container, long at) {
    journal.logNetwork(container, at, "connect");
    container.started(at, nextPid++);
    journal.log(container, at, "start", Map.of());
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

  void oom(Container container, long at, boolean mainProcess) {
    container.sawOom();
    journal.log(container, at, "oom", Map.of());
    if (mainProcess) {
      die(container, at, 137, false, false);
    }
  }

  /**
   * SIGTERM, and SIGKILL when it is deaf to that.
   *
   * @param exitCode what it returns on SIGTERM; null: deaf
   */
  void terminate(Container container, long at, @Nullable Integer exitCode) {
    journal.logSignal(container, at, 15);
    if (exitCode == null) {
      journal.logSignal(container, at, 9);
    }
    die(container, at, exitCode == null ? 137 : exitCode, true, true);
  }

  /**
   * Its main process has ended.
   *
   * @param byHand true: its restart policy does not count
   * @param stopping true: by the stop command
   */
  void die(Container container, long at, int exitCode, boolean byHand, boolean stopping) {
    boolean willRestart = !byHand && restarts(container, exitCode);
    long ranNanos = at - container.startedAtNanos();
    container.ended(at, exitCode, willRestart);
    Map<String, String> attributes = new TreeMap<>();
    attributes.put("exitCode", Integer.toString(exitCode));
    if (profile.dieTellsDuration()) {
      attributes.put("execDuration", Long.toString(ranNanos / SECOND));
    }
    if (!profile.settlesBeforeDie()) {
      journal.log(container, at, "die", attributes);
    }
    journal.logNetwork(container, at, "disconnect");
    if (stopping) {
      journal.log(container, at, "stop", Map.of());
    }
    if (profile.settlesBeforeDie()) {
      journal.log(container, at, "die", attributes);
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
          if (container.phase() == Container.Phase.RESTARTING && containers.isKnown(container)) {
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
          if (container.run() == run && container.isRunning() && containers.isKnown(container)) {
            runProbe(container, due, check);
            planProbe(container, due);
          }
        });
  }

  private void runProbe(Container container, long at, ContainerSpec.HealthCheck check) {
    boolean passes = container.probePasses();
    logExec(container, at, "/bin/sh -c " + check.command(), passes);
    String changed = container.probed(passes, check.retries());
    if (changed != null) {
      journal.log(container, at, "health_status: " + changed, Map.of());
    }
  }

  void logExec(Container container, long at, String command, boolean passes) {
    byte[] execId = new byte[32];
    random.nextBytes(execId);
    String id = HexFormat.of().formatHex(execId);
    journal.log(container, at, "exec_create: " + command, Map.of("execID", id));
    journal.log(container, at, "exec_start: " + command, Map.of("execID", id));
    journal.log(container, at, "exec_die", Map.of("execID", id, "exitCode", passes ? "0" : "1"));
  }

  void destroy(Container container, long at) {
    if (containers.remove(container)) {
      journal.log(container, at, "destroy", Map.of());
    }
  }

  private static boolean restarts(Container container, int exitCode) {
    return isAlwaysUp(container)
        || (container.spec().restartPolicy().equals("on-failure") && exitCode != 0);
  }

  static boolean isAlwaysUp(Container container) {
    String policy = container.spec().restartPolicy();
    return policy.equals("always") || policy.equals("unless-stopped");
  }
}
