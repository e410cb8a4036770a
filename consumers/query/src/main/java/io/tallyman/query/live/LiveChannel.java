package io.tallyman.query.live;

import io.tallyman.query.topology.RecordTimes;
import io.tallyman.v1.ContainerEvent;
import io.tallyman.v1.ContainerStats;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All clients with one filter and what they are to hear next. A frame is encoded once, however many
 * listen. For one thread.
 */
final class LiveChannel {

  /** Samples of one container between two frames melt into the newest. */
  static final long STATS_INTERVAL_NANOS = 1_000_000_000L;

  /** Well below what proxies take for a dead connection. */
  static final long ALIVE_INTERVAL_NANOS = 5_000_000_000L;

  private final LiveFilter filter;
  private final List<LiveClient> clients = new ArrayList<>();
  private final Map<String, ContainerStats> pendingStats = new LinkedHashMap<>();
  private final List<ContainerEvent> pendingEvents = new ArrayList<>();
  private @Nullable Instant statsAsOf;
  private @Nullable Instant eventsAsOf;
  private long lastStatsNanos;
  private long lastFrameNanos;

  LiveChannel(LiveFilter filter, long nowNanos) {
    this.filter = filter;
    this.lastStatsNanos = nowNanos - STATS_INTERVAL_NANOS;
    this.lastFrameNanos = nowNanos;
  }

  void join(LiveClient client) {
    clients.add(client);
  }

  /** Whether nobody listens any more. */
  boolean isEmpty() {
    clients.removeIf(LiveClient::isGone);
    return clients.isEmpty();
  }

  int size() {
    return clients.size();
  }

  void end() {
    clients.forEach(LiveClient::end);
  }

  void take(ContainerStats sample, long appendedMillis) {
    if (filter.stats()
        && filter.matches(
            sample.getHostId(),
            sample.getHostName(),
            sample.getContainerId(),
            sample.getContainerName())) {
      ContainerStats known = pendingStats.get(sample.getContainerId());
      if (known == null || !sample.getSampledAt().isBefore(known.getSampledAt())) {
        pendingStats.put(sample.getContainerId(), sample);
      }
      statsAsOf = newer(statsAsOf, time(sample.getSampledAt(), appendedMillis));
    }
  }

  void take(ContainerEvent event, long appendedMillis) {
    if (filter.events()
        && filter.matches(
            event.getHostId(),
            event.getHostName(),
            event.getContainerId(),
            event.getContainerName())) {
      pendingEvents.add(event);
      eventsAsOf = newer(eventsAsOf, time(event.getTime(), appendedMillis));
    }
  }

  /** Sends what is due; {@code position} is what the events read so far go up to. */
  void flush(String position, long nowNanos) {
    if (eventsAsOf != null) {
      send(Frames.events(position, eventsAsOf, pendingEvents), nowNanos);
      pendingEvents.clear();
      eventsAsOf = null;
    }
    if (statsAsOf != null && nowNanos - lastStatsNanos >= STATS_INTERVAL_NANOS) {
      send(Frames.stats(null, false, statsAsOf, pendingStats.values()), nowNanos);
      pendingStats.clear();
      statsAsOf = null;
      lastStatsNanos = nowNanos;
    }
    if (nowNanos - lastFrameNanos >= ALIVE_INTERVAL_NANOS) {
      send(Frames.ALIVE, nowNanos);
    }
  }

  private void send(byte[] frame, long nowNanos) {
    clients.removeIf(client -> client.isGone() || !client.offer(frame));
    lastFrameNanos = nowNanos;
  }

  private static Instant newer(@Nullable Instant known, Instant time) {
    return known == null || time.isAfter(known) ? time : known;
  }

  /** As {@link RecordTimes}, to the microsecond. */
  private static Instant time(Instant stated, long appendedMillis) {
    return stated.toEpochMilli() > appendedMillis ? Instant.ofEpochMilli(appendedMillis) : stated;
  }
}
