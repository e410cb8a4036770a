package io.tallyman.simulator;

/** The bodies that the API's read-only paths answer with. */
interface Answers {

  byte[] version();

  byte[] info();

  /**
   * The rows of a list.
   *
   * @param all also those that do not run
   * @param limit how many at most; 0: no limit
   */
  byte[] list(boolean all, int limit, Filters filters);

  byte[] inspect(String reference);

  /** Whether a reading of it has to wait for the collector. */
  boolean isRunning(String reference);

  /** The full id of a container. */
  String idOf(String reference);

  byte[] oneShot(String reference);

  /** Consecutive readings, as a stream sends them. */
  StatsFeed stream(String reference);

  /** A feed whose last reading of two is the answer to {@code stream=false}. */
  StatsFeed twoReadings(String reference);

  /** Consecutive readings of one container; used by one thread. */
  interface StatsFeed {

    /** The next reading; empty when the container is gone. */
    byte[] next();
  }
}
