package io.tallyman.agent.events;

import io.tallyman.agent.engine.ContainerDetails;
import io.tallyman.agent.engine.ContainerSummary;
import io.tallyman.agent.engine.EngineEvent;
import io.tallyman.agent.engine.EngineException;
import io.tallyman.v1.Origin;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the pipeline's thread is told, in the order in which it was learned. */
sealed interface Message {

  /**
   * The reader has a stream; events of a later time come on it as they happen.
   *
   * @param failures attempts to open it that failed
   */
  record StreamOpened(Instant at, int failures) implements Message {}

  /** The stream is gone. */
  record StreamClosed(Instant at) implements Message {}

  /** The stream brought an event. */
  record Observed(EngineEvent event, Origin origin) implements Message {}

  /**
   * Lifecycle events that the engine remembered at a moment, from a while before on.
   *
   * @param view of all that it remembered then, when that did not reach back to the last audit;
   *     otherwise null
   */
  record Audited(List<EngineEvent> ring, Instant until, @Nullable RingView view)
      implements Message {}

  /**
   * The containers as listed, and the engine's memory of events read after that.
   *
   * @param listedFrom before the engine was asked for the list
   * @param audit null when the memory could not be read
   */
  record Snapshot(Instant listedFrom, List<ContainerSummary> rows, @Nullable Audited audit)
      implements Message {}

  /** The list could not be had. */
  record ListFailed() implements Message {}

  /**
   * The engine's whole memory was looked at after the stream had been opened.
   *
   * @param openedAt of that stream
   * @param view null when it could not be had
   */
  record RingSeen(Instant openedAt, @Nullable RingView view) implements Message {}

  /**
   * The engine's whole memory was looked at because it may have dropped events for the listener.
   *
   * @param fromNanos since when
   */
  record Doubted(long fromNanos, RingView view) implements Message {}

  /**
   * An inspect came back.
   *
   * @param revision of the container when it was asked for
   * @param details null when it failed
   * @param failure null when it did not
   */
  record Inspected(
      String containerId,
      long revision,
      @Nullable ContainerDetails details,
      @Nullable EngineException failure)
      implements Message {}
}
