package io.tallyman.agent.stats;

import java.time.Duration;

/** Lets the calling thread wait; the seam through which tests make time pass. */
@FunctionalInterface
interface Sleeper {
  void sleep(Duration time) throws InterruptedException;
}
