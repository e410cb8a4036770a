package io.tallyman.cli;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Tells a running command that it is to stop, and why. Safe from any thread; the first reason wins.
 */
final class StopSignal {

  /** A sink finishes its batch, for which its store's client may need half a minute. */
  private static final long STOP_SECONDS = 40;

  /** What {@link Runtime#addShutdownHook} says. */
  private static final String SHUTTING_DOWN = "Shutdown in progress";

  private final CompletableFuture<@Nullable RuntimeException> requested = new CompletableFuture<>();
  private final CompletableFuture<Integer> exitCode = new CompletableFuture<>();

  /**
   * A signal that SIGTERM and SIGINT (Ctrl-C) give. The process then ends with the exit code of the
   * command, so a clean stop is 0, whatever the JVM's own custom is.
   */
  static StopSignal ofProcess() {
    StopSignal signal = new StopSignal();
    Runtime.getRuntime().addShutdownHook(new Thread(signal::shutDown, "stop"));
    return signal;
  }

  /** Asks the command to stop; it ends well. */
  void request() {
    requested.complete(null);
  }

  /** Asks the command to stop because something failed. */
  void fail(RuntimeException reason) {
    requested.complete(reason);
  }

  boolean isRequested() {
    return requested.isDone();
  }

  /**
   * Whether something failed only because the process is ending: a part that is started meanwhile
   * and wants a hook of its own at the end is refused it.
   */
  static boolean isCauseOf(Throwable failure) {
    for (Throwable e = failure; e != null; e = e.getCause()) {
      if (e instanceof IllegalStateException && SHUTTING_DOWN.equals(e.getMessage())) {
        return true;
      }
    }
    return false;
  }

  /**
   * Waits until somebody asks to stop.
   *
   * @throws RuntimeException the reason, when something failed
   */
  void await() {
    while (!await(1, TimeUnit.HOURS)) {
      // Nobody asked yet.
    }
  }

  /** Waits at most that long; true when somebody asked. */
  boolean await(long time, TimeUnit unit) {
    try {
      RuntimeException reason = requested.get(time, unit);
      if (reason != null) {
        throw reason;
      }
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The command has ended and everything is closed. */
  void finished(int code) {
    exitCode.complete(code);
  }

  private void shutDown() {
    if (exitCode.isDone()) {
      return;
    }
    request();
    int code;
    try {
      code = exitCode.get(STOP_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException | InterruptedException | ExecutionException e) {
      code = 1;
    }
    System.out.flush();
    Runtime.getRuntime().halt(code);
  }
}
