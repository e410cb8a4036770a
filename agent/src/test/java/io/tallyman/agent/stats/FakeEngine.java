package io.tallyman.agent.stats;

import io.tallyman.agent.engine.EngineException;
import io.tallyman.agent.engine.StatsReading;
import io.tallyman.agent.engine.StatsStream;
import io.tallyman.agent.engine.UnaskedEngine;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** An engine that answers stats as a test tells it to. */
final class FakeEngine extends UnaskedEngine {

  /** Ends a stream of a test, as an engine does that closes the connection. */
  static final StatsReading END = reading(null, -1);

  private volatile Function<String, StatsReading> oneShot =
      id -> {
        throw new EngineException.NotFound("No such container: " + id);
      };
  private final ConcurrentHashMap<String, BlockingQueue<StatsReading>> frames =
      new ConcurrentHashMap<>();
  private final ConcurrentHashMap<String, Integer> asked = new ConcurrentHashMap<>();
  private final AtomicLong seconds = new AtomicLong();
  private volatile CountDownLatch closes = new CountDownLatch(0);
  final AtomicInteger calls = new AtomicInteger();
  final AtomicInteger streamsOpened = new AtomicInteger();
  final AtomicInteger streamsEnded = new AtomicInteger();
  final AtomicInteger streamsClosed = new AtomicInteger();

  static StatsReading reading(@Nullable Instant readAt, long usageNanos) {
    return new StatsReading(
        readAt,
        new StatsReading.CpuCounters(
            usageNanos, null, null, List.of(), 1_000 * usageNanos, 2, null, null, null),
        null,
        Map.of(),
        List.of(),
        1L,
        null);
  }

  /** A second later than the one before, with a second's more work. */
  StatsReading fresh() {
    long second = seconds.incrementAndGet();
    return reading(SamplerHarness.T0.plusSeconds(second), second);
  }

  void answering(Function<String, StatsReading> answers) {
    oneShot = answers;
  }

  void frame(String containerId, StatsReading frame) {
    queue(containerId).add(frame);
  }

  @Override
  public StatsReading readStats(String containerId, Duration timeout) {
    calls.incrementAndGet();
    return oneShot.apply(containerId);
  }

  /** From now on, reads of closed streams come back only when they are released. */
  void holdCloses() {
    closes = new CountDownLatch(1);
  }

  void releaseCloses() {
    closes.countDown();
  }

  /** How often the next frame of a container was asked for. */
  int asked(String containerId) {
    return asked.getOrDefault(containerId, 0);
  }

  @Override
  public StatsStream streamStats(String containerId) {
    streamsOpened.incrementAndGet();
    return new FakeStream(containerId);
  }

  private BlockingQueue<StatsReading> queue(String containerId) {
    return frames.computeIfAbsent(containerId, id -> new LinkedBlockingQueue<>());
  }

  private final class FakeStream implements StatsStream {
    private final String containerId;
    private volatile boolean closed;

    private FakeStream(String containerId) {
      this.containerId = containerId;
    }

    @Override
    public @Nullable StatsReading next() {
      asked.merge(containerId, 1, Integer::sum);
      while (!closed) {
        try {
          StatsReading frame = queue(containerId).poll(5, TimeUnit.MILLISECONDS);
          if (frame != null) {
            return frame.equals(END) ? null : frame;
          }
        } catch (InterruptedException e) {
          break;
        }
      }
      awaitRelease();
      streamsEnded.incrementAndGet();
      throw new EngineException.Unreachable("closed", null);
    }

    private void awaitRelease() {
      boolean released = false;
      while (!released) {
        try {
          closes.await();
          released = true;
        } catch (InterruptedException e) {
          released = false;
        }
      }
    }

    @Override
    public synchronized void close() {
      if (!closed) {
        closed = true;
        streamsClosed.incrementAndGet();
      }
    }
  }
}
