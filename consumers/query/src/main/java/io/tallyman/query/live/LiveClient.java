package io.tallyman.query.live;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Sinks;

/**
 * One listener and the frames it has not read yet. Frames are shared between clients, so a queue
 * holds references only. {@link #offer} belongs to one thread.
 */
final class LiveClient {

  /** A client that is so many frames behind is cut. */
  static final int MAX_QUEUED_FRAMES = 64;

  /**
   * And so is one that is more than one frame and so many bytes behind: the readings of a large
   * fleet are megabytes a second. Room enough for all that one who comes back has missed.
   */
  static final long MAX_QUEUED_BYTES = 32L << 20;

  private final LiveFilter filter;
  private final @Nullable String lastId;
  private final Sinks.Many<byte[]> queue =
      Sinks.many().unicast().onBackpressureBuffer(new ArrayBlockingQueue<>(MAX_QUEUED_FRAMES));
  private final Sinks.Empty<Void> cut = Sinks.empty();
  private final AtomicLong queuedBytes = new AtomicLong();
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
    return queue
        .asFlux()
        .doOnNext(frame -> queuedBytes.addAndGet(-frame.length))
        .takeUntilOther(cut.asMono())
        .doFinally(end -> gone = true);
  }

  /** Whether it listens no more. */
  boolean isGone() {
    return gone;
  }

  /** Whether there was room; if not, the client is cut. */
  boolean offer(byte[] frame) {
    long before = queuedBytes.getAndAdd(frame.length);
    boolean hasRoom = before == 0 || before + frame.length <= MAX_QUEUED_BYTES;
    if (hasRoom && queue.tryEmitNext(frame) == Sinks.EmitResult.OK) {
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
