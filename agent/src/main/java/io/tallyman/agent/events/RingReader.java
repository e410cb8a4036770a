package io.tallyman.agent.events;

import io.tallyman.agent.engine.DockerEngine;
import io.tallyman.agent.engine.EngineEvent;
import io.tallyman.agent.engine.EngineException;
import io.tallyman.agent.engine.EventQuery;
import io.tallyman.agent.engine.EventStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the engine's memory of events, on connections of their own. Safe from any thread. */
final class RingReader {

  /** How long a read may take. */
  static final Duration TIMEOUT = Duration.ofSeconds(10);

  /** Beyond what any engine keeps. */
  static final int LIMIT = 4_096;

  private static final Logger log = LoggerFactory.getLogger(RingReader.class);

  private final DockerEngine engine;
  private final Executor executor;

  /**
   * @param executor runs a read where it may wait
   */
  RingReader(DockerEngine engine, Executor executor) {
    this.engine = engine;
    this.executor = executor;
  }

  /** Lifecycle events of a time that is past; null when they could not be read. */
  @Nullable List<EngineEvent> lifecycle(long sinceNanos, Instant until)
      throws InterruptedException {
    return read(new EventQuery(sinceNanos, Nanos.of(until), true));
  }

  /** All that the engine remembers; null when it could not be read. */
  @Nullable RingView view(Instant until) throws InterruptedException {
    List<EngineEvent> all = read(new EventQuery(EventCursor.EVERYTHING, Nanos.of(until), false));
    if (all == null) {
      return null;
    }
    RingView view = RingView.EMPTY;
    for (EngineEvent event : all) {
      view = view.and(event.timeNanos());
    }
    return view;
  }

  private @Nullable List<EngineEvent> read(EventQuery query) throws InterruptedException {
    try (EventStream stream = engine.events(query)) {
      return CompletableFuture.supplyAsync(() -> drained(stream), executor)
          .get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (EngineException | ExecutionException | TimeoutException e) {
      log.debug("Cannot read the engine's memory of events", e);
      return null;
    }
  }

  private static List<EngineEvent> drained(EventStream stream) {
    List<EngineEvent> events = new ArrayList<>();
    for (EngineEvent event = stream.next();
        event != null && events.size() < LIMIT;
        event = stream.next()) {
      events.add(event);
    }
    return events;
  }
}
