package io.tallyman.agent.stats;

import io.tallyman.agent.engine.DockerEngine;
import io.tallyman.agent.engine.EngineException;
import io.tallyman.agent.engine.StatsReading;
import io.tallyman.agent.inventory.KnownContainer;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes readings by single calls, a few at a time.
 *
 * <p>Readings between ticks have places of their own, so that a sweep that hangs does not delay
 * them. A container has at most one call of each kind under way. One whose turn has not come when
 * the next tick is due is read for that tick.
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
  private final Consumer<SpeedProbe.Verdict> onVerdict;
  private final SpeedProbe probe = new SpeedProbe();
  private final Lot sweeps = new Lot(SWEEP_CONCURRENCY);
  private final Lot betweenTicks = new Lot(NOW_CONCURRENCY);
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("one-shot-", 0).factory());
  private final AtomicInteger judging = new AtomicInteger();
  private final LongAdder calls = new LongAdder();
  private final LongAdder callNanos = new LongAdder();
  private volatile long sweepBegunNanos;
  private volatile long sweepNanos;
  private volatile boolean slow;
  private volatile boolean closed;

  /**
   * Makes ready to call.
   *
   * @param onVerdict is told whenever the speed was judged; while calls are slow, none are made but
   *     those of {@link #judgeAgain}
   */
  OneShots(
      DockerEngine engine,
      SamplerSettings settings,
      ReadingLog readings,
      LongSupplier nanoTime,
      Consumer<SpeedProbe.Verdict> onVerdict) {
    this.engine = engine;
    this.settings = settings;
    this.readings = readings;
    this.nanoTime = nanoTime;
    this.onVerdict = onVerdict;
  }

  /** Takes note that the sweep of a tick begins. */
  void beginSweep() {
    if (sweeps.underWay.isEmpty()) {
      sweepBegunNanos = nanoTime.getAsLong();
    }
  }

  /** Reads a container for a tick, in the background. */
  void sweep(KnownContainer container, Instant tick) {
    if (!submit(sweeps, container, tick)) {
      readings.failed(container.id(), "the reading of the tick before is still under way");
    }
  }

  /** Reads a container between ticks, in the background; one that is under way will do. */
  void now(KnownContainer container) {
    submit(betweenTicks, container, null);
  }

  /** Judges the speed anew on a container, in the background; its readings are of no use. */
  void judgeAgain(KnownContainer container) {
    if (!probe.claimAgain()) {
      return;
    }
    judging.incrementAndGet();
    try {
      threads.execute(() -> {
        try {
          judge(container);
        } finally {
          judging.decrementAndGet();
        }
      });
    } catch (RejectedExecutionException e) {
      judging.decrementAndGet();
      probe.giveUp();
    }
  }

  /**
   * Number of containers with a call that is under way or waits for a place, or that are judged.
   */
  int underWay() {
    return sweeps.underWay.size() + betweenTicks.underWay.size() + judging.get();
  }

  /** Calls that were made since the start. */
  long calls() {
    return calls.sum();
  }

  /** Time that all those calls took together. */
  long callNanos() {
    return callNanos.sum();
  }

  /** Time from a tick to the end of its last call, of the last sweep that ended; 0 before. */
  long sweepNanos() {
    return sweepNanos;
  }

  @Override
  public void close() {
    closed = true;
    threads.shutdownNow();
  }

  private boolean submit(Lot lot, KnownContainer container, @Nullable Instant tick) {
    Turn turn = new Turn(container, tick);
    Turn before = lot.underWay.putIfAbsent(container.id(), turn);
    if (before != null) {
      before.order = turn.order;
      return false;
    }
    try {
      threads.execute(() -> takeTurn(lot, turn));
    } catch (RejectedExecutionException e) {
      lot.underWay.remove(container.id());
    }
    return true;
  }

  private void takeTurn(Lot lot, Turn turn) {
    try {
      lot.places.acquire();
      try {
        if (!slow && !closed) {
          Turn.Order order = turn.order;
          read(order.container(), order.tick());
        }
      } finally {
        lot.places.release();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lot.underWay.remove(turn.order.container().id());
      if (lot.equals(sweeps) && lot.underWay.isEmpty()) {
        sweepNanos = nanoTime.getAsLong() - sweepBegunNanos;
      }
    }
  }

  private void read(KnownContainer container, @Nullable Instant tick) {
    boolean probing = probe.claim();
    long begun = nanoTime.getAsLong();
    StatsReading reading = call(container);
    long tookNanos = nanoTime.getAsLong() - begun;
    if (reading != null) {
      readings.report(container, reading, tick);
    }
    if (probing && isUndecided(reading, tookNanos)) {
      judge(container);
    }
  }

  /** Makes one call right after the other, whose readings are of no use, until a verdict. */
  private void judge(KnownContainer container) {
    boolean undecided = true;
    while (undecided && !closed) {
      long begun = nanoTime.getAsLong();
      StatsReading reading = call(container);
      undecided = isUndecided(reading, nanoTime.getAsLong() - begun);
    }
  }

  /** Adds a call to what is judged; false when no further one is of use. */
  private boolean isUndecided(@Nullable StatsReading reading, long tookNanos) {
    boolean answered = reading != null && reading.readAt() != null;
    if (!answered && tookNanos < settings.callTimeout().toNanos()) {
      probe.giveUp();
      return false;
    }
    SpeedProbe.Verdict verdict = probe.record(tookNanos);
    if (verdict == SpeedProbe.Verdict.UNDECIDED) {
      return true;
    }
    slow = verdict == SpeedProbe.Verdict.SLOW;
    onVerdict.accept(verdict);
    return false;
  }

  private @Nullable StatsReading call(KnownContainer container) {
    long begun = nanoTime.getAsLong();
    try {
      return engine.readStats(container.id(), settings.callTimeout());
    } catch (EngineException.NotFound e) {
      log.debug("{} is gone", container.id());
    } catch (EngineException e) {
      failed(container, e);
    } finally {
      calls.increment();
      callNanos.add(nanoTime.getAsLong() - begun);
    }
    return null;
  }

  private void failed(KnownContainer container, EngineException e) {
    if (!slow && !closed) {
      log.debug("no reading of {}: {}", container.id(), e.getMessage());
      readings.failed(container.id(), String.valueOf(e.getMessage()));
    }
  }

  /** What is to be read; may change until the call begins. */
  private static final class Turn {
    private record Order(KnownContainer container, @Nullable Instant tick) {}

    private volatile Order order;

    private Turn(KnownContainer container, @Nullable Instant tick) {
      order = new Order(container, tick);
    }
  }

  /** Places for calls, and the containers that have a call or wait for a place. */
  private static final class Lot {
    private final Semaphore places;
    private final Map<String, Turn> underWay = new ConcurrentHashMap<>();

    private Lot(int size) {
      places = new Semaphore(size, true);
    }
  }
}
