package io.tallyman.agent.publish;

import io.tallyman.agent.spool.AppendOutcome;
import io.tallyman.agent.spool.AppendOutcome.Refusal;
import io.tallyman.agent.spool.AppendOutcome.Refused;
import io.tallyman.agent.spool.Spool;
import io.tallyman.agent.spool.SpoolRecord;
import io.tallyman.agent.spool.SpoolSnapshot;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.errors.RecordTooLargeException;

/**
 * Records wait in memory, and on disk while Kafka is away or the memory is full. While anything is
 * on disk new ones queue behind it, so memory holds older ones than the disk, never newer.
 *
 * <p>One lock guards memory and what goes from it to the spool, so a {@link #snapshot} under it is
 * of one moment. Nothing is read or written under it.
 */
final class StatsStore implements LaneStore {

  private final LaneSettings settings;
  private final LaneTools tools;
  private final Spool spool;
  private final SpoolSource source;
  private final Losses losses;
  private final long damaged;
  private final Object lock = new Object();
  private final Deque<Parcel> waiting = new ArrayDeque<>();
  private final Deque<Parcel> taken = new ArrayDeque<>();
  private long bytes;
  private long observed;
  private long acknowledged;
  private long dropped;
  private boolean kafkaIsAway;
  private boolean readingSpool;

  /** A record on its way to the disk. */
  private record Moved(SpoolRecord record, CompletableFuture<AppendOutcome> outcome) {}

  StatsStore(LaneSettings settings, LaneTools tools, Spool spool, Losses losses) {
    this.settings = settings;
    this.tools = tools;
    this.spool = spool;
    this.losses = losses;
    this.source = new SpoolSource(spool, losses);
    this.damaged = KafkaLane.damagedRecords(spool.recovery());
  }

  @Override
  public CompletableFuture<Acceptance> offer(SpoolRecord record) {
    CompletableFuture<AppendOutcome> outcome;
    synchronized (lock) {
      observed++;
      boolean full = bytes + Parcel.bytes(record) > settings.memoryBytes();
      if (!kafkaIsAway && !readingSpool && !full && spool.isEmpty()) {
        toMemory(record);
        return CompletableFuture.completedFuture(Acceptance.ACCEPTED);
      }
      outcome = toDisk(record);
    }
    tellIfRefused(record, outcome);
    boolean refusedAtOnce = outcome.isDone() && outcome.getNow(null) instanceof Refused;
    return CompletableFuture.completedFuture(
        refusedAtOnce ? Acceptance.REFUSED : Acceptance.ACCEPTED);
  }

  @Override
  public CompletableFuture<Acceptance> offerReserved(SpoolRecord record) {
    return offer(record);
  }

  private void toMemory(SpoolRecord record) {
    Parcel parcel = new Parcel(Parcel.IN_MEMORY, record);
    waiting.addLast(parcel);
    bytes += parcel.bytes();
    if (waiting.size() == 1) {
      lock.notifyAll();
    }
  }

  private CompletableFuture<AppendOutcome> toDisk(SpoolRecord record) {
    if (tools.off().contains(Mechanism.STATS_SPOOL)) {
      dropped++;
      return CompletableFuture.completedFuture(new Refused(Refusal.BACKLOG, "no spool"));
    }
    CompletableFuture<AppendOutcome> outcome = spool.append(record);
    if (EventStore.isBacklog(outcome)) {
      spool.countRefused();
    }
    return outcome;
  }

  /** Not under the lock: what is lost is noted on disk. */
  private void tellIfRefused(SpoolRecord record, CompletableFuture<AppendOutcome> outcome) {
    var _ =
        outcome.thenAccept(decided -> {
          if (decided instanceof Refused refused) {
            if (refused.refusal() == Refusal.TOO_LARGE) {
              losses.rejected(record, new RecordTooLargeException(refused.detail()));
            } else {
              losses.refused(record.time());
            }
          }
        });
  }

  @Override
  public void countUnwritable() {
    synchronized (lock) {
      observed++;
      dropped++;
    }
  }

  @Override
  public void kafkaIsAway(boolean away) {
    List<Moved> moved = List.of();
    synchronized (lock) {
      kafkaIsAway = away;
      if (away && taken.isEmpty() && spool.isEmpty()) {
        moved = memoryToDisk();
      }
    }
    moved.forEach(each -> tellIfRefused(each.record(), each.outcome()));
  }

  private List<Moved> memoryToDisk() {
    List<Moved> moved = new ArrayList<>();
    for (Parcel next = waiting.pollFirst(); next != null; next = waiting.pollFirst()) {
      bytes -= next.bytes();
      moved.add(new Moved(next.record(), toDisk(next.record())));
    }
    return moved;
  }

  @Override
  public boolean isInMemory() {
    synchronized (lock) {
      return !waiting.isEmpty() || !taken.isEmpty();
    }
  }

  @Override
  public List<Parcel> take(int maxRecords, int maxBytes, Duration wait)
      throws IOException, InterruptedException {
    synchronized (lock) {
      if (waiting.isEmpty() && spool.isEmpty()) {
        TimeUnit.NANOSECONDS.timedWait(lock, wait.toNanos());
      }
      if (!waiting.isEmpty()) {
        return fromMemory(maxRecords, maxBytes);
      }
      if (spool.isEmpty()) {
        return List.of();
      }
      readingSpool = true;
    }
    try {
      return source.take(maxRecords, maxBytes, wait);
    } finally {
      synchronized (lock) {
        readingSpool = false;
      }
    }
  }

  private List<Parcel> fromMemory(int maxRecords, int maxBytes) {
    List<Parcel> parcels = new ArrayList<>();
    int size = 0;
    while (!waiting.isEmpty() && parcels.size() < maxRecords && size < maxBytes) {
      Parcel next = waiting.removeFirst();
      parcels.add(next);
      taken.addLast(next);
      size += next.bytes();
    }
    return parcels;
  }

  @Override
  public void acknowledged(Parcel parcel) {
    if (parcel.isSpooled()) {
      source.acknowledged(parcel);
      return;
    }
    synchronized (lock) {
      acknowledged++;
      leave(parcel);
    }
  }

  @Override
  public void rejected(Parcel parcel) {
    if (parcel.isSpooled()) {
      source.rejected(parcel);
      return;
    }
    synchronized (lock) {
      dropped++;
      leave(parcel);
    }
  }

  private void leave(Parcel parcel) {
    taken.remove(parcel);
    bytes -= parcel.bytes();
  }

  @Override
  public void rewind() {
    synchronized (lock) {
      for (Parcel last = taken.pollLast(); last != null; last = taken.pollLast()) {
        waiting.addFirst(last);
      }
      source.rewind();
    }
  }

  @Override
  public boolean isEmpty() {
    synchronized (lock) {
      return waiting.isEmpty() && taken.isEmpty() && spool.isEmpty();
    }
  }

  @Override
  public Lane.LaneSnapshot snapshot() {
    synchronized (lock) {
      SpoolSnapshot spooled = spool.snapshot();
      return new Lane.LaneSnapshot(
          settings.name(),
          observed,
          spooled.inherited() + damaged,
          acknowledged + spooled.committed(),
          spooled.spooled(),
          waiting.size() + taken.size() + spooled.queued(),
          dropped
              + spooled.refused()
              + spooled.shed()
              + spooled.corrupted()
              + spooled.rejected()
              + damaged,
          spooled.bytes());
    }
  }

  @Override
  public void close() {
    List<Moved> moved;
    synchronized (lock) {
      moved = memoryToDisk();
    }
    moved.forEach(each -> tellIfRefused(each.record(), each.outcome()));
    spool.close();
  }
}
