package io.tallyman.agent.publish;

import io.tallyman.agent.spool.AppendOutcome;
import io.tallyman.agent.spool.AppendOutcome.Accepted;
import io.tallyman.agent.spool.AppendOutcome.Refusal;
import io.tallyman.agent.spool.AppendOutcome.Refused;
import io.tallyman.agent.spool.Spool;
import io.tallyman.agent.spool.SpoolRecord;
import io.tallyman.agent.spool.SpoolSnapshot;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.errors.RecordTooLargeException;

/** Every record goes to disk before it counts as accepted, and leaves it once Kafka has it. */
final class EventStore implements LaneStore {

  /** A record that finds the disk behind comes again at this distance. */
  private static final Duration BACKLOG_PAUSE = Duration.ofMillis(5);

  private final LaneSettings settings;
  private final LaneTools tools;
  private final Spool spool;
  private final SpoolSource source;
  private final Losses losses;
  private final long damaged;

  EventStore(LaneSettings settings, LaneTools tools, Spool spool, Losses losses) {
    this.settings = settings;
    this.tools = tools;
    this.spool = spool;
    this.losses = losses;
    this.source = new SpoolSource(spool, losses);
    this.damaged = KafkaLane.damagedRecords(spool.recovery());
  }

  @Override
  public CompletableFuture<Acceptance> offer(SpoolRecord record) {
    CompletableFuture<AppendOutcome> outcome = spool.append(record);
    if (isBacklog(outcome)) {
      outcome = appendOnceThereIsRoom(record);
    }
    if (tools.off().contains(Mechanism.SPOOL_BEFORE_ACCEPT)) {
      return CompletableFuture.completedFuture(Acceptance.ACCEPTED);
    }
    return outcome.thenApply(decided -> acceptance(record, decided));
  }

  private CompletableFuture<AppendOutcome> appendOnceThereIsRoom(SpoolRecord record) {
    long deadline = System.nanoTime() + settings.backlogWait().toNanos();
    CompletableFuture<AppendOutcome> outcome;
    try {
      do {
        TimeUnit.NANOSECONDS.sleep(BACKLOG_PAUSE.toNanos());
        outcome = spool.append(record);
        if (!isBacklog(outcome)) {
          return outcome;
        }
      } while (System.nanoTime() < deadline);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    spool.countRefused();
    return CompletableFuture.completedFuture(
        new Refused(Refusal.BACKLOG, "the disk did not keep up"));
  }

  static boolean isBacklog(CompletableFuture<AppendOutcome> outcome) {
    return outcome.isDone()
        && outcome.getNow(null) instanceof Refused refused
        && refused.refusal() == Refusal.BACKLOG;
  }

  private Acceptance acceptance(SpoolRecord record, AppendOutcome outcome) {
    return switch (outcome) {
      case Accepted _ -> Acceptance.ACCEPTED;
      case Refused refused when refused.refusal() == Refusal.TOO_LARGE -> {
        losses.rejected(record, new RecordTooLargeException(refused.detail()));
        yield Acceptance.ACCEPTED;
      }
      case Refused _ -> {
        losses.refused(tools.clock().instant());
        yield Acceptance.REFUSED;
      }
    };
  }

  @Override
  public CompletableFuture<Acceptance> offerReserved(SpoolRecord record) {
    return spool
        .appendReserved(record)
        .thenApply(outcome -> {
          if (outcome instanceof Accepted) {
            return Acceptance.ACCEPTED;
          }
          losses.roomWanted();
          return Acceptance.REFUSED;
        });
  }

  @Override
  public void countUnwritable() {
    spool.countRefused();
  }

  @Override
  public Lane.LaneSnapshot snapshot() {
    SpoolSnapshot spooled = spool.snapshot();
    return new Lane.LaneSnapshot(
        settings.name(),
        spooled.offered(),
        spooled.inherited() + damaged,
        spooled.committed(),
        spooled.spooled(),
        spooled.queued(),
        spooled.refused() + spooled.shed() + spooled.corrupted() + spooled.rejected() + damaged,
        spooled.bytes());
  }

  @Override
  public List<Parcel> take(int maxRecords, int maxBytes, Duration wait)
      throws IOException, InterruptedException {
    return source.take(maxRecords, maxBytes, wait);
  }

  @Override
  public void acknowledged(Parcel parcel) {
    source.acknowledged(parcel);
  }

  @Override
  public void rejected(Parcel parcel) {
    source.rejected(parcel);
  }

  @Override
  public void rewind() {
    source.rewind();
  }

  @Override
  public boolean isEmpty() {
    return spool.isEmpty();
  }

  @Override
  public void close() {
    spool.close();
  }
}
