package io.tallyman.query.live;

import java.util.concurrent.ArrayBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/**
 * One listener and the frames it has not read yet. Frames are shared between clients, so a queue
 * holds references only. {@link #offer} belongs to one thread.
 */
final class LiveClient {

  /** A client that is so many frames behind is cut. */
  static final int MAX_QUEUED_FRAMES = 64;

  private final LiveFilter filter;
  private final @Nullable String lastId;
  private final Sinks.Many<byte[]> queue =
      Sinks.many().unicast().onBackpressureBuffer(new ArrayBlockingQueue<>(MAX_QUEUED_FRAMES));
  private final Sinks.Empty<Void> cut = Sinks.empty();
  private volatile boolean gone;

  LiveClient(LiveFilter filter, @Nullable String lastId) {
    this.filter = filter;
    this.lastId = lastId;
  }

  /** The last id that it has heard; null when it begins. */
  @Nullable String lastId() {
    return lastId;
  }

  LiveFilter filter() {
    return filter;
  }

  /** The frames, for one subscriber; ends with an error when the client is too slow. */
  Publisher<byte[]> frames() {
    return Flux.from(queue.asFlux()).takeUntilOther(cut.asMono()).doFinally(end -> gone = true);
  }

  /** Whether it listens no more. */
  boolean isGone() {
    return gone;
  }

  /** Whether there was room; if not, the client is cut. */
  boolean offer(byte[] frame) {
    if (queue.tryEmitNext(frame) == Sinks.EmitResult.OK) {
      return true;
    }
    gone = true;
    cut.tryEmitError(new SlowClientException());
    return false;
  }

  /** Ends it in good order. */
  void end() {
    gone = true;
    cut.tryEmitEmpty();
  }
}
