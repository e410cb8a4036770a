package io.tallyman.agent.spool;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that makes records durable: at once when the last time is long enough ago, so that a
 * lone record waits for the disk only; else together with what comes until the interval is over.
 */
final class GroupCommit {

  private static final Logger log = LoggerFactory.getLogger(GroupCommit.class);

  /** How often a spool that has nothing to write looks after its cursor and its troubles. */
  private static final long IDLE_MILLIS = 100;

  private static final Duration CLOSE_WAIT = Duration.ofSeconds(10);

  private final Spool spool;
  private final Intake intake;
  private final long intervalNanos;
  private @Nullable Thread thread;

  private GroupCommit(Spool spool, Intake intake, Duration interval) {
    this.spool = spool;
    this.intake = intake;
    this.intervalNanos = interval.toNanos();
  }

  static GroupCommit start(Spool spool, Intake intake, String name, Duration interval) {
    GroupCommit groupCommit = new GroupCommit(spool, intake, interval);
    groupCommit.thread = Thread.ofPlatform().name("spool-" + name).daemon().start(groupCommit::run);
    return groupCommit;
  }

  private void run() {
    long notBefore = System.nanoTime();
    try {
      while (!intake.isClosed()) {
        if (intake.awaitPending(IDLE_MILLIS)) {
          intake.awaitClosed(notBefore);
          notBefore = System.nanoTime() + intervalNanos;
        }
        commit();
      }
    } catch (InterruptedException e) {
      log.error("The thread of a spool was interrupted; nothing is accepted any more");
    }
  }

  private void commit() {
    try {
      spool.commitPending();
    } catch (RuntimeException e) {
      log.error("A callback of the spool failed", e);
    }
  }

  /** Waits for the thread after the spool was closed; false when it hangs. */
  boolean join() {
    if (thread == null) {
      return true;
    }
    try {
      return thread.join(CLOSE_WAIT);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
