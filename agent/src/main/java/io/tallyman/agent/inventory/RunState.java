package io.tallyman.agent.inventory;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Where a container is in its life; what was not learned is null.
 *
 * @param state created, running, paused, restarting, removing, exited or dead
 * @param exitCode of its last run; null while it runs
 * @param oomKilled whether memory ran out since the last start
 */
public record RunState(
    String state,
    @Nullable Instant startedAt,
    @Nullable Instant finishedAt,
    @Nullable Integer exitCode,
    @Nullable Boolean oomKilled,
    @Nullable Integer restartCount,
    @Nullable Long pid,
    @Nullable String health,
    @Nullable Integer failingStreak) {

  /** A state of which nothing but its name is known. */
  public static RunState of(String state) {
    return new RunState(state, null, null, null, null, null, null, null, null);
  }

  public boolean isRunning() {
    return state.equals("running") || state.equals("paused");
  }

  public RunState withState(String newState) {
    return new RunState(
        newState,
        startedAt,
        finishedAt,
        exitCode,
        oomKilled,
        restartCount,
        pid,
        health,
        failingStreak);
  }

  public RunState withHealth(@Nullable String newHealth) {
    return new RunState(
        state, startedAt, finishedAt, exitCode, oomKilled, restartCount, pid, newHealth, null);
  }

  public RunState withOomKilled() {
    return new RunState(
        state, startedAt, finishedAt, exitCode, true, restartCount, pid, health, failingStreak);
  }

  /** A new run that began then. */
  public RunState started(Instant at) {
    return new RunState("running", at, finishedAt, null, false, restartCount, null, null, null);
  }

  /** The run ended then. */
  public RunState ended(Instant at, @Nullable Integer code, @Nullable Boolean outOfMemory) {
    return new RunState(
        "exited", startedAt, at, code, outOfMemory, restartCount, null, health, failingStreak);
  }
}
