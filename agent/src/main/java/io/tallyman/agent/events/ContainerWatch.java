package io.tallyman.agent.events;

import io.tallyman.agent.engine.DockerEngine;
import io.tallyman.agent.identity.AgentIdentity;
import io.tallyman.agent.identity.RecordSequence;
import io.tallyman.agent.inventory.Inventory;
import io.tallyman.agent.publish.Lane;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
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
 * in the order in which they were learned.
 *
 * <p>Three threads from {@link #start} to {@link #close}: one drains the event stream, one lists,
 * one maps and offers. An engine that goes away is waited for. A stream that went deaf is noticed
 * by the round that finds events or changes that it did not bring, and opened again.
 */
public final class ContainerWatch implements AutoCloseable {

  /** How often every state is published again. */
  static final Duration REPUBLISH_PERIOD = Duration.ofHours(1);

  /** How long the pipeline sleeps at most when nothing comes. */
  static final Duration IDLE_WAIT = Duration.ofMillis(100);

  /** How long {@link #close} waits for each thread. */
  static final Duration CLOSE_WAIT = Duration.ofMillis(500);

  private static final Logger log = LoggerFactory.getLogger(ContainerWatch.class);

  private static final String KEPT_FILE = "containers";

  private final PublishedContainers kept;
  private final Mailbox mailbox = new Mailbox();
  private final EventFigures figures = new EventFigures();
  private final ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor();
  private final Inspections inspections;
  private final Reconciliation reconciliation;
  private final EventReader reader;
  private final Reconciler reconciler;
  private final Thread readerThread;
  private final Thread reconcilerThread;
  private final Thread pipelineThread;
  private volatile boolean closed;

  /**
   * @param readNow told the identifier of a container of which a reading is wanted at once; returns
   *     at once
   * @param directory where the agent keeps what outlives it; null to keep nothing
   */
  public ContainerWatch(
      DockerEngine engine,
      Inventory inventory,
      AgentIdentity identity,
      RecordSequence sequence,
      Lane lane,
      Consumer<String> readNow,
      @Nullable Path directory,
      Clock clock) {
    Instant from = clock.instant();
    RecordMapper mapper = new RecordMapper(identity);
    inspections = new Inspections(engine, mailbox, calls, System::nanoTime, figures);
    kept = new PublishedContainers(directory == null ? null : directory.resolve(KEPT_FILE));
    States states = new States(mapper, sequence, lane, identity.hostId(), clock, figures, kept);
    EventPipeline pipeline =
        new EventPipeline(
            inventory,
            mapper,
            sequence,
            identity.hostId(),
            lane,
            states,
            inspections,
            readNow,
            clock,
            figures);
    Backoff backoff =
        new Backoff(EventReader.FIRST_PAUSE, EventReader.LONGEST_PAUSE, new SplittableRandom());
    reader = new EventReader(engine, mailbox, from, clock, backoff, figures, this::listNow);
    reconciler = new Reconciler(engine, mailbox, from, clock, calls, figures, reader::reopen);
    reconciliation =
        new Reconciliation(pipeline, inventory, states, inspections, rounds(), clock, figures);
    readerThread = Thread.ofPlatform().daemon().name("tallyman-events").unstarted(reader);
    reconcilerThread = Thread.ofPlatform().daemon().name("tallyman-list").unstarted(reconciler);
    pipelineThread =
        Thread.ofPlatform().daemon().name("tallyman-pipeline").unstarted(this::runPipeline);
  }

  private void listNow() {
    reconciler.request(Duration.ZERO);
  }

  private Reconciliation.Rounds rounds() {
    return new Reconciliation.Rounds() {
      @Override
      public void soon() {
        reconciler.request(Reconciler.SOON);
      }

      @Override
      public void reopenStream() {
        log.warn("The event stream did not bring all events, it is opened again");
        reader.reopen();
      }
    };
  }

  /** Begins to watch; returns at once. */
  public void start() {
    pipelineThread.start();
    readerThread.start();
    reconcilerThread.start();
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
        Message message = mailbox.poll(IDLE_WAIT.toMillis());
        if (message != null) {
          safely(() -> reconciliation.handle(message));
        }
        safely(inspections::beginDue);
        if (System.nanoTime() - republishNanos >= 0) {
          republishNanos += REPUBLISH_PERIOD.toNanos();
          safely(reconciliation::republish);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      kept.close();
    }
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
      pipelineThread.join(CLOSE_WAIT);
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
