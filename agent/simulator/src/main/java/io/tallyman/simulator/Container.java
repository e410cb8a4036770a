package io.tallyman.simulator;

import org.jspecify.annotations.Nullable;

/**
 * One container's state. Changed under the {@link Daemon}'s lock; every method is synchronized, so
 * that views are consistent without that lock.
 */
final class Container {

  /** What a container's main process is doing. */
  enum Phase {
    CREATED,
    RUNNING,
    PAUSED,
    RESTARTING,
    EXITED
  }

  private final String id;
  private final ContainerSpec spec;
  private final long createdAtNanos;
  private final int address;

  private String name;
  private Phase phase = Phase.CREATED;
  private int run;
  private int pid;
  private int exitCode;
  private boolean oomKilled;
  private long oomEvents;
  private @Nullable Long startedAtNanos;
  private @Nullable Long finishedAtNanos;
  private long activeBeforeNanos;
  private long activeSinceNanos;
  private int restartCount;
  private @Nullable String health;
  private boolean probePasses;
  private int failingStreak;
  private @Nullable Double cpuLimit;
  private @Nullable Long memoryLimitBytes;
  private @Nullable Long pidsLimit;

  Container(String id, ContainerSpec spec, long createdAtNanos, int address) {
    this.id = id;
    this.spec = spec;
    this.createdAtNanos = createdAtNanos;
    this.address = address;
    this.name = spec.name();
    this.cpuLimit = spec.cpuLimit();
    this.memoryLimitBytes = spec.memoryLimitBytes();
    this.pidsLimit = spec.pidsLimit();
    ContainerSpec.HealthCheck check = spec.healthCheck();
    this.probePasses = check != null && check.passes();
  }

  String id() {
    return id;
  }

  ContainerSpec spec() {
    return spec;
  }

  long createdAtNanos() {
    return createdAtNanos;
  }

  synchronized String name() {
    return name;
  }

  synchronized void rename(String newName) {
    name = newName;
  }

  synchronized Phase phase() {
    return phase;
  }

  synchronized boolean isRunning() {
    return phase == Phase.RUNNING || phase == Phase.PAUSED;
  }

  /** Counts the starts; tells whether something planned for one run is still of that run. */
  synchronized int run() {
    return run;
  }

  synchronized long startedAtNanos() {
    return startedAtNanos == null ? 0 : startedAtNanos;
  }

  synchronized void started(long nanos, int newPid) {
    run++;
    phase = Phase.RUNNING;
    pid = newPid;
    exitCode = 0;
    oomKilled = false;
    oomEvents = 0;
    startedAtNanos = nanos;
    activeBeforeNanos = 0;
    activeSinceNanos = nanos;
    if (spec.healthCheck() != null) {
      health = "starting";
      failingStreak = 0;
    }
  }

  synchronized void ended(long nanos, int code, boolean willRestart) {
    phase = willRestart ? Phase.RESTARTING : Phase.EXITED;
    pid = 0;
    exitCode = code;
    finishedAtNanos = nanos;
    if (willRestart) {
      restartCount++;
    }
    if (health != null) {
      health = "unhealthy";
    }
  }

  synchronized void abandonRestart() {
    phase = Phase.EXITED;
  }

  synchronized int restartCount() {
    return restartCount;
  }

  synchronized void clearRestartCount() {
    restartCount = 0;
  }

  synchronized void paused(long nanos) {
    phase = Phase.PAUSED;
    activeBeforeNanos += nanos - activeSinceNanos;
  }

  synchronized void unpaused(long nanos) {
    phase = Phase.RUNNING;
    activeSinceNanos = nanos;
  }

  synchronized void sawOom() {
    oomKilled = true;
    oomEvents++;
  }

  synchronized void limits(@Nullable Double cpus, @Nullable Long memoryBytes, @Nullable Long pids) {
    cpuLimit = cpus == null ? cpuLimit : cpus;
    memoryLimitBytes = memoryBytes == null ? memoryLimitBytes : memoryBytes;
    pidsLimit = pids == null ? pidsLimit : pids;
  }

  synchronized boolean hasMemoryLimit() {
    return memoryLimitBytes != null;
  }

  synchronized boolean probePasses() {
    return probePasses;
  }

  synchronized void probePasses(boolean passes) {
    probePasses = passes;
  }

  /**
   * Notes a probe's result.
   *
   * @return the new health when it changed, otherwise null
   */
  synchronized @Nullable String probed(boolean passed, int retries) {
    failingStreak = passed ? 0 : failingStreak + 1;
    String before = health;
    if (passed) {
      health = "healthy";
    } else if (failingStreak >= retries) {
      health = "unhealthy";
    }
    return health == null || health.equals(before) ? null : health;
  }

  /** Sets the health by force. */
  synchronized void health(String newHealth) {
    health = newHealth;
    probePasses = newHealth.equals("healthy");
    failingStreak = probePasses ? 0 : Math.max(1, failingStreak);
  }

  synchronized ContainerView view(long nowNanos) {
    long active =
        switch (phase) {
          case RUNNING -> activeBeforeNanos + Math.max(0, nowNanos - activeSinceNanos);
          case PAUSED -> activeBeforeNanos;
          case CREATED, RESTARTING, EXITED -> 0;
        };
    return new ContainerView(
        id,
        spec,
        name,
        stateName(),
        pid,
        exitCode,
        oomKilled,
        createdAtNanos,
        startedAtNanos,
        finishedAtNanos,
        active,
        restartCount,
        health,
        failingStreak,
        cpuLimit,
        memoryLimitBytes,
        pidsLimit,
        oomEvents,
        address);
  }

  private String stateName() {
    return switch (phase) {
      case CREATED -> "created";
      case RUNNING -> "running";
      case PAUSED -> "paused";
      case RESTARTING -> "restarting";
      case EXITED -> "exited";
    };
  }
}
