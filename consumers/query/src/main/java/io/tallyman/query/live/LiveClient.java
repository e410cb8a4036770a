package io.tallyman.query.live;

import java.util.concurrent.ArrayBlockingQueue;
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
  private final Sinks.Many<byte[]> queue =
      Sinks.many().unicast().onBackpressureBuffer(new ArrayBlockingQueue<>(MAX_QUEUED_FRAMES));
  private final Sinks.Empty<Void> cut = Sinks.empty();
  private volatile boolean gone;

  LiveClient(LiveFilter filter) {
    this.filter = filter;
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
