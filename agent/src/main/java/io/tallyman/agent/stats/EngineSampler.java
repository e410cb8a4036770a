package io.tallyman.agent.stats;

import io.tallyman.agent.engine.DockerEngine;
import io.tallyman.agent.engine.EngineInfo;
import io.tallyman.agent.inventory.Inventory;
import io.tallyman.agent.inventory.KnownContainer;
import io.tallyman.agent.stats.Ticker.Tick;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes readings through the engine's API: by single calls, or, while those are slow, by one stream
 * per container. Whether they still are is tried again after a while, and then more and more
 * seldom: an engine may have been slow for a moment only.
 */
public final class EngineSampler implements StatsSampler {

  private static final Logger log = LoggerFactory.getLogger(EngineSampler.class);

  /** From one verdict that calls are slow to the next trial; doubled each time. */
  static final Duration FIRST_RETRIAL = Duration.ofMinutes(2);

  static final Duration LONGEST_RETRIAL = Duration.ofHours(1);

  private static final String BY_CALLS = "engine";
  private static final String BY_STREAMS = "engine-stream";

  private final Inventory inventory;
  private final SamplerSettings settings;
  private final Ticker ticker;
  private final StatsOutput output;
  private final ReadingLog readings;
  private final FailedSweeps failedSweeps;
  private final OneShots oneShots;
  private final Streams streams;
  private final LongAdder ticks = new LongAdder();
  private final LongAdder ticksMissed = new LongAdder();
  private final LongSupplier nanoTime;
  private Duration retrialPause = FIRST_RETRIAL;
  private long retrialNanos;
  private volatile boolean streaming;

  /**
   * Makes a sampler that takes no readings before {@link #start}.
   *
   * @param info what the engine last told of itself; gives null while that is not known
   * @param ticker is started and closed with the sampler
   */
  public EngineSampler(
      DockerEngine engine,
      Inventory inventory,
      Supplier<@Nullable EngineInfo> info,
      SamplerSettings settings,
      Ticker ticker,
      StatsOutput output) {
    this(engine, inventory, info, settings, ticker, output, Thread::sleep, System::nanoTime);
  }

  EngineSampler(
      DockerEngine engine,
      Inventory inventory,
      Supplier<@Nullable EngineInfo> info,
      SamplerSettings settings,
      Ticker ticker,
      StatsOutput output,
      Sleeper sleeper,
      LongSupplier nanoTime) {
    this.inventory = inventory;
    this.settings = settings;
    this.ticker = ticker;
    this.output = output;
    this.readings = new ReadingLog(settings, info, output);
    this.failedSweeps = new FailedSweeps(output);
    this.nanoTime = nanoTime;
    this.oneShots = new OneShots(engine, settings, readings, nanoTime, this::judged);
    this.streams = new Streams(engine, readings, sleeper, nanoTime);
  }

  @Override
  public void start() {
    ticker.start(this::onTick);
  }

  @Override
  public void readNow(String containerId) {
    KnownContainer container = inventory.find(containerId);
    if (container == null || !container.selected()) {
      return;
    }
    if (streaming) {
      streams.readNow(container);
    } else {
      oneShots.now(container);
    }
  }

  @Override
  public String source() {
    return streaming ? BY_STREAMS : BY_CALLS;
  }

  @Override
  public Figures figures() {
    return new Figures(
        readings.reported(),
        readings.failed(),
        ticks.sum(),
        ticksMissed.sum(),
        oneShots.calls(),
        oneShots.callNanos(),
        oneShots.sweepNanos());
  }

  @Override
  public @Nullable ContainerReadings readings(String containerId) {
    return readings.of(containerId, source());
  }

  @Override
  public void close() {
    ticker.close();
    failedSweeps.tell();
    oneShots.close();
    streams.close();
  }

  /** Number of containers whose single call has not ended. */
  int callsUnderWay() {
    return oneShots.underWay();
  }

  /** Number of streams that are kept open. */
  int streamsKept() {
    return streams.size();
  }

  private void onTick(Tick tick) {
    try {
      if (tick.missed() > 0) {
        missed(tick);
      }
      sweep(tick);
    } catch (RuntimeException e) {
      log.error("the sweep of {} failed", tick.due(), e);
    }
  }

  private void missed(Tick tick) {
    ticksMissed.add(tick.missed());
    Duration hole = settings.interval().multipliedBy(tick.missed());
    output.ticksMissed(tick.due().minus(hole), tick.due(), tick.missed());
  }

  private void sweep(Tick tick) {
    ticks.increment();
    oneShots.beginSweep();
    readings.prune(inventory);
    List<KnownContainer> collected = theSoundFirst(inventory.collected());
    boolean byStreams = streaming;
    streams.keep(byStreams ? collected : List.of());
    if (byStreams) {
      tryCallsAgain();
    }
    List<KnownContainer> due =
        collected.stream().filter(each -> settings.isDue(each, tick.due())).toList();
    failedSweeps.tick(tick.due(), due.size(), readings.reported(), readings.failed());
    for (KnownContainer container : due) {
      if (byStreams) {
        streams.sweep(container, tick.due());
      } else {
        oneShots.sweep(container, tick.due());
      }
    }
  }

  /** Those that did not answer last time may hang again, which must not delay the others. */
  private List<KnownContainer> theSoundFirst(List<KnownContainer> containers) {
    Map<Boolean, List<KnownContainer>> failedLast =
        containers.stream()
            .collect(Collectors.partitioningBy(each -> readings.failedLast(each.id())));
    return Stream.concat(
            failedLast.getOrDefault(false, List.of()).stream(),
            failedLast.getOrDefault(true, List.of()).stream())
        .toList();
  }

  private synchronized void judged(SpeedProbe.Verdict verdict) {
    boolean slow = verdict == SpeedProbe.Verdict.SLOW;
    if (slow) {
      retrialNanos = nanoTime.getAsLong() + retrialPause.toNanos();
      Duration doubled = retrialPause.multipliedBy(2);
      retrialPause = doubled.compareTo(LONGEST_RETRIAL) < 0 ? doubled : LONGEST_RETRIAL;
    }
    if (slow == streaming) {
      return;
    }
    streaming = slow;
    if (slow) {
      log.info("single readings are slow on this engine, keeping one stream per container instead");
      inventory.collected().forEach(streams::readNow);
    } else {
      log.info("single readings are fast again, the streams are closed");
    }
  }

  private synchronized void tryCallsAgain() {
    if (nanoTime.getAsLong() - retrialNanos >= 0) {
      inventory.collected().stream().findFirst().ifPresent(oneShots::judgeAgain);
    }
  }
}
