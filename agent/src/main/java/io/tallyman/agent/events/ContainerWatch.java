package io.tallyman.agent.events;

import io.tallyman.agent.engine.DockerEngine;
import io.tallyman.agent.gaps.GapOutput;
import io.tallyman.agent.identity.AgentIdentity;
import io.tallyman.agent.identity.RecordSequence;
import io.tallyman.agent.inventory.Inventory;
import io.tallyman.agent.publish.Lane;
import io.tallyman.v1.GapReason;
import io.tallyman.v1.Stream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the containers of an engine: keeps the inventory, and hands events and states to a lane
 * in the order in which they were learned. What can be known to have been missed is told as a gap.
 *
 * <p>Three threads from {@link #start} to {@link #close}: one drains the event stream, one lists
 * and audits, one maps and offers. An engine that goes away is waited for. A stream that went deaf
 * is noticed by the audit that finds events that it did not bring, and opened again. A watch goes
 * on where the last one in the same directory was.
 */
public final class ContainerWatch implements AutoCloseable {

  /** How often every state is published again. */
  static final Duration REPUBLISH_PERIOD = Duration.ofHours(1);

  /** How long the pipeline sleeps at most when nothing comes. */
  static final Duration IDLE_WAIT = Duration.ofMillis(100);

  /** How long the pipeline sleeps at most while the lane has yet to decide. */
  static final Duration DECISION_WAIT = Duration.ofMillis(5);

  /** How long {@link #close} waits for each thread that talks to the engine. */
  static final Duration CLOSE_WAIT = Duration.ofMillis(500);

  /** How long {@link #close} waits for the lane's decisions, and for what is kept on disk. */
  static final Duration LAST_DECISIONS_WAIT = Duration.ofSeconds(2);

  /** How often the engine's memory is looked at in vain after a stream was opened. */
  static final int LOOKS = 10;

  /**
   * How far beyond now that reaches: of a busy engine's full memory a part is already younger than
   * the moment of asking, and without it the memory would not seem full.
   */
  static final Duration LOOK_AHEAD = Duration.ofMillis(100);

  private static final Logger log = LoggerFactory.getLogger(ContainerWatch.class);

  private static final String KEPT_FILE = "containers";
  private static final String CHECKPOINT_FILE = "watch";

  private final GapOutput gaps;
  private final long incarnation;
  private final Clock clock;
  private final Set<Mechanism> off;
  private final PublishedContainers kept;
  private final Mailbox mailbox = new Mailbox();
  private final EventFigures figures = new EventFigures();
  private final ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor();
  private final EventCursor cursor;
  private final Offers offers;
  private final Checkpoints checkpoints;
  private final GapJudge judge;
  private final Inspections inspections;
  private final EventPipeline pipeline;
  private final Reconciliation reconciliation;
  private final RingReader ring;
  private final EventReader reader;
  private final Reconciler reconciler;
  private final Thread readerThread;
  private final Thread reconcilerThread;
  private final Thread pipelineThread;
  private volatile boolean closed;

  /**
   * @param gaps told what was missed
   * @param readNow told the identifier of a container of which a reading is wanted at once; returns
   *     at once
   * @param sweepInterval of readings, which are missed as well while the engine is away
   * @param directory where the agent keeps what outlives it; null to keep nothing
   */
  public ContainerWatch(
      DockerEngine engine,
      Inventory inventory,
      AgentIdentity identity,
      RecordSequence sequence,
      Lane lane,
      GapOutput gaps,
      Consumer<String> readNow,
      Duration sweepInterval,
      @Nullable Path directory,
      Clock clock) {
    this(
        engine,
        inventory,
        identity,
        sequence,
        lane,
        gaps,
        readNow,
        sweepInterval,
        directory,
        clock,
        Pace.NORMAL,
        Set.of());
  }

  /**
   * @param off what tests do without
   */
  ContainerWatch(
      DockerEngine engine,
      Inventory inventory,
      AgentIdentity identity,
      RecordSequence sequence,
      Lane lane,
      GapOutput gaps,
      Consumer<String> readNow,
      Duration sweepInterval,
      @Nullable Path directory,
      Clock clock,
      Pace pace,
      Set<Mechanism> off) {
    this.gaps = gaps;
    this.incarnation = identity.incarnation();
    this.clock = clock;
    this.off = Set.copyOf(off);
    offers = new Offers(lane);
    cursor = new EventCursor(clock, clock.instant(), this.off);
    RecordMapper mapper = new RecordMapper(identity);
    inspections = new Inspections(engine, mailbox, calls, System::nanoTime, this.off, figures);
    kept = new PublishedContainers(directory == null ? null : directory.resolve(KEPT_FILE));
    checkpoints =
        new Checkpoints(
            directory == null ? null : new CheckpointFile(directory.resolve(CHECKPOINT_FILE)),
            cursor,
            offers,
            this::table,
            // Not one of the calls: the end interrupts them, and a write must come to its own.
            write -> Thread.ofVirtual().name("tallyman-checkpoint").start(write),
            System::nanoTime,
            pace.checkpoint());
    States states = new States(mapper, sequence, offers, identity.hostId(), clock, figures, kept);
    EventTeller teller =
        new EventTeller(
            mapper,
            sequence,
            identity.hostId(),
            offers,
            cursor,
            checkpoints::accepted,
            clock,
            this.off,
            figures);
    pipeline =
        new EventPipeline(
            inventory, teller, states, inspections, readNow, clock, this.off, figures);
    judge = new GapJudge(cursor, inventory, gaps, sweepInterval, clock);
    Rounds rounds = rounds(pace);
    EventIntake intake =
        new EventIntake(pipeline, cursor, offers, checkpoints, judge, rounds, this.off, figures);
    reconciliation =
        new Reconciliation(
            intake, pipeline, inventory, states, inspections, rounds, clock, this.off, figures);
    ring = new RingReader(engine, calls);
    Backoff backoff =
        new Backoff(EventReader.FIRST_PAUSE, EventReader.LONGEST_PAUSE, new SplittableRandom());
    reader =
        new EventReader(engine, mailbox, clock, backoff, figures, cursor::since, readerListener());
    reconciler =
        new Reconciler(
            engine, mailbox, ring, cursor, clock, pace, this.off, figures, reader::reopen);
    readerThread = Thread.ofPlatform().daemon().name("tallyman-events").unstarted(reader);
    reconcilerThread = Thread.ofPlatform().daemon().name("tallyman-list").unstarted(reconciler);
    pipelineThread =
        Thread.ofPlatform().daemon().name("tallyman-pipeline").unstarted(this::runPipeline);
  }

  private Checkpoints.Table table() {
    return pipeline.table();
  }

  private EventReader.Listener readerListener() {
    return new EventReader.Listener() {
      @Override
      public void opened(Instant at) {
        reconciler.request(Duration.ZERO);
        try {
          calls.execute(() -> look(at));
        } catch (RejectedExecutionException e) {
          log.debug("The agent stops", e);
        }
      }

      @Override
      public void late(long sinceNanos) {
        reconciler.doubt(sinceNanos);
      }
    };
  }

  private Rounds rounds(Pace pace) {
    return new Rounds() {
      @Override
      public void soon() {
        reconciler.request(pace.soon());
      }

      @Override
      public void auditSoon() {
        reconciler.requestAudit(StreamCheck.STREAM_DELAY);
      }

      @Override
      public void reopenStream() {
        log.warn("The event stream did not bring all events, it is opened again");
        reader.reopen();
      }
    };
  }

  /** Looks at all that the engine remembers, for the judgement of what was missed before. */
  private void look(Instant openedAt) {
    try {
      RingView view = ring.view(clock.instant().plus(LOOK_AHEAD));
      for (int i = 1; i < LOOKS && view == null; i++) {
        Thread.sleep(Reconciler.FIRST_WAIT);
        view = ring.view(clock.instant().plus(LOOK_AHEAD));
      }
      mailbox.put(new Message.RingSeen(openedAt, view));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Begins to watch, where the last watch in the same directory was; returns at once. */
  public void start() {
    if (!off.contains(Mechanism.CURSOR)) {
      resume();
    }
    pipelineThread.start();
    readerThread.start();
    reconcilerThread.start();
  }

  private void resume() {
    try {
      Checkpoint last = checkpoints.open();
      if (last != null) {
        cursor.restore(last);
        pipeline.restore(last);
        judge.resume(last);
      } else if (incarnation > 1) {
        log.info("An earlier run was ended before it kept how far it had read");
        gaps.gap(Stream.EVENTS, GapReason.AGENT_DOWN, null, clock.instant(), null);
      }
    } catch (IOException e) {
      log.warn("It is not known how far events were read before: {}", e.toString());
      gaps.gap(Stream.EVENTS, GapReason.AGENT_DOWN, null, clock.instant(), null);
    }
  }

  /** The lane has room again after it refused: what it refused is looked for. Safe anywhere. */
  public void roomAgain() {
    reconciler.request(Duration.ZERO);
  }

  public EventFigures figures() {
    return figures;
  }

  /** Since when the event stream is open; null when it is not. */
  public @Nullable Instant connectedSince() {
    return reader.connectedSince();
  }

  /** Why the event stream broke; null while all is well. */
  public @Nullable String lastError() {
    return reader.lastError();
  }

  /** Messages that wait for the pipeline. */
  public int waiting() {
    return mailbox.size();
  }

  private void runPipeline() {
    long republishNanos = System.nanoTime() + REPUBLISH_PERIOD.toNanos();
    try {
      while (!closed || mailbox.size() > 0) {
        if (offers.isFull()) {
          offers.await(IDLE_WAIT);
          continue;
        }
        Message message = mailbox.poll((offers.isEmpty() ? IDLE_WAIT : DECISION_WAIT).toMillis());
        if (message != null) {
          safely(() -> reconciliation.handle(message));
        }
        safely(offers::settle);
        safely(inspections::beginDue);
        if (!judge.isPending()) {
          safely(checkpoints::keep);
        }
        if (System.nanoTime() - republishNanos >= 0) {
          republishNanos += REPUBLISH_PERIOD.toNanos();
          safely(reconciliation::republish);
        }
      }
      finish();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      kept.close();
    }
  }

  /** What the lane accepts in the end is kept as such. */
  private void finish() throws InterruptedException {
    long end = System.nanoTime() + LAST_DECISIONS_WAIT.toNanos();
    while (!offers.isEmpty() && System.nanoTime() - end < 0) {
      offers.await(IDLE_WAIT);
    }
    checkpoints.close();
  }

  /** One message that cannot be understood must not end the watch. */
  @SuppressWarnings("CatchAndPrintStackTrace")
  private void safely(Runnable step) {
    try {
      step.run();
    } catch (RejectedExecutionException e) {
      log.debug("The agent stops", e);
    } catch (RuntimeException e) {
      log.error("What the engine told could not be handled", e);
    }
  }

  /** Ends the stream and hands over what was read of it. */
  @Override
  public void close() {
    reader.close();
    reconciler.close();
    try {
      readerThread.join(CLOSE_WAIT);
      closed = true;
      pipelineThread.join(CLOSE_WAIT.plus(LAST_DECISIONS_WAIT));
      reconcilerThread.interrupt();
      pipelineThread.interrupt();
      readerThread.interrupt();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      closed = true;
      calls.shutdownNow();
    }
  }
}
