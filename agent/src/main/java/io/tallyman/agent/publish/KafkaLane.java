package io.tallyman.agent.publish;

import io.tallyman.agent.gaps.GapOutput;
import io.tallyman.agent.spool.Damage;
import io.tallyman.agent.spool.RecoveryReport;
import io.tallyman.agent.spool.Spool;
import io.tallyman.agent.spool.SpoolRecord;
import io.tallyman.agent.spool.SpoolSnapshot;
import io.tallyman.v1.Stream;
import java.io.IOException;
import java.time.Clock;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A lane with a spool, an idempotent producer and a thread of its own.
 *
 * <p>Records reach Kafka in the order in which they were offered, each at least once. On the lane
 * of events a record is accepted once it is on disk; at the spool's cap, and when the disk is full
 * or fails, new ones are refused. On the lane of stats it is accepted once it waits, in memory or,
 * while Kafka is away, on its way to the disk; at the cap the oldest are shed. Whatever is lost is
 * counted and told of as gaps.
 *
 * <p>An offer to the lane of events waits, no longer than the settings say, while the disk is
 * behind; no other one blocks.
 */
public final class KafkaLane implements Lane {

  private static final Logger log = LoggerFactory.getLogger(KafkaLane.class);

  private final LaneSettings settings;
  private final RecordCodec codec;
  private final Losses losses;
  private final Spool spool;
  private final LaneStore store;
  private final Drainer drainer;
  private volatile @Nullable Long unsentAtClose;

  private KafkaLane(
      LaneSettings settings, LaneTools tools, Losses losses, Spool spool, LaneStore store) {
    this.settings = settings;
    this.losses = losses;
    this.spool = spool;
    this.store = store;
    this.codec = new RecordCodec(tools.topicPrefix());
    this.drainer = new Drainer(settings, store, codec, tools, losses::rejected);
    spool.recovery().damage().forEach(losses::damaged);
  }

  /**
   * Opens the lane of events; it sends once it is started.
   *
   * @throws io.tallyman.agent.spool.SpoolInUseException when another process has its spool
   * @throws IOException when the disk fails
   */
  public static KafkaLane events(
      LaneSettings settings, KafkaSettings kafka, KafkaSetup setup, Clock clock)
      throws IOException {
    return events(settings, tools(settings, kafka, setup, clock));
  }

  static KafkaLane events(LaneSettings settings, LaneTools tools) throws IOException {
    Losses losses = losses(settings, Stream.EVENTS, tools);
    Spool spool = tools.spools().open(settings.spool(), losses);
    losses.open();
    EventStore store = new EventStore(settings, tools, spool, losses);
    return new KafkaLane(settings, tools, losses, spool, store);
  }

  /** Opens the lane of stats, as {@link #events}. */
  public static KafkaLane stats(
      LaneSettings settings, KafkaSettings kafka, KafkaSetup setup, Clock clock)
      throws IOException {
    return stats(settings, tools(settings, kafka, setup, clock));
  }

  static KafkaLane stats(LaneSettings settings, LaneTools tools) throws IOException {
    Losses losses = losses(settings, Stream.STATS, tools);
    Spool spool = tools.spools().open(settings.spool(), losses);
    losses.open();
    StatsStore store = new StatsStore(settings, tools, spool, losses);
    return new KafkaLane(settings, tools, losses, spool, store);
  }

  private static Losses losses(LaneSettings settings, Stream stream, LaneTools tools) {
    RejectFile rejects =
        new RejectFile(
            settings.spool().directory().resolveSibling("rejected-" + settings.name() + ".jsonl"),
            settings.rejectBytes());
    LossMark mark =
        new LossMark(
            settings.spool().directory().resolveSibling("lost-" + settings.name()), tools.off());
    return new Losses(settings, stream, tools.clock(), rejects, mark);
  }

  private static LaneTools tools(
      LaneSettings settings, KafkaSettings kafka, KafkaSetup setup, Clock clock) {
    return new LaneTools(
        Spool::open,
        kafka.topics().prefix(),
        setup::ensure,
        () -> new KafkaProducer<>(kafka.producerConfig(settings)),
        clock,
        Set.of());
  }

  /** Records that were in the spool and could not be read when it was opened. */
  static long damagedRecords(RecoveryReport report) {
    long records = 0;
    for (Damage each : report.damage()) {
      if (each instanceof Damage.Corruption corruption) {
        records += corruption.records();
      }
    }
    return records;
  }

  /**
   * Begins to send; returns at once, whether Kafka answers or not.
   *
   * @param gaps told of what this lane loses
   * @param roomAgain called when records are accepted again after some were refused; on the spool's
   *     thread, so it must not block
   */
  public void start(GapOutput gaps, Runnable roomAgain) {
    losses.tellTo(gaps, roomAgain);
    drainer.start();
  }

  @Override
  public CompletableFuture<Acceptance> offer(OutgoingRecord outgoing) {
    SpoolRecord record = encoded(outgoing);
    return record == null ? refused() : store.offer(record);
  }

  @Override
  public CompletableFuture<Acceptance> offerReserved(OutgoingRecord outgoing) {
    SpoolRecord record = encoded(outgoing);
    return record == null ? refused() : store.offerReserved(record);
  }

  private static CompletableFuture<Acceptance> refused() {
    return CompletableFuture.completedFuture(Acceptance.REFUSED);
  }

  private @Nullable SpoolRecord encoded(OutgoingRecord outgoing) {
    try {
      return codec.encode(outgoing);
    } catch (SerializationException | IllegalArgumentException e) {
      log.error("A record for {} cannot be written and is dropped", outgoing.topic(), e);
      store.countUnwritable();
      return null;
    }
  }

  /**
   * Sends a record beside the lane, uncounted and at most once, such as one that the next of its
   * kind replaces. May wait as long as the producer's {@code max.block.ms}.
   */
  public void sendBeside(OutgoingRecord outgoing) {
    drainer.sendBeside(outgoing);
  }

  @Override
  public LaneSnapshot snapshot() {
    return store.snapshot();
  }

  /** True while Kafka takes the records, or has none to take. */
  public boolean isKafkaReachable() {
    return drainer.isKafkaReachable();
  }

  /** Why the last attempt failed; null while all is well. */
  public @Nullable String lastError() {
    return drainer.lastError();
  }

  /** Whether the spool takes records. */
  public SpoolSnapshot.State spoolState() {
    return spool.snapshot().state();
  }

  /**
   * Tells of what was lost and not told yet, for the moment when nothing is offered any more; this
   * may bring a record to the lane of events.
   */
  public void tellLosses() {
    losses.end();
  }

  /** Waits until Kafka has everything, within the lane's time. */
  public void flush() {
    drainer.flush();
  }

  /** Stops sending; what Kafka has not acknowledged stays on disk for the next start. */
  @Override
  public void close() {
    drainer.close();
    unsentAtClose = unsent();
    store.close();
    losses.close();
    long left = snapshot().spooled();
    if (left > 0) {
      log.warn("Lane {} keeps {} records that Kafka has not taken", settings.name(), left);
    }
  }

  /**
   * Records that Kafka has not acknowledged; of a lane that was closed those at its end, the ones
   * that the disk did not take then included.
   */
  public long unsent() {
    Long atClose = unsentAtClose;
    if (atClose != null) {
      return atClose;
    }
    LaneSnapshot now = snapshot();
    return now.spooled() + now.queued();
  }
}
