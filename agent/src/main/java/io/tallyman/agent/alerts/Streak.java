package io.tallyman.agent.alerts;

/**
 * How many readings in a row were above a threshold, or not. A pure function of the readings.
 *
 * <p>An episode begins with the second reading in a row above the threshold, so that one burst
 * raises nothing, and ends with the sixth in a row that is not, so that a load that comes and goes
 * is one episode: half a minute at the default interval.
 *
 * @param above readings in a row above the threshold; 0 when the last one was not
 * @param notAbove readings in a row at or below it; 0 when the last one was above
 */
record Streak(int above, int notAbove) {

  /** So many readings in a row above the threshold begin an episode. */
  static final int RAISED_AFTER = 2;

  /** So many readings in a row at or below the threshold end it. */
  static final int CLEARED_AFTER = 6;

  static final Streak NONE = new Streak(0, 0);

  Streak and(double observedPercent, double thresholdPercent) {
    return observedPercent > thresholdPercent
        ? new Streak(above + 1, 0)
        : new Streak(0, notAbove + 1);
  }

  boolean raises() {
    return above >= RAISED_AFTER;
  }

  boolean clears() {
    return notAbove >= CLEARED_AFTER;
  }
}
