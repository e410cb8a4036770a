package io.tallyman.query.history;

/** Bytes per second between two readings; {@code NaN} where not known. */
public record Rates(double rx, double tx, double read, double write) {

  /** Before the second reading. */
  public static final Rates UNKNOWN = new Rates(Double.NaN, Double.NaN, Double.NaN, Double.NaN);

  private static final double MICROS = 1e6;

  /** Of two that follow each other. */
  public static Rates between(Reading before, Reading now) {
    return of(new RollupBuilder().after(before).add(now).build());
  }

  /** Of a reading and the stretch before it. */
  public static Rates between(Rollup before, Reading now) {
    return of(new RollupBuilder().after(before).add(now).build());
  }

  private static Rates of(Rollup rollup) {
    double seconds = rollup.coveredMicros() / MICROS;
    return new Rates(
        perSecond(rollup, Counter.RX_BYTES, seconds),
        perSecond(rollup, Counter.TX_BYTES, seconds),
        perSecond(rollup, Counter.READ_BYTES, seconds),
        perSecond(rollup, Counter.WRITE_BYTES, seconds));
  }

  private static double perSecond(Rollup rollup, Counter counter, double seconds) {
    long increase = rollup.increase(counter);
    return increase == Counter.UNKNOWN || seconds <= 0 ? Double.NaN : increase / seconds;
  }
}
