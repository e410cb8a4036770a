package io.tallyman.query.live;

import java.util.ArrayList;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;

/**
 * All clients with one filter and what they are to hear next. A frame is encoded once, however many
 * listen. For one thread.
 */
final class LiveChannel {

  /** Samples of one container between two frames melt into the newest. */
  static final long STATS_INTERVAL_NANOS = 1_000_000_000L;

  /** Well below what proxies take for a dead connection. */
  static final long ALIVE_INTERVAL_NANOS = 5_000_000_000L;

  private final List<LiveClient> clients = new ArrayList<>();
  private final Pending pending;
  private final FrameCounter counter;
  private long lastStatsNanos;
  private long lastFrameNanos;

  LiveChannel(LiveFilter filter, FrameCounter counter, long nowNanos) {
    this.pending = new Pending(filter);
    this.counter = counter;
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

  void take(SpecificRecord record, long appendedMillis) {
    pending.take(record, appendedMillis);
  }

  /** Sends what is due; {@code position} is what the records read so far go up to. */
  void flush(String position, long nowNanos) {
    for (byte[] frame : pending.records(position)) {
      send(frame, nowNanos);
    }
    if (pending.hasSamples() && nowNanos - lastStatsNanos >= STATS_INTERVAL_NANOS) {
      send(pending.samples(position), nowNanos);
      lastStatsNanos = nowNanos;
    }
    if (nowNanos - lastFrameNanos >= ALIVE_INTERVAL_NANOS) {
      send(Frames.alive(position), nowNanos);
    }
  }

  private void send(byte[] frame, long nowNanos) {
    clients.removeIf(client -> client.isGone() || !client.offer(frame));
    counter.count(clients.size());
    lastFrameNanos = nowNanos;
  }
}
