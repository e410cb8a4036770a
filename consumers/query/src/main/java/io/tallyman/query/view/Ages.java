package io.tallyman.query.view;

import io.tallyman.v1.ContainerState;
import io.tallyman.v1.ContainerStats;
import io.tallyman.v1.HostStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Says what is too old to pass for current. */
final class Ages {

  /** So many intervals without a word are one or two lost ones, and then silence. */
  private static final int SILENT_INTERVALS = 3;

  /** Agents send heartbeats this often, whatever their sampling interval. */
  private static final Duration HEARTBEAT_INTERVAL = Duration.ofSeconds(10);

  /** Where sampling is faster, a pause of Kafka is no more silence than elsewhere. */
  private static final Duration SHORTEST_INTERVAL = Duration.ofSeconds(5);

  private static final Set<String> SAMPLED_STATES = Set.of("running", "paused");

  private Ages() {}

  /** Whether readings of a container are due. */
  static boolean isSampled(ContainerState state) {
    return SAMPLED_STATES.contains(state.getState());
  }

  /** Whether a host has fallen silent. */
  static boolean isStale(Observed<HostStatus> host, Instant now) {
    return isOlder(host.time(), HEARTBEAT_INTERVAL, now);
  }

  /** Whether a sample is older than the next ones should be. */
  static boolean isSampleStale(Observed<ContainerStats> sample, Instant now) {
    return isOlder(sample.time(), Duration.ofMillis(sample.value().getIntervalMillis()), now);
  }

  /**
   * Whether a container's facts are too old. Where a reading is due its age tells; elsewhere
   * nothing is sent until something changes, so the host's heartbeat tells.
   */
  static boolean isStale(
      Observed<ContainerState> state,
      @Nullable Observed<ContainerStats> sample,
      @Nullable Observed<HostStatus> host,
      Instant now) {
    if (sample != null && isSampled(state.value())) {
      return isSampleStale(sample, now);
    }
    return host == null ? isOlder(state.time(), HEARTBEAT_INTERVAL, now) : isStale(host, now);
  }

  /**
   * Whether nothing at all comes any more: what comes most often is the samples of the host that
   * samples most often, or heartbeats.
   */
  static boolean isFleetStale(
      @Nullable Instant asOf, Collection<Observed<HostStatus>> hosts, Instant now) {
    Duration interval =
        hosts.stream()
            .map(host -> Duration.ofMillis(host.value().getIntervalMillis()))
            .filter(stated -> stated.compareTo(HEARTBEAT_INTERVAL) < 0)
            .min(Comparator.naturalOrder())
            .orElse(HEARTBEAT_INTERVAL);
    return asOf == null
        || isOlder(
            asOf, interval.compareTo(SHORTEST_INTERVAL) < 0 ? SHORTEST_INTERVAL : interval, now);
  }

  private static boolean isOlder(Instant time, Duration interval, Instant now) {
    return time.plus(interval.multipliedBy(SILENT_INTERVALS)).isBefore(now);
  }
}
