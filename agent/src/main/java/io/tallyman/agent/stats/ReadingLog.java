package io.tallyman.agent.stats;

import io.tallyman.agent.engine.EngineInfo;
import io.tallyman.agent.engine.StatsReading;
import io.tallyman.agent.inventory.Inventory;
import io.tallyman.agent.inventory.KnownContainer;
import io.tallyman.agent.stats.StatsSampler.ContainerReadings;
import io.tallyman.v1.StatsSource;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Remembers the last reading of each container, and reports each new one with what changed since.
 *
 * <p>Safe from any thread; readings of one container are reported one after the other. What is
 * remembered is bounded by the number of containers on the host.
 */
final class ReadingLog {

  private static final Duration LONGEST_OVERTAKING = Duration.ofSeconds(10);

  private final SamplerSettings settings;
  private final Supplier<@Nullable EngineInfo> engine;
  private final StatsOutput output;
  private final Map<String, Track> tracks = new ConcurrentHashMap<>();
  private final LongAdder reported = new LongAdder();
  private final LongAdder failed = new LongAdder();

  ReadingLog(SamplerSettings settings, Supplier<@Nullable EngineInfo> engine, StatsOutput output) {
    this.settings = settings;
    this.engine = engine;
    this.output = output;
  }

  /**
   * Reports a reading, unless the container did not run or a reading as new was reported before.
   *
   * @param tick null for a reading between ticks
   */
  void report(KnownContainer container, StatsReading reading, @Nullable Instant tick) {
    Instant readAt = reading.readAt();
    if (readAt == null) {
      return;
    }
    EngineInfo info = engine.get();
    StatsMapper.Setting setting =
        new StatsMapper.Setting(
            container,
            tick,
            settings.intervalMillis(container),
            StatsSource.ENGINE,
            info == null ? null : info.engineVersion(),
            info == null ? null : info.cgroupVersion(),
            settings.detail());
    Track track = track(container.id());
    synchronized (track) {
      StatsReading before = track.last;
      if (before != null && isOvertaken(readAt, before.readAt())) {
        return;
      }
      track.last = reading;
      if (track.firstReadAt == null) {
        track.firstReadAt = readAt;
      }
      track.error = null;
      reported.increment();
      output.reading(StatsMapper.map(reading, before, setting));
    }
  }

  /**
   * True for the very reading that was reported last, and for one that was taken a little before it
   * but arrived later. One that is older by more shows that the engine's clock was set back.
   */
  private static boolean isOvertaken(Instant readAt, @Nullable Instant last) {
    return last != null && !readAt.isAfter(last) && readAt.isAfter(last.minus(LONGEST_OVERTAKING));
  }

  /** Counts a reading that was due and could not be taken. */
  void failed(String containerId, String why) {
    Track track = track(containerId);
    synchronized (track) {
      track.error = why;
    }
    failed.increment();
  }

  /** Whether the last try to read a container failed. */
  boolean failedLast(String containerId) {
    Track track = tracks.get(containerId);
    if (track == null) {
      return false;
    }
    synchronized (track) {
      return track.error != null;
    }
  }

  /** Forgets containers that are no longer on the host. */
  void prune(Inventory inventory) {
    tracks.keySet().removeIf(id -> inventory.find(id) == null);
  }

  @Nullable ContainerReadings of(String containerId, String source) {
    Track track = tracks.get(containerId);
    if (track == null) {
      return null;
    }
    synchronized (track) {
      return new ContainerReadings(
          source, track.firstReadAt, track.last == null ? null : track.last.readAt(), track.error);
    }
  }

  long reported() {
    return reported.sum();
  }

  long failed() {
    return failed.sum();
  }

  private Track track(String containerId) {
    return tracks.computeIfAbsent(containerId, id -> new Track());
  }

  private static final class Track {
    private @Nullable StatsReading last;
    private @Nullable Instant firstReadAt;
    private @Nullable String error;
  }
}
