package io.tallyman.agent.stats;

import java.time.Instant;
import java.util.function.Consumer;

/** Says when a sweep is due. */
public interface Ticker extends AutoCloseable {

  /**
   * Starts to call back, on one thread, one call at a time.
   *
   * @param onTick must come back soon: while it runs, no tick is delivered
   */
  void start(Consumer<Tick> onTick);

  /** Ends the calls; the one that runs is waited for at most a second. */
  @Override
  void close();

  /**
   * A time at which a sweep is due.
   *
   * @param due a whole multiple of the interval since 1970-01-01 UTC, so that the ticks of all
   *     hosts fall together
   * @param missed number of ticks just before this one that were not delivered
   */
  record Tick(Instant due, long missed) {}
}
