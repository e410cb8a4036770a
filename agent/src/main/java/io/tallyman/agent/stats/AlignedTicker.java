package io.tallyman.agent.stats;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Ticks at whole multiples of an interval by a clock, on a thread of its own.
 *
 * <p>A tick whose time passed unseen (the machine slept, the callback took too long) is counted as
 * missed and not made up for. When the clock is set back, ticks go on by the new time.
 */
public final class AlignedTicker implements Ticker {

  /** Longest sleep at a stretch, so that a clock that is set is noticed. */
  private static final long MAX_SLEEP_MILLIS = 1_000;

  private static final Duration CLOSE_WAIT = Duration.ofSeconds(1);

  private final InstantSource clock;
  private final long intervalMillis;
  private final Sleeper sleeper;
  private volatile boolean closed;
  private volatile @Nullable Thread thread;

  public AlignedTicker(InstantSource clock, Duration interval) {
    this(clock, interval, Thread::sleep);
  }

  AlignedTicker(InstantSource clock, Duration interval, Sleeper sleeper) {
    if (interval.toMillis() <= 0) {
      throw new IllegalArgumentException("the interval must be at least 1 ms, not " + interval);
    }
    this.clock = clock;
    this.intervalMillis = interval.toMillis();
    this.sleeper = sleeper;
  }

  @Override
  public void start(Consumer<Tick> onTick) {
    thread = Thread.ofPlatform().name("stats-ticker").daemon().start(() -> run(onTick));
  }

  @Override
  public void close() {
    closed = true;
    Thread running = thread;
    if (running == null || running.equals(Thread.currentThread())) {
      return;
    }
    running.interrupt();
    try {
      running.join(CLOSE_WAIT);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run(Consumer<Tick> onTick) {
    long next = aligned(clock.millis()) + intervalMillis;
    while (!closed) {
      try {
        next = sleepUntil(next);
      } catch (InterruptedException e) {
        return;
      }
      long due = aligned(clock.millis());
      onTick.accept(new Tick(Instant.ofEpochMilli(due), (due - next) / intervalMillis));
      next = due + intervalMillis;
    }
  }

  /** Returns the tick that came: another than asked for when the clock was set back. */
  private long sleepUntil(long asked) throws InterruptedException {
    long next = asked;
    for (long now = clock.millis(); now < next; now = clock.millis()) {
      if (next - now > intervalMillis) {
        next = aligned(now) + intervalMillis;
      }
      sleeper.sleep(Duration.ofMillis(Math.min(next - now, MAX_SLEEP_MILLIS)));
    }
    return next;
  }

  private long aligned(long millis) {
    return Math.floorDiv(millis, intervalMillis) * intervalMillis;
  }
}
