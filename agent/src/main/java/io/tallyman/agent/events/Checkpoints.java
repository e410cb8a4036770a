package io.tallyman.agent.events;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the checkpoint on disk: at most once a period, and only what the lane has accepted. Where
 * it cannot be written the watch goes on without. Used by the pipeline's thread, but for {@link
 * #open} before that runs; constructing does no I/O.
 */
final class Checkpoints {

  /** Identifiers that are kept: more than the engine can bring again after a start. */
  static final int EVENT_IDS = 4 * RingView.CAPACITY;

  private static final Logger log = LoggerFactory.getLogger(Checkpoints.class);

  private final @Nullable CheckpointFile file;
  private final EventCursor cursor;
  private final Offers offers;
  private final Supplier<Table> table;
  private final Executor executor;
  private final LongSupplier nanoTime;
  private final long periodNanos;
  private final RecentIds eventIds = new RecentIds(EVENT_IDS);
  private final AtomicBoolean writing = new AtomicBoolean();
  private boolean changed;
  private boolean beginning;
  private boolean closed;
  private boolean failed;
  private long lastNanos;

  /** What is known of the containers. */
  record Table(
      List<Checkpoint.Kept> containers,
      List<Checkpoint.Concluded> conclusions,
      List<String> gone) {}

  /**
   * @param file null to keep nothing
   * @param table as it is now, without what was refused
   * @param executor runs a write where it may wait
   */
  Checkpoints(
      @Nullable CheckpointFile file,
      EventCursor cursor,
      Offers offers,
      Supplier<Table> table,
      Executor executor,
      LongSupplier nanoTime,
      Duration period) {
    this.file = file;
    this.cursor = cursor;
    this.offers = offers;
    this.table = table;
    this.executor = executor;
    this.nanoTime = nanoTime;
    this.periodNanos = period.toNanos();
    this.lastNanos = nanoTime.getAsLong();
  }

  /**
   * What an earlier run left; null when there was none.
   *
   * @throws IOException when there was one, and what it left cannot be read
   */
  @Nullable Checkpoint open() throws IOException {
    if (file == null) {
      return null;
    }
    try {
      Checkpoint kept = file.read();
      kept.eventIds().forEach(eventIds::add);
      return kept;
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  /** The lane has accepted an event. */
  void accepted(String eventId) {
    eventIds.add(eventId);
    changed = true;
  }

  /** Something else has changed that is to be kept. */
  void changed() {
    changed = true;
  }

  /** Begins to write if it is time. */
  void keep() {
    long now = nanoTime.getAsLong();
    if (file == null || !changed || beginning || writing.get() || now - lastNanos < periodNanos) {
      return;
    }
    lastNanos = now;
    changed = false;
    beginning = true;
    Table current = table.get();
    int refusals = cursor.refusals();
    offers.afterwards(() -> {
      beginning = false;
      if (cursor.refusals() == refusals) {
        begin(checkpoint(current, false));
      } else {
        changed = true;
      }
    });
  }

  /**
   * Writes what there is to write; nothing while decisions are due. A write that was begun before
   * and comes after this does nothing, for what it has is older.
   */
  synchronized void close() {
    if (file != null && offers.isEmpty()) {
      write(checkpoint(table.get(), true));
    }
    closed = true;
  }

  private Checkpoint checkpoint(Table current, boolean stopped) {
    return new Checkpoint(
        cursor.told(),
        cursor.audited(),
        cursor.lastEvent(),
        eventIds.all(),
        current.containers(),
        current.conclusions(),
        current.gone(),
        stopped);
  }

  private void begin(Checkpoint checkpoint) {
    writing.set(true);
    try {
      executor.execute(() -> write(checkpoint));
    } catch (RejectedExecutionException e) {
      writing.set(false);
      log.debug("The agent stops", e);
    }
  }

  private synchronized void write(Checkpoint checkpoint) {
    try {
      if (file != null && !closed) {
        file.write(checkpoint);
      }
      failed = false;
    } catch (IOException e) {
      if (!failed) {
        log.warn("Cannot keep how far events were read; a restart may repeat or miss some", e);
      }
      failed = true;
    } finally {
      writing.set(false);
    }
  }
}
