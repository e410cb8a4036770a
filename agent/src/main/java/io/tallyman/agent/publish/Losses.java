package io.tallyman.agent.publish;

import io.tallyman.agent.gaps.GapOutput;
import io.tallyman.agent.publish.LossMark.Lost;
import io.tallyman.agent.spool.Damage;
import io.tallyman.agent.spool.SpoolListener;
import io.tallyman.agent.spool.SpoolRecord;
import io.tallyman.agent.spool.SpoolSettings.WhenFull;
import io.tallyman.agent.spool.SpoolSnapshot.State;
import io.tallyman.agent.spool.SpooledRecord;
import io.tallyman.v1.GapReason;
import io.tallyman.v1.Stream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.jspecify.annotations.Nullable;

/**
 * What a lane has lost, and how that is told: as gaps, and records that Kafka will never take in a
 * file as well. Counting them is the spool's work. Safe from any thread; tells nobody before {@link
 * #tellTo}.
 *
 * <p>What is lost for want of room is told of as one gap: where new records are refused, once there
 * is room again; where old ones are shed, once that has stopped. If it goes on for long, in parts.
 * What was not told when the agent was killed, or was told in vain because there was no room for
 * that either, is told by the next run.
 *
 * <p>What cannot be read is told of when the first record behind it is read: that one's time is the
 * end of the gap, so the same hole, found again after a crash, makes the same gap. A torn end,
 * which is not found again once it is cut off, is told of at the start.
 */
final class Losses implements SpoolListener {

  private final LaneSettings settings;
  private final Stream stream;
  private final Clock clock;
  private final RejectFile rejects;
  private final LossMark mark;
  private final List<Damage> damage = new ArrayList<>();
  private @Nullable GapOutput gaps;
  private Runnable roomAgain = () -> {};
  private @Nullable Lost untold;
  private @Nullable Lost told;
  private @Nullable Lost marked;
  private int gapsAtRisk;
  private long firstNanos;
  private long lastNanos;
  private boolean roomWanted;

  Losses(LaneSettings settings, Stream stream, Clock clock, RejectFile rejects, LossMark mark) {
    this.settings = settings;
    this.stream = stream;
    this.clock = clock;
    this.rejects = rejects;
    this.mark = mark;
  }

  /** Takes up what an earlier run lost and did not tell. */
  synchronized void open() {
    Lost left = mark.open();
    if (left != null) {
      lost(left);
      roomWanted = true;
    }
  }

  /** For when nothing is lost any more. What was not told yet is told by the next run. */
  synchronized void close() {
    keepMark();
    mark.close();
  }

  /**
   * @param whenRoomAgain called, on the spool's thread, when records are accepted again after some
   *     were refused
   */
  void tellTo(GapOutput output, Runnable whenRoomAgain) {
    boolean torn;
    synchronized (this) {
      gaps = output;
      roomAgain = whenRoomAgain;
      torn = damage.removeIf(each -> each instanceof Damage.TornTail);
    }
    if (torn) {
      gap(GapReason.SPOOL_CORRUPT, null, clock.instant(), null);
    }
  }

  /** A record was refused, or given up, for want of room. */
  void refused(Instant time) {
    lost(new Lost(time, time, 1));
    roomWanted();
  }

  /** A record was refused that will be offered again when there is room. */
  synchronized void roomWanted() {
    roomWanted = true;
  }

  private synchronized void lost(Lost more) {
    lastNanos = System.nanoTime();
    firstNanos = untold == null ? lastNanos : firstNanos;
    untold = Lost.both(untold, more);
    keepMark();
  }

  /** On disk is what the next run would have to tell if this one were killed now. */
  private void keepMark() {
    Lost open = Lost.both(told, untold);
    if (Objects.equals(open, marked)) {
      return;
    }
    marked = open;
    if (open == null) {
      mark.clear();
    } else {
      mark.set(open);
    }
  }

  @Override
  public void shed(Shed shed) {
    lost(new Lost(shed.from(), shed.to(), shed.records()));
  }

  @Override
  public synchronized void damaged(Damage found) {
    damage.add(found);
  }

  @Override
  public void round(State state) {
    boolean refusing = settings.spool().whenFull() == WhenFull.REFUSE;
    if (refusing && state == State.ACCEPTING && takeRoomWanted()) {
      end();
      roomAgain().run();
    } else if (refusing ? isDue(settings.longestEpisode()) : isDue(settings.quiet())) {
      end();
    } else {
      forgetWhatIsSafe();
    }
  }

  private synchronized void forgetWhatIsSafe() {
    keepMark();
  }

  private synchronized boolean takeRoomWanted() {
    boolean wanted = roomWanted && gaps != null;
    roomWanted &= !wanted;
    return wanted;
  }

  private synchronized Runnable roomAgain() {
    return roomAgain;
  }

  private synchronized boolean isDue(Duration quiet) {
    long now = System.nanoTime();
    return untold != null
        && gaps != null
        && (now - lastNanos >= quiet.toNanos()
            || now - firstNanos >= settings.longestEpisode().toNanos());
  }

  /** Tells of what was lost for want of room, if anything was. */
  void end() {
    Lost lost;
    GapOutput output;
    synchronized (this) {
      lost = untold;
      output = gaps;
      if (lost == null || output == null) {
        return;
      }
      untold = null;
      told = Lost.both(told, lost);
      gapsAtRisk++;
    }
    boolean refusing = settings.spool().whenFull() == WhenFull.REFUSE;
    output.gap(
        stream,
        GapReason.SPOOL_FULL,
        lost.from(),
        refusing ? clock.instant() : lost.to(),
        lost.records(),
        this::gapIsSafe);
  }

  private synchronized void gapIsSafe() {
    gapsAtRisk--;
    if (gapsAtRisk == 0) {
      told = null;
    }
  }

  /** Tells of the holes before a record that was read. */
  void passed(SpooledRecord next) {
    long lost = 0;
    boolean torn = false;
    synchronized (this) {
      for (Damage each : List.copyOf(damage)) {
        if (each instanceof Damage.Corruption hole && hole.toSequence() < next.sequence()) {
          lost += hole.records();
          damage.remove(each);
        } else if (each instanceof Damage.TornTail tail && tail.fromSequence() <= next.sequence()) {
          torn = true;
          damage.remove(each);
        }
      }
    }
    if (lost > 0 || torn) {
      // How many frames a cut was, nobody knows.
      gap(GapReason.SPOOL_CORRUPT, null, next.record().time(), torn ? null : lost);
    }
  }

  /** Keeps a record that Kafka will never take, and tells of it. */
  void rejected(SpoolRecord record, Exception problem) {
    rejects.keep(record, String.valueOf(problem.getMessage()));
    gap(
        problem instanceof RecordTooLargeException ? GapReason.RECORD_TOO_LARGE : GapReason.UNKNOWN,
        record.time(),
        record.time(),
        1L);
  }

  private void gap(GapReason reason, @Nullable Instant begin, Instant end, @Nullable Long lost) {
    GapOutput output;
    synchronized (this) {
      output = gaps;
    }
    if (output != null) {
      output.gap(stream, reason, begin, end, lost);
    }
  }
}
