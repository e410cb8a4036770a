package io.tallyman.bench;

import java.util.Arrays;
import java.util.Locale;

/** Measured values in order; quantiles are by nearest rank. */
final class Quantiles {

  private final double[] sorted;

  private Quantiles(double[] sorted) {
    this.sorted = sorted;
  }

  static Quantiles of(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return new Quantiles(sorted);
  }

  /** NaN when nothing was measured. */
  double at(double quantile) {
    if (sorted.length == 0) {
      return Double.NaN;
    }
    int rank = (int) Math.ceil(quantile * sorted.length);
    return sorted[Math.clamp(rank - 1L, 0, sorted.length - 1)];
  }

  double median() {
    return at(0.5);
  }

  String minMedianP99Max() {
    return String.format(
        Locale.ROOT, "%.0f / %.0f / %.0f / %.0f", at(0), median(), at(0.99), at(1));
  }

  String minMedianMax() {
    return String.format(Locale.ROOT, "%.0f / %.0f / %.0f", at(0), median(), at(1));
  }
}
