package io.tallyman.agent.spool;

import java.time.Instant;

/**
 * Is told of losses that no caller waits for. Called by the spool's own thread, under no lock that
 * {@link Spool#append} needs.
 */
public interface SpoolListener {

  /** Does nothing. */
  SpoolListener NONE =
      new SpoolListener() {
        @Override
        public void shed(Shed shed) {}

        @Override
        public void damaged(Damage damage) {}
      };

  /** The oldest records made room for newer ones. */
  void shed(Shed shed);

  /** Damage found when the spool opened itself anew after a failure of the disk. */
  void damaged(Damage damage);

  /**
   * Told after every round of the spool's thread, at least ten times a second, so that who was
   * refused learns that there is room again.
   */
  default void round(SpoolSnapshot.State state) {}

  /**
   * A whole segment that was given up.
   *
   * @param records how many of it had not been committed
   * @param from time of its first record
   * @param to time of its last record
   */
  record Shed(long records, long fromSequence, long toSequence, Instant from, Instant to) {}
}
