package io.tallyman.agent.gaps;

import io.tallyman.agent.publish.Lane;
import io.tallyman.agent.publish.OutgoingRecord;
import io.tallyman.schemas.EventIds;
import io.tallyman.schemas.Topics;
import io.tallyman.v1.GapReason;
import io.tallyman.v1.Stream;
import io.tallyman.v1.StreamGap;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a record of each hole and hands it to the lane of events, into the room that is kept for
 * such records. The identifier follows from what the hole is, so one told twice is known as one.
 *
 * <p>A record that the lane refuses all the same is kept until {@link #offerAgain}. Safe from any
 * thread.
 */
public final class Gaps implements GapOutput {

  /** Records that wait for room; the log has them all. */
  static final int WAITING = 1_000;

  private static final Logger log = LoggerFactory.getLogger(Gaps.class);

  private final String hostId;
  private final Lane lane;
  private final Map<GapReason, LongAdder> counts = new EnumMap<>(GapReason.class);
  private final Queue<Waiting> refused = new ArrayDeque<>();

  private record Waiting(StreamGap gap, Runnable whenSafe) {}

  /**
   * @param lane where events go
   */
  public Gaps(String hostId, Lane lane) {
    this.hostId = hostId;
    this.lane = lane;
    for (GapReason reason : GapReason.values()) {
      counts.put(reason, new LongAdder());
    }
  }

  @Override
  public void gap(
      Stream stream,
      GapReason reason,
      @Nullable Instant from,
      Instant to,
      @Nullable Long lost,
      Runnable whenSafe) {
    log.warn("Gap in {} from {} to {}: {}, lost: {}", stream, from, to, reason, lost);
    count(reason).increment();
    offer(
        StreamGap.newBuilder()
            .setGapId(EventIds.gapId(hostId, stream, reason, from, to))
            .setHostId(hostId)
            .setStream(stream)
            .setFrom(from == null ? null : from.truncatedTo(ChronoUnit.MICROS))
            .setTo(to.truncatedTo(ChronoUnit.MICROS))
            .setReason(reason)
            .setLost(lost)
            .build(),
        whenSafe);
  }

  /** Offers once more what the lane refused; for the moment when it has room again. */
  public void offerAgain() {
    for (int waiting = waiting(); waiting > 0; waiting--) {
      Waiting next;
      synchronized (refused) {
        next = refused.poll();
      }
      if (next == null) {
        return;
      }
      offer(next.gap(), next.whenSafe());
    }
  }

  /** Holes that were told since the start. */
  public long total() {
    return counts.values().stream().mapToLong(LongAdder::sum).sum();
  }

  /** Holes of one kind that were told since the start. */
  public long total(GapReason reason) {
    return count(reason).sum();
  }

  private LongAdder count(GapReason reason) {
    return counts.getOrDefault(reason, new LongAdder());
  }

  private int waiting() {
    synchronized (refused) {
      return refused.size();
    }
  }

  private void offer(StreamGap gap, Runnable whenSafe) {
    var _ =
        lane.offerReserved(new OutgoingRecord(Topics.GAPS.name(), hostId, gap, gap.getTo(), hostId))
            .thenAccept(acceptance -> {
              switch (acceptance) {
                case ACCEPTED -> whenSafe.run();
                case REFUSED -> keep(new Waiting(gap, whenSafe));
              }
            });
  }

  private void keep(Waiting waiting) {
    synchronized (refused) {
      if (refused.size() < WAITING) {
        refused.add(waiting);
      } else {
        log.error("Too many gaps wait for room, this one is dropped: {}", waiting.gap().getGapId());
      }
    }
  }
}
