package io.tallyman.agent.publish;

import io.tallyman.agent.spool.SpoolRecord;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends a lane's backlog to Kafka with an idempotent producer, on a thread of its own.
 *
 * <p>Records reach Kafka in order, each at least once. When a send fails for another reason than
 * the record itself, the producer is stopped at once, and everything from the first record that was
 * not acknowledged on is sent again in order by a new one: what comes twice carries the same
 * identity. Making a producer, topics and schemas is the thread's work too, so nothing waits for
 * Kafka but this thread.
 */
final class Drainer {

  static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

  /** How long closing gives the thread, and then the producer. */
  static final Duration CLOSE_WAIT = Duration.ofMillis(500);

  /** How soon the thread sees a failure while it has nothing to send. */
  private static final Duration IDLE = Duration.ofMillis(50);

  private static final Logger log = LoggerFactory.getLogger(Drainer.class);

  private final LaneSettings settings;
  private final Backlog backlog;
  private final RecordCodec codec;
  private final LaneTools tools;
  private final BiConsumer<SpoolRecord, Exception> onRejected;
  private final Thread thread;
  private final AtomicInteger failures = new AtomicInteger();
  private volatile @Nullable Session session;
  private volatile @Nullable String lastError;
  private volatile boolean stopped;

  private record Session(Producer<byte[], byte[]> producer, Window window) {}

  /**
   * @param onRejected given each record that Kafka will never take, before it leaves the backlog
   */
  Drainer(
      LaneSettings settings,
      Backlog backlog,
      RecordCodec codec,
      LaneTools tools,
      BiConsumer<SpoolRecord, Exception> onRejected) {
    this.settings = settings;
    this.backlog = backlog;
    this.codec = codec;
    this.tools = tools;
    this.onRejected = onRejected;
    this.thread =
        Thread.ofPlatform().daemon().name("tallyman-lane-" + settings.name()).unstarted(this::run);
  }

  /** Begins to send; returns at once, whether Kafka answers or not. */
  void start() {
    thread.start();
  }

  /** True while Kafka takes the records, or has none to take. */
  boolean isKafkaReachable() {
    Session current = session;
    return current != null
        && lastError == null
        && !current.window().isSilentFor(settings.silence());
  }

  /** Why the last attempt failed; null while all is well. */
  @Nullable String lastError() {
    return lastError;
  }

  /**
   * Sends a record beside the backlog, uncounted and at most once, such as one that the next of its
   * kind replaces. May wait as long as the producer's {@code max.block.ms}.
   */
  void sendBeside(OutgoingRecord outgoing) {
    Session current = session;
    if (current == null) {
      return;
    }
    try {
      ProducerRecord<byte[], byte[]> record = codec.decode(codec.encode(outgoing));
      var _ = current.producer().send(record, (metadata, e) -> logBeside(outgoing, e));
    } catch (KafkaException | IllegalStateException | IllegalArgumentException e) {
      logBeside(outgoing, e);
    }
  }

  private static void logBeside(OutgoingRecord outgoing, @Nullable Exception failure) {
    if (failure != null) {
      log.debug("A record for {} was not sent", outgoing.topic(), failure);
    }
  }

  @SuppressWarnings("CatchAndPrintStackTrace")
  private void run() {
    while (!stopped) {
      try {
        turn();
      } catch (InterruptedException | InterruptException e) {
        return;
      } catch (IOException | RuntimeException e) {
        log.error("Lane {} cannot read what it has to send, it will try again", name(), e);
        retryFromTheCursor(e);
      }
    }
  }

  private void retryFromTheCursor(Exception cause) {
    Session current = session;
    try {
      if (current != null) {
        giveUp(current, cause);
      } else {
        pause();
      }
    } catch (InterruptedException e) {
      stopped = true;
    }
  }

  private void turn() throws IOException, InterruptedException {
    Session current = readySession();
    if (current == null) {
      return;
    }
    Window window = current.window();
    Exception failure = window.failure();
    if (failure != null) {
      giveUp(current, failure);
      return;
    }
    if (lastError == null && backlog.isInMemory() && window.isSilentFor(settings.silence())) {
      // Only once: what is on disk then can wait for as long as the producer does.
      giveUp(current, new TimeoutException("Kafka has not answered for " + settings.silence()));
      return;
    }
    Window.Entry rejected = window.rejectedHead();
    if (rejected != null) {
      onRejected.accept(rejected.parcel().record(), problemOf(rejected));
      window.setAside(rejected);
      return;
    }
    if (window.awaitTurn(IDLE)) {
      for (Parcel parcel : backlog.take(window.freeRecords(), window.freeBytes(), IDLE)) {
        send(current, parcel);
      }
    }
  }

