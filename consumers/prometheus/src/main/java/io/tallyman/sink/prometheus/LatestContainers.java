package io.tallyman.sink.prometheus;

import io.tallyman.v1.ContainerState;
import io.tallyman.v1.ContainerStats;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The newest sample of each container that runs, and no more of them than make a number of series:
 * those that came first stay. Safe from any thread.
 */
final class LatestContainers {

  /** After so many intervals without a sample a container is no longer shown. */
  private static final int SILENT_INTERVALS = 3;

  /** What claims to come less often is shown for no longer than this allows. */
  private static final Duration MAX_INTERVAL = Duration.ofDays(1);

  /** Agents tell every state hourly; one that is not told again is of no use. */
  private static final Duration STATE_KEEP = Duration.ofHours(3);

  private static final Set<String> OVER = Set.of("created", "removing", "exited", "dead");

  private record Key(String hostId, String containerId) {}

  private record Shown(ContainerStats stats, Instant receivedAt, int series) {

    boolean silentAt(Instant now) {
      long intervalMillis = Math.clamp(stats.getIntervalMillis(), 0, MAX_INTERVAL.toMillis());
      return receivedAt.plusMillis(intervalMillis * SILENT_INTERVALS).isBefore(now);
    }
  }

  /** A state; null when the container is gone for good. */
  private record Told(@Nullable ContainerState state, Instant asOf, Instant receivedAt) {

    boolean isOver() {
      return state == null || OVER.contains(state.getState());
    }
  }

  private final int maxSeries;
  private final InstantSource clock;
  private final Map<Key, Shown> shown = new LinkedHashMap<>();
  private final Map<String, Told> told = new HashMap<>();
  private int series;
  private long refused;

  LatestContainers(int maxSeries, InstantSource clock) {
    this.maxSeries = maxSeries;
    this.clock = clock;
  }

  synchronized void accept(ContainerStats stats) {
    var key = new Key(stats.getHostId(), stats.getContainerId());
    var before = shown.get(key);
    if (before != null && before.stats().getSampledAt().isAfter(stats.getSampledAt())) {
      return;
    }
    var state = told.get(stats.getContainerId());
    if (state != null && state.isOver() && !stats.getSampledAt().isAfter(state.asOf())) {
      return;
    }
    int wanted = ExpositionFormat.seriesOf(container(stats));
    int free = maxSeries - series + (before == null ? 0 : before.series());
    if (wanted > free) {
      refused++;
      remove(key);
      return;
    }
    shown.put(key, new Shown(stats, clock.instant(), wanted));
    series += wanted - (before == null ? 0 : before.series());
  }

  private void remove(Key key) {
    var before = shown.remove(key);
    if (before != null) {
      series -= before.series();
    }
  }

  synchronized void accept(ContainerState state) {
    tell(state.getContainerId(), new Told(state, state.getAsOf(), clock.instant()));
  }

  /** The container is gone. */
  synchronized void removed(String containerId, Instant time) {
    tell(containerId, new Told(null, time, clock.instant()));
  }

  private void tell(String containerId, Told next) {
    var before = told.get(containerId);
    if (before != null && before.asOf().isAfter(next.asOf())) {
      return;
    }
    told.put(containerId, next);
    if (next.isOver()) {
      forget((key, container) ->
          key.containerId().equals(containerId)
              && !container.stats().getSampledAt().isAfter(next.asOf()));
    }
  }

  /** The host is gone, with all that it had. */
  synchronized void forgetHost(String hostId) {
    forget((key, container) -> key.hostId().equals(hostId));
  }

  private interface Choice {
    boolean of(Key key, Shown container);
  }

  private void forget(Choice choice) {
    var keys =
        shown.entrySet().stream()
            .filter(entry -> choice.of(entry.getKey(), entry.getValue()))
            .map(Map.Entry::getKey)
            .toList();
    keys.forEach(this::remove);
  }

  /** Forgets what has been silent for too long. */
  synchronized void prune() {
    var now = clock.instant();
    forget((key, container) -> container.silentAt(now));
    told.values().removeIf(state -> state.receivedAt().plus(STATE_KEEP).isBefore(now));
  }

  /** What is shown now, in the order in which the containers came. */
  synchronized List<ShownContainer> containers() {
    prune();
    var containers = new ArrayList<ShownContainer>(shown.size());
    shown.values().forEach(one -> containers.add(container(one.stats())));
    return containers;
  }

  private ShownContainer container(ContainerStats stats) {
    var state = told.get(stats.getContainerId());
    return new ShownContainer(stats, state == null ? null : state.state());
  }

  /** How many series are shown, as of their samples. */
  synchronized int series() {
    return series;
  }

  /** Samples that were not shown because there were too many series. */
  synchronized long refused() {
    return refused;
  }
}
