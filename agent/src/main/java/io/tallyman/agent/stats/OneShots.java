package io.tallyman.agent.stats;

import io.tallyman.agent.engine.DockerEngine;
import io.tallyman.agent.engine.EngineException;
import io.tallyman.agent.engine.StatsReading;
import io.tallyman.agent.inventory.KnownContainer;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes readings by single calls, a few at a time.
 *
 * <p>Readings between ticks have places of their own, so that a sweep that hangs does not delay
 * them. A container has at most one call of each kind under way.
 */
final class OneShots implements AutoCloseable {

  /** Calls of a sweep that are under way at once. */
  static final int SWEEP_CONCURRENCY = 8;

  /** Readings between ticks that are under way at once. */
  private static final int NOW_CONCURRENCY = 8;

  private static final Logger log = LoggerFactory.getLogger(OneShots.class);

  private final DockerEngine engine;
  private final SamplerSettings settings;
  private final ReadingLog readings;
  private final LongSupplier nanoTime;
  private final LongConsumer onDuration;
  private final Lot sweeps = new Lot(SWEEP_CONCURRENCY);
  private final Lot betweenTicks = new Lot(NOW_CONCURRENCY);
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("one-shot-", 0).factory());
  private volatile boolean abandoned;

  /**
   * Makes ready to call.
   *
   * @param onDuration is told how long each call took, nanoseconds
   */
  OneShots(
      DockerEngine engine,
      SamplerSettings settings,
      ReadingLog readings,
      LongSupplier nanoTime,
      LongConsumer onDuration) {
    this.engine = engine;
    this.settings = settings;
    this.readings = readings;
    this.nanoTime = nanoTime;
    this.onDuration = onDuration;
  }

  /** Reads a container for a tick, in the background. */
  void sweep(KnownContainer container, Instant tick) {
    if (!submit(sweeps, container, tick)) {
      readings.failed(container.id(), "the call of the tick before is still under way");
    }
  }

  /** Reads a container between ticks, in the background; one that is under way will do. */
  void now(KnownContainer container) {
    submit(betweenTicks, container, null);
  }

  /** Drops the calls that have not begun. */
  void abandon() {
    abandoned = true;
  }

  @Override
  public void close() {
    abandoned = true;
    threads.shutdownNow();
  }

  private boolean submit(Lot lot, KnownContainer container, @Nullable Instant tick) {
    if (!lot.underWay.add(container.id())) {
      return false;
    }
    try {
      threads.execute(() -> takeTurn(lot, container, tick));
    } catch (RejectedExecutionException e) {
      lot.underWay.remove(container.id());
    }
    return true;
  }

  private void takeTurn(Lot lot, KnownContainer container, @Nullable Instant tick) {
    try {
      lot.places.acquire();
      try {
        if (!abandoned) {
          read(container, tick);
        }
      } finally {
        lot.places.release();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lot.underWay.remove(container.id());
    }
  }

  private void read(KnownContainer container, @Nullable Instant tick) {
    long begun = nanoTime.getAsLong();
    try {
      StatsReading reading = engine.readStats(container.id(), settings.callTimeout());
      onDuration.accept(nanoTime.getAsLong() - begun);
      readings.report(container, reading, tick);
    } catch (EngineException.NotFound e) {
      log.debug("{} is gone", container.id());
    } catch (EngineException.Unreachable e) {
      onDuration.accept(nanoTime.getAsLong() - begun);
      failed(container, e);
    } catch (EngineException e) {
      failed(container, e);
    }
  }

  private void failed(KnownContainer container, EngineException e) {
    if (!abandoned) {
      log.debug("no reading of {}: {}", container.id(), e.getMessage());
      readings.failed(container.id(), String.valueOf(e.getMessage()));
    }
  }

  /** Places for calls, and the containers that have a call or wait for a place. */
  private static final class Lot {
    private final Semaphore places;
    private final Set<String> underWay = ConcurrentHashMap.newKeySet();

    private Lot(int size) {
      places = new Semaphore(size, true);
    }
  }
}
