package io.tallyman.agent.spool;

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

  /** A whole segment that was given up; {@code records} of it had not been committed. */
  record Shed(long records, long fromSequence, long toSequence) {}
}
