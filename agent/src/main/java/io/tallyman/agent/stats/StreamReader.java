package io.tallyman.agent.stats;

import io.tallyman.agent.engine.DockerEngine;
import io.tallyman.agent.engine.EngineException;
import io.tallyman.agent.engine.StatsReading;
import io.tallyman.agent.engine.StatsStream;
import io.tallyman.agent.inventory.KnownContainer;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the stream of one container on a thread of its own and keeps its newest frame; opens it
 * anew when it ends, until the container is gone or the reader is closed.
 */
final class StreamReader implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(StreamReader.class);

  private static final String NO_FRAME = "the engine sends no readings";

  private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
  private static final int MAX_DOUBLINGS = 5;

  /** Without a frame for so long, a reading that is due counts as failed. */
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  /** A stream that is silent for so long is given up for another; frames come once a second. */
  private static final Duration LONGEST_SILENCE = Duration.ofSeconds(15);

  private final DockerEngine engine;
  private final ReadingLog readings;
  private final Sleeper sleeper;
  private final LongSupplier nanoTime;
  private final Consumer<StreamReader> onEnd;
  private final String containerId;
  private final Object frameLock = new Object();
  private @Nullable StatsReading newest;
  private boolean reportNext;
  private volatile KnownContainer container;
  private volatile long aliveNanos;
  private volatile long openedNanos;
  private volatile String trouble = NO_FRAME;
  private volatile boolean closed;
  private volatile @Nullable StatsStream stream;
  private @Nullable Thread thread;

  StreamReader(
      DockerEngine engine,
      ReadingLog readings,
      Sleeper sleeper,
      LongSupplier nanoTime,
      KnownContainer container,
      Consumer<StreamReader> onEnd) {
    this.engine = engine;
    this.readings = readings;
    this.sleeper = sleeper;
    this.nanoTime = nanoTime;
    this.container = container;
    this.containerId = container.id();
    this.onEnd = onEnd;
    this.aliveNanos = nanoTime.getAsLong();
  }

  StreamReader started() {
    thread = Thread.ofVirtual().name("stats-stream").start(this::run);
    return this;
  }

  void sweep(KnownContainer known, Instant tick) {
    container = known;
    StatsReading frame;
    synchronized (frameLock) {
      frame = newest;
      newest = null;
    }
    if (frame != null) {
      readings.report(known, frame, tick);
      return;
    }
    long now = nanoTime.getAsLong();
    long silentNanos = now - aliveNanos;
    if (silentNanos > PATIENCE.toNanos()) {
      readings.failed(containerId, trouble);
    }
    StatsStream open = stream;
    if (open != null && Math.min(silentNanos, now - openedNanos) > LONGEST_SILENCE.toNanos()) {
      log.debug("the stream of {} is silent, opening another", containerId);
      open.close();
    }
  }

  void readNow(KnownContainer known) {
    container = known;
    synchronized (frameLock) {
      reportNext = true;
    }
    reportIfAsked();
  }

  @Override
  public void close() {
    closed = true;
    StatsStream open = stream;
    if (open != null) {
      open.close();
    }
    Thread running = thread;
    if (running != null) {
      running.interrupt();
    }
  }

  private void run() {
    int failures = 0;
    try {
      while (!closed) {
        boolean frames = readToEnd();
        failures = frames ? 0 : Math.min(failures + 1, MAX_DOUBLINGS);
        if (!closed) {
          sleeper.sleep(pause(failures));
        }
      }
    } catch (EngineException.NotFound e) {
      log.debug("{} is gone", containerId);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      onEnd.accept(this);
    }
  }

  /** Returns whether there was at least one frame. */
  private boolean readToEnd() {
    boolean frames = false;
    try (StatsStream open = engine.streamStats(containerId)) {
      openedNanos = nanoTime.getAsLong();
      stream = open;
      while (!closed) {
        StatsReading frame = open.next();
        if (frame == null) {
          return frames;
        }
        frames = true;
        aliveNanos = nanoTime.getAsLong();
        trouble = NO_FRAME;
        take(frame);
      }
    } catch (EngineException.NotFound e) {
      throw e;
    } catch (EngineException e) {
      if (!closed) {
        trouble = String.valueOf(e.getMessage());
        log.debug("the stream of {} ended: {}", containerId, e.getMessage());
      }
    } finally {
      stream = null;
    }
    return frames;
  }

  /** A frame without a time is of a container that does not run: it ends what was before it. */
  private void take(StatsReading frame) {
    synchronized (frameLock) {
      newest = frame.readAt() == null ? null : frame;
    }
    reportIfAsked();
  }

  private void reportIfAsked() {
    StatsReading frame;
    synchronized (frameLock) {
      if (!reportNext || newest == null) {
        return;
      }
      frame = newest;
      newest = null;
      reportNext = false;
    }
    readings.report(container, frame, null);
  }

  private static Duration pause(int failures) {
    long longest = Math.min(FIRST_PAUSE.toMillis() << failures, LONGEST_PAUSE.toMillis());
    return Duration.ofMillis(ThreadLocalRandom.current().nextLong(longest / 2, longest + 1));
  }
}
