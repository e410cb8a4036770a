package io.tallyman.simulator;

import io.tallyman.simulator.http.Distortion;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What goes wrong on purpose, from the next request on.
 *
 * <p>Faults of different kinds add up; of {@code split}, {@code garble}, {@code litter} and {@code
 * cutInside} the last one counts. What comes by chance comes from the given seed, anew for each
 * body. Safe from any thread.
 */
public final class Faults {

  private static final Duration FOREVER = Duration.ofDays(365);

  private final EventLog events;
  private final Map<Call, Duration> delays = new ConcurrentHashMap<>();
  private final Map<Call, Integer> failing = new ConcurrentHashMap<>();
  private final Map<Call, Supplier<Distortion>> distortions = new ConcurrentHashMap<>();
  private final Set<Call> forbidden = ConcurrentHashMap.newKeySet();
  private final Set<String> hanging = ConcurrentHashMap.newKeySet();
  private volatile @Nullable Duration streamLife;

  Faults(EventLog events) {
    this.events = events;
  }

  /** Requests of this kind are answered that much later. */
  public void delay(Call call, Duration delay) {
    delays.put(call, delay);
  }

  /** Requests of this kind are accepted and never answered. */
  public void hang(Call call) {
    delays.put(call, FOREVER);
  }

  /** Stats of this container, by its full id, are never answered. */
  public void hangStats(String containerId) {
    hanging.add(containerId);
  }

  /** Requests of this kind are answered with 403, as a socket proxy does. */
  public void forbid(Call call) {
    forbidden.add(call);
  }

  /** Requests of this kind are answered with this status and a message. */
  public void fail(Call call, int status) {
    failing.put(call, status);
  }

  /** Bodies arrive in chunks of 1 to {@code mostBytes} bytes, cut within JSON and characters. */
  public void split(Call call, int mostBytes, long seed) {
    distortions.put(call, () -> Distortions.split(mostBytes, seed));
  }

  /** Bodies, and each frame of a stream, are noise. */
  public void garble(Call call, long seed) {
    distortions.put(call, () -> Distortions.garble(seed));
  }

  /** A line of noise comes before each body, and before each frame of a stream. */
  public void litter(Call call, long seed) {
    distortions.put(call, () -> Distortions.litter(seed));
  }

  /** Each stream, after so many whole frames, breaks off within one; 0: the first, and bodies. */
  public void cutInside(Call call, int wholeFrames, long seed) {
    distortions.put(call, () -> Distortions.cutInside(wholeFrames, seed));
  }

  /** Streams of events and stats are cut that long after they began, as a socket proxy does. */
  public void cutStreamsAfter(Duration life) {
    streamLife = life;
  }

  /**
   * The next events reach no listener, as when none keeps up; the ring has them.
   *
   * @param count how many of those that streams without an end asked for, at once for all of them
   */
  public void dropForListeners(int count) {
    events.dropNext(count);
  }

  /** All is well again; what hangs or is distorted stays so until its connection ends. */
  public void clear() {
    delays.clear();
    failing.clear();
    distortions.clear();
    forbidden.clear();
    hanging.clear();
    streamLife = null;
    events.dropNext(0);
  }

  Duration delayOf(Call call, String containerId) {
    return call.isStats() && hanging.contains(containerId)
        ? FOREVER
        : delays.getOrDefault(call, Duration.ZERO);
  }

  boolean isForbidden(Call call) {
    return forbidden.contains(call);
  }

  /** The status that a request of this kind fails with; null when it does not. */
  @Nullable Integer failureOf(Call call) {
    return failing.get(call);
  }

  /** What happens to one body; null when nothing does. */
  @Nullable Distortion distortionOf(Call call) {
    Supplier<Distortion> distortion = distortions.get(call);
    return distortion == null ? null : distortion.get();
  }

  /** When a stream is cut; null when it is not. */
  @Nullable Duration lifeOf(Call call) {
    return call == Call.EVENTS || call == Call.STATS_STREAM ? streamLife : null;
  }
}
