package io.tallyman.sink;

import io.tallyman.sink.RecordDecoder.Decoded;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Feeds one sink from Kafka: poll, decode, put, flush, commit.
 *
 * <p>At least once, when it reads as a {@linkplain Reading#GROUP group}: an offset is committed
 * only after a flush that covers it, or after its dead letter was acknowledged. While the store is
 * away all partitions are paused and polled, so that the membership in the group is kept, and the
 * same batch is delivered again; while a schema is away only the partition that needs it is.
 *
 * <p>One thread runs it and owns consumer, sink and dead letters, which are closed at the end.
 * {@link #stop} and {@link #state} may be called from any thread. {@link #run} never throws: how it
 * ended is in the state.
 */
public final class SinkWorker implements Runnable {

  /** How long a poll may take, and so how soon a hold that is over is noticed. */
  static final Duration POLL = Duration.ofMillis(500);

  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

  private static final Logger log = LoggerFactory.getLogger(SinkWorker.class);

  /** The store, or the dead letters, are away. */
  private record Outage(
      String reason, int attempts, Instant since, Instant lastTry, Duration delay) {}

  private final SinkContext context;
  private final Reading reading;
  private final Preparation preparation;
  private final Consumer<byte[], byte[]> consumer;
  private final Deserializer<SpecificRecord> deserializer;
  private final RecordSink sink;
  private final DeadLetters deadLetters;
  private final Backoff backoff;
  private final InstantSource clock;

  private final RecordDecoder decoder;
  private final HeldPartitions held;
  private final KafkaSilence silence;
  private final LagGauge lag;
  private final OffsetCommits commits;
  private final CountDownLatch stopping = new CountDownLatch(1);
  private volatile WorkerState state = new WorkerState.Starting();

  private @Nullable PendingBatch pending;
  private @Nullable Outage outage;

  /**
   * Takes what it will own; does nothing yet.
   *
   * @param consumer not subscribed yet, with auto-commit off
   * @param deserializer for this worker alone
   */
  public SinkWorker(
      SinkContext context,
      Reading reading,
      Preparation preparation,
      Consumer<byte[], byte[]> consumer,
      Deserializer<SpecificRecord> deserializer,
      RecordSink sink,
      DeadLetters deadLetters,
      Backoff backoff,
      InstantSource clock) {
    this.context = context;
    this.reading = reading;
    this.preparation = preparation;
    this.consumer = consumer;
    this.deserializer = deserializer;
    this.sink = sink;
    this.deadLetters = deadLetters;
    this.backoff = backoff;
    this.clock = clock;
    this.decoder = new RecordDecoder(deserializer, context.topicPrefix());
    this.held = new HeldPartitions(backoff);
    this.silence = new KafkaSilence(context.name(), clock);
    this.commits = new OffsetCommits(context.name(), consumer, silence);
    this.lag =
        new LagGauge(
            consumer,
            new TopicPartition(topics().getFirst(), 0),
            context.metrics(),
            clock,
            silence);
  }

  public WorkerState state() {
    return state;
  }

  /** Asks the worker to end after the batch that it is at. */
  public void stop() {
    stopping.countDown();
    consumer.wakeup();
  }

  @Override
  public void run() {
    WorkerState end;
    try {
      work();
      end = new WorkerState.Stopped("asked to stop");
    } catch (SinkException.Ended e) {
      end = new WorkerState.Stopped(String.valueOf(e.getMessage()));
    } catch (WrongOption e) {
      end = failed(e.why, true);
    } catch (SinkException e) {
      // The sink has said what is wrong, and who runs it shows that; where it said so is no help.
      end = failed(e, false);
    } catch (Throwable e) {
      if (stopRequested() && isBrokenOff(e)) {
        end = new WorkerState.Stopped("broken off, as it was asked to stop");
      } else {
        log.error("Sink {} stops", context.name(), e);
        end = failed(e, false);
      }
    }
    // An interrupt was meant for what is over now; the group is to be left in order.
    Thread.interrupted();
    release();
    state = end;
  }

  /** Whether it is what a stop, by wake-up or by interrupt, makes of a call that takes long. */
  private static boolean isBrokenOff(Throwable error) {
    if (Thread.currentThread().isInterrupted()) {
      return true;
    }
    for (Throwable e = error; e != null; e = e.getCause()) {
      if (e instanceof WakeupException
          || e instanceof InterruptException
          || e instanceof InterruptedException) {
        return true;
      }
    }
    return false;
  }

  private static WorkerState.Failed failed(Throwable e, boolean wrongOption) {
    return new WorkerState.Failed(
        e.getMessage() == null ? e.toString() : e.getMessage(), wrongOption, e);
  }

  /** The sink does not open with its options. */
  private static final class WrongOption extends Exception {
    private static final long serialVersionUID = 1L;

    private final IllegalArgumentException why;

    WrongOption(IllegalArgumentException why) {
      super(why);
      this.why = why;
    }
  }

  private void work() throws SinkException, WrongOption, InterruptedException {
    if (!open()) {
      return;
    }
    show();
    if (reading == Reading.GROUP) {
      consumer.subscribe(topics(), new Rebalances());
    }
    while (!stopRequested()) {
      try {
        turn();
      } catch (WakeupException e) {
        log.debug("Woken up");
      }
    }
  }

  private List<String> topics() {
    return context.topics().stream().map(topic -> context.topicPrefix() + topic).toList();
  }

  private boolean stopRequested() {
    return stopping.getCount() == 0;
  }

  /** False when it was told to stop before the store was there. */
  private boolean open() throws SinkException, WrongOption, InterruptedException {
    var since = clock.instant();
    for (int attempts = 1; !stopRequested(); attempts++) {
      try {
        preparation.prepare();
        if (reading == Reading.TAIL) {
          TailAssignment.assign(consumer, context.topics(), context.topicPrefix());
        }
        openSink();
        return true;
      } catch (SinkException.Unavailable e) {
        logOutage(attempts, e);
        context.metrics().retried();
        state = new WorkerState.Waiting(String.valueOf(e.getMessage()), since, attempts);
        var delay = backoff.delay(attempts, e.retryAfter());
        if (stopping.await(delay.toMillis(), TimeUnit.MILLISECONDS)) {
          return false;
        }
      }
    }
    return false;
  }

  private void openSink() throws SinkException, WrongOption {
    try {
      sink.open(context);
    } catch (IllegalArgumentException e) {
      throw new WrongOption(e);
    }
  }

  private void turn() throws SinkException {
    if (pending == null) {
      commits.commit();
    }
    applyPauses();
    var polled = consumer.poll(pollTimeout());
    if (pending == null) {
      take(polled);
    } else {
      // Nothing comes from paused partitions; if it ever did, it would not be this batch's turn.
      rewind(polled);
    }
    var batch = pending;
    lag.measure(batch);
    if (batch != null && (outage == null || waitLeft(outage).isZero())) {
      deliver(batch);
    }
    show();
  }

  private void show() {
    var away = outage;
    state =
        away != null
            ? new WorkerState.Waiting(away.reason(), away.since(), away.attempts())
            : silence
                .waiting()
                .<WorkerState>map(waiting -> waiting)
                .orElseGet(() -> new WorkerState.Running(held.reasons()));
  }

  private Duration pollTimeout() {
    if (pending == null) {
      return POLL;
    }
    if (outage == null) {
      return Duration.ZERO;
    }
    var left = waitLeft(outage);
    return left.compareTo(POLL) < 0 ? left : POLL;
  }

  private Duration waitLeft(Outage outage) {
    return Waits.left(outage.lastTry(), outage.delay(), clock.instant());
  }

  /** Pauses what must not be read now, and resumes the rest. */
  private void applyPauses() {
    var now = clock.instant();
    var assigned = consumer.assignment();
    var pause = new HashSet<>(assigned);
    if (pending == null) {
      pause.removeIf(partition -> !held.blocks(partition, now));
    }
    var resume = new HashSet<>(consumer.paused());
    resume.retainAll(assigned);
    resume.removeAll(pause);
    pause.removeAll(consumer.paused());
    consumer.pause(pause);
    consumer.resume(resume);
  }

  private void take(ConsumerRecords<byte[], byte[]> polled) {
    if (polled.isEmpty()) {
      return;
    }
    var batch = new PendingBatch(polled.count());
    for (var partition : polled.partitions()) {
      for (var record : polled.records(partition)) {
        if (!take(partition, record, batch)) {
          break;
        }
      }
    }
    if (!batch.isEmpty()) {
      context.metrics().consumed(batch.size());
      pending = batch;
    }
  }

  /** False when this record, and so the rest of its partition, must wait. */
  private boolean take(
      TopicPartition partition, ConsumerRecord<byte[], byte[]> record, PendingBatch batch) {
    switch (decoder.decode(record)) {
      case Decoded.Good(var good) -> batch.add(partition, good);
      case Decoded.Poison(var letter) -> batch.add(partition, letter);
      case Decoded.Later(var reason) -> {
        hold(partition, record.offset(), reason);
        return false;
      }
    }
    if (held.release(partition)) {
      log.info("Sink {}: partition {} goes on", context.name(), partition);
    }
    return true;
  }

  private void hold(TopicPartition partition, long offset, String reason) {
    consumer.seek(partition, offset);
    context.metrics().retried();
    if (held.hold(partition, reason, clock.instant())) {
      log.warn("Sink {} holds partition {} back: {}", context.name(), partition, reason);
    }
  }

  private void rewind(ConsumerRecords<byte[], byte[]> polled) {
    for (var partition : polled.partitions()) {
      consumer.seek(partition, polled.records(partition).getFirst().offset());
    }
  }

  /** One attempt; what it achieved is taken off the batch. */
  private void deliver(PendingBatch batch) throws SinkException {
    try {
      if (!batch.deadLetters().isEmpty()) {
        deadLetters.send(batch.deadLetters());
        context.metrics().deadLettered(batch.deadLetters().size());
        batch.acknowledged();
      }
      if (!batch.records().isEmpty()) {
        long start = System.nanoTime();
        sink.put(batch.records());
        sink.flush();
        context.metrics().written(batch.records().size(), System.nanoTime() - start);
        batch.written();
      }
      recovered();
      if (reading == Reading.GROUP) {
        commits.done(batch.offsets());
      }
      pending = null;
    } catch (SinkException.Rejected e) {
      log.warn(
          "Sink {} rejects {}; the first: {}",
          context.name(),
          e.reasons().size(),
          e.reasons().entrySet().iterator().next());
      batch.reject(e, sink.getClass());
      recovered();
    } catch (SinkException.Unavailable e) {
      away(e);
      return;
    }
    if (pending == null) {
      commits.commit();
    }
  }

  private void recovered() {
    if (outage != null) {
      log.info("Sink {} goes on after {} attempts", context.name(), outage.attempts());
      outage = null;
    }
  }

  private void away(SinkException.Unavailable e) {
    var now = clock.instant();
    int attempts = outage == null ? 1 : outage.attempts() + 1;
    var since = outage == null ? now : outage.since();
    var delay = backoff.delay(attempts, e.retryAfter());
    outage = new Outage(String.valueOf(e.getMessage()), attempts, since, now, delay);
    context.metrics().retried();
    logOutage(attempts, e);
  }

  private void logOutage(int attempts, SinkException.Unavailable e) {
    if (attempts == 1) {
      log.warn("Sink {} waits: {}", context.name(), e.getMessage());
    } else {
      log.debug("Sink {} still waits after {} attempts", context.name(), attempts, e);
    }
  }

  private void release() {
    giveBack(Optional.empty());
    quietly("commit", commits::commitLast);
    quietly("close the consumer", () -> consumer.close(CloseOptions.timeout(CLOSE_TIMEOUT)));
    quietly("close the sink", sink::close);
    quietly("close the dead letters", deadLetters::close);
    quietly("close the deserializer", deserializer::close);
  }

  private void quietly(String what, Runnable action) {
    try {
      action.run();
    } catch (RuntimeException e) {
      log.warn("Sink {} could not {}", context.name(), what, e);
    }
  }

  /** Drops what is in flight, of some partitions or of all. */
  private void giveBack(Optional<Collection<TopicPartition>> partitions) {
    var batch = pending;
    if (batch == null) {
      return;
    }
    var returned = batch.forget(partitions.orElse(batch.offsets().keySet().stream().toList()));
    if (returned > 0) {
      context.metrics().returned(returned);
    }
    if (batch.isEmpty()) {
      // Nothing is left to try the store with; the next batch will tell.
      pending = null;
      outage = null;
    }
  }

  /** Called within poll and close, on the worker's thread. */
  private final class Rebalances implements ConsumerRebalanceListener {

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      log.info("Sink {} got {}", context.name(), partitions);
      silence.answered();
      applyPauses();
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      quietly("commit on revocation", commits::commit);
      forget(partitions);
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
      forget(partitions);
    }

    private void forget(Collection<TopicPartition> partitions) {
      log.info("Sink {} gave up {}", context.name(), partitions);
      commits.forget(partitions);
      giveBack(Optional.of(partitions));
      held.forget(partitions);
      context.metrics().unassigned(partitions);
    }
  }
}