  private static Exception problemOf(Window.Entry rejected) {
    Exception problem = rejected.problem();
    return problem == null ? new KafkaException("rejected") : problem;
  }

  private @Nullable Session readySession() throws InterruptedException {
    Session current = session;
    if (current != null) {
      return current;
    }
    try {
      tools.setup().run();
      if (stopped) {
        return null;
      }
      current =
          new Session(
              tools.producers().get(),
              new Window(backlog, settings.windowRecords(), settings.windowBytes(), tools.off()));
      session = current;
      if (backlog.isEmpty()) {
        succeeded();
      }
      return current;
    } catch (InterruptException e) {
      throw e;
    } catch (RuntimeException | LinkageError e) {
      failed(e);
      pause();
      return null;
    }
  }

  private void send(Session current, Parcel parcel) {
    Window.Entry entry = current.window().add(parcel);
    try {
      var _ =
          current
              .producer()
              .send(
                  codec.decode(parcel.record()),
                  (metadata, problem) -> completed(current, entry, problem));
    } catch (InterruptException e) {
      throw e;
    } catch (RuntimeException e) {
      completed(current, entry, e);
    } catch (LinkageError e) {
      // Compression is native code, which cannot be loaded where no temporary file may be run.
      completed(current, entry, new KafkaException("The producer cannot be used: " + e, e));
    }
  }

  /** On the producer's thread mostly, to which nothing may be thrown. */
  @SuppressWarnings("CatchAndPrintStackTrace")
  private void completed(Session current, Window.Entry entry, @Nullable Exception problem) {
    try {
      if (current.window().completed(entry, problem)) {
        if (!tools.off().contains(Mechanism.STOP_AFTER_FAILURE)) {
          // Before the batch after this one is sent: it would come before what is sent again.
          current.producer().close(Duration.ZERO);
        }
      } else if (problem == null) {
        succeeded();
      }
    } catch (RuntimeException e) {
      log.error("Lane {} could not take note of an answer", name(), e);
    }
  }

  private void giveUp(Session current, Exception cause) throws InterruptedException {
    session = null;
    current.window().abandon();
    Utils.closeQuietly(() -> current.producer().close(Duration.ZERO), "producer");
    if (!tools.off().contains(Mechanism.REWIND)) {
      backlog.rewind();
    }
    failed(cause);
    pause();
  }

  private void failed(Throwable cause) {
    boolean first = failures.getAndIncrement() == 0;
    if (first && !(cause instanceof KafkaSetup.NoAnswerException)) {
      log.warn("Lane {} cannot send to Kafka, it will try again: {}", name(), text(cause));
    } else {
      log.debug("Lane {} still cannot send to Kafka", name(), cause);
    }
    // Whoever is told that Kafka is away may rely on that records go to disk.
    backlog.kafkaIsAway(true);
    lastError = text(cause);
  }

  private void succeeded() {
    if (lastError != null) {
      lastError = null;
      failures.set(0);
      backlog.kafkaIsAway(false);
      log.info("Lane {} sends to Kafka again", name());
    }
  }

  private static String text(Throwable e) {
    Throwable root = e;
    while (root.getCause() != null && root.getMessage() == null) {
      root = root.getCause();
    }
    return root.getMessage() == null ? root.toString() : root.getMessage();
  }

  private void pause() throws InterruptedException {
    int doublings = Math.clamp(failures.get() - 1, 0, 10);
    TimeUnit.MILLISECONDS.sleep(
        Math.min(LONGEST_PAUSE.toMillis(), FIRST_PAUSE.toMillis() << doublings));
  }

  private String name() {
    return settings.name();
  }

  /** Waits until all is sent and acknowledged, within the lane's time; says whether it is. */
  boolean flush() {
    long deadline = System.nanoTime() + settings.flushTimeout().toNanos();
    try {
      while (!backlog.isEmpty() && thread.isAlive() && System.nanoTime() < deadline) {
        TimeUnit.MILLISECONDS.sleep(5);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return backlog.isEmpty();
  }

  /** Ends the thread, then the producer; what was taken and not acknowledged stays where it is. */
  void close() {
    stopped = true;
    try {
      if (thread.isAlive()) {
        thread.interrupt();
        thread.join(CLOSE_WAIT);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Session current = session;
    if (current != null) {
      current.window().abandon();
      Utils.closeQuietly(() -> current.producer().close(CLOSE_WAIT), "producer");
      backlog.rewind();
    }
  }
}
