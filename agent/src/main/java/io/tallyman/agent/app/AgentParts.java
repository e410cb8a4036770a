package io.tallyman.agent.app;

import io.tallyman.agent.alerts.ContainerAlerts;
import io.tallyman.agent.engine.DockerEngine;
import io.tallyman.agent.engine.EngineInfo;
import io.tallyman.agent.events.ContainerWatch;
import io.tallyman.agent.events.EventFigures;
import io.tallyman.agent.gaps.Gaps;
import io.tallyman.agent.identity.AgentIdentity;
import io.tallyman.agent.identity.RecordSequence;
import io.tallyman.agent.inventory.Inventory;
import io.tallyman.agent.inventory.KnownContainer;
import io.tallyman.agent.publish.Heartbeats;
import io.tallyman.agent.publish.HostStatusMapper;
import io.tallyman.agent.publish.KafkaLane;
import io.tallyman.agent.publish.KafkaSetup;
import io.tallyman.agent.publish.Lane;
import io.tallyman.agent.publish.LaneQueue;
import io.tallyman.agent.publish.StatsPublisher;
import io.tallyman.agent.stats.AlignedTicker;
import io.tallyman.agent.stats.EngineSampler;
import io.tallyman.agent.stats.SamplerSettings;
import io.tallyman.agent.stats.StatsSampler;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The working parts of an agent and how they hang together. Safe from any thread once started. */
final class AgentParts {

  /** What waits in memory while Kafka is away: events, states and tombstones. */
  static final int EVENT_QUEUE_RECORDS = 100_000;

  static final long EVENT_QUEUE_BYTES = 64L << 20;

  /** A minute of a thousand containers at the default interval, and some. */
  static final int STATS_QUEUE_RECORDS = 20_000;

  static final long STATS_QUEUE_BYTES = 32L << 20;

  final AgentIdentity identity;
  private final Instant startedAt;
  private final DockerEngine engine;
  private final Inventory inventory;
  private final KafkaLane events;
  private final KafkaLane stats;
  private final Gaps gaps;
  private final ContainerAlerts alerts;
  private final StatsSampler sampler;
  private final ContainerWatch watch;
  private final Heartbeats heartbeats;

  AgentParts(
      AgentConfig config,
      DockerEngine engine,
      EngineInfo info,
      AgentIdentity identity,
      Clock clock) {
    this.identity = identity;
    this.engine = engine;
    startedAt = clock.instant();
    inventory = new Inventory(config.labels(), config.selection());
    RecordSequence sequence = new RecordSequence();
    KafkaSetup setup = new KafkaSetup(config.kafka(), clock);
    events =
        KafkaLane.to(
            config.kafka(),
            setup,
            new LaneQueue(
                "events", EVENT_QUEUE_RECORDS, EVENT_QUEUE_BYTES, LaneQueue.WhenFull.REFUSE_NEW));
    stats =
        KafkaLane.to(
            config.kafka(),
            setup,
            new LaneQueue(
                "stats", STATS_QUEUE_RECORDS, STATS_QUEUE_BYTES, LaneQueue.WhenFull.SHED_OLDEST));
    gaps = new Gaps(identity.hostId(), events);
    AtomicReference<EngineInfo> latestInfo = new AtomicReference<>(info);
    alerts =
        new ContainerAlerts(
            new StatsPublisher(identity, sequence, stats, gaps),
            inventory,
            identity,
            sequence,
            events,
            config.dataDirectory(),
            config.stats().interval(),
            clock);
    sampler =
        new EngineSampler(
            engine,
            inventory,
            latestInfo::get,
            new SamplerSettings(config.stats().interval(), config.stats().detail()),
            new AlignedTicker(clock, config.stats().interval()),
            alerts);
    watch =
        new ContainerWatch(
            engine,
            inventory,
            identity,
            sequence,
            events,
            sampler::readNow,
            config.dataDirectory(),
            clock);
    heartbeats =
        new Heartbeats(
            engine,
            info,
            new HostStatusMapper(
                identity,
                AgentApplication.version(),
                config.stats().interval(),
                config.hostTags(),
                startedAt),
            sampler::source,
            List.of(events, stats),
            events,
            gaps::total,
            latestInfo::set,
            clock);
  }

  void start() {
    events.start();
    stats.start();
    watch.start();
    alerts.start();
    sampler.start();
    heartbeats.start();
  }

  /** Stops the sources, then sends what is queued within the lanes' time, then disconnects. */
  void stop() {
    sampler.close();
    alerts.close();
    watch.close();
    heartbeats.close();
    Thread other = Thread.ofPlatform().name("tallyman-close").start(stats::close);
    events.close();
    try {
      other.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    engine.close();
  }

  AgentStatus status() {
    StatsSampler.Figures readings = sampler.figures();
    String eventsError = events.lastError();
    return new AgentStatus(
        identity,
        heartbeats.engineInfo(),
        startedAt,
        watch.connectedSince(),
        watch.lastError(),
        events.isKafkaReachable() && stats.isKafkaReachable(),
        eventsError != null ? eventsError : stats.lastError(),
        events.hasRoom(),
        inventory.size(),
        inventory.collected().size(),
        sampler.source(),
        watch.figures().accepted(),
        readings.reported(),
        readings.failed(),
        readings.ticksMissed(),
        lanes());
  }

  List<Lane.LaneSnapshot> lanes() {
    return List.of(events.snapshot(), stats.snapshot());
  }

  EventFigures eventFigures() {
    return watch.figures();
  }

  Gaps gaps() {
    return gaps;
  }

  StatsSampler.Figures samplerFigures() {
    return sampler.figures();
  }

  int alertsOpen() {
    return alerts.open();
  }

  int messagesWaiting() {
    return watch.waiting();
  }

  /** One container and how its readings go. */
  record Collected(KnownContainer container, StatsSampler.@Nullable ContainerReadings readings) {}

  List<Collected> collected() {
    List<Collected> all = new ArrayList<>();
    for (KnownContainer known : inventory.all()) {
      all.add(new Collected(known, sampler.readings(known.id())));
    }
    return all;
  }
}
