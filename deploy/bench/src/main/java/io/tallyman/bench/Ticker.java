package io.tallyman.bench;

import java.time.Clock;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Goes on with a fleet's readings until it is closed. */
final class Ticker implements AutoCloseable {

  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread;

  Ticker(QueryFleet fleet, Clock clock) {
    thread =
        Thread.ofPlatform()
            .name("ticker")
            .daemon(true)
            .start(() -> {
              try {
                while (!closing.await(QueryFleet.INTERVAL.toMillis(), TimeUnit.MILLISECONDS)) {
                  fleet.tick(clock.instant());
                }
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
  }

  @Override
  public void close() {
    closing.countDown();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
