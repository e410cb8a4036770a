package io.tallyman.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The same work done by us and by a peer, in turns, so that both have the machine as it is. Used by
 * one thread.
 */
final class Race {

  /** Does the work of a round and returns the seconds that it took. */
  @FunctionalInterface
  interface Side {
    double seconds();
  }

  private final List<Double> ours = new ArrayList<>();
  private final List<Double> peers = new ArrayList<>();

  /** Runs a round; who begins changes from round to round. */
  void round(Side our, Side peer) {
    if (ours.size() % 2 == 0) {
      ours.add(our.seconds());
      peers.add(peer.seconds());
    } else {
      peers.add(peer.seconds());
      ours.add(our.seconds());
    }
  }

  /** Our speed as a share of the peer's, over all rounds. */
  double ratio() {
    return sum(peers) / sum(ours);
  }

  double ourRate(long units) {
    return units / sum(ours);
  }

  double peerRate(long units) {
    return units / sum(peers);
  }

  String minMedianMax() {
    double[] ratios = new double[ours.size()];
    for (int i = 0; i < ratios.length; i++) {
      ratios[i] = peers.get(i) / ours.get(i);
    }
    Quantiles quantiles = Quantiles.of(ratios);
    return String.format(
        Locale.ROOT, "%.2f / %.2f / %.2f", quantiles.at(0), quantiles.median(), quantiles.at(1));
  }

  /** Seconds since that reading of {@link System#nanoTime}. */
  static double secondsSince(long nanos) {
    return (System.nanoTime() - nanos) / 1e9;
  }

  private static double sum(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).sum();
  }
}
