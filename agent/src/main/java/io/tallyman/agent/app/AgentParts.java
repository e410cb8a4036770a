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
import io.tallyman.agent.publish.Lane;
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

  final AgentIdentity identity;
  private final Instant startedAt;
  private final DockerEngine engine;
  private final Inventory inventory;
  private final Lanes lanes;
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
      Lanes lanes,
      Clock clock) {
    this.identity = identity;
    this.lanes = lanes;
    this.engine = engine;
    startedAt = clock.instant();
    inventory = new Inventory(config.labels(), config.selection());
    RecordSequence sequence = new RecordSequence();
    gaps = new Gaps(identity.hostId(), lanes.events());
    AtomicReference<EngineInfo> latestInfo = new AtomicReference<>(info);
    alerts =
        new ContainerAlerts(
            new StatsPublisher(identity, sequence, lanes.stats(), gaps),
            inventory,
            identity,
            sequence,
            lanes.events(),
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
            lanes.events(),
            gaps,
            sampler::readNow,
            config.stats().interval(),
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
            lanes.all(),
            lanes.events(),
            gaps::total,
            latestInfo::set,
            clock);
  }

  void start() {
    lanes.start(
        gaps,
        () -> {
          gaps.offerAgain();
          watch.roomAgain();
        });
    watch.start();
    alerts.start();
    sampler.start();
    heartbeats.start();
  }

  /**
   * Stops the sources, then sends what is left within the lanes' time, then disconnects.
   *
   * @return how many records stay in the spool
   */
  long stop() {
    sampler.close();
    alerts.close();
    watch.close();
    heartbeats.close();
    long unsent = lanes.close();
    engine.close();
    return unsent;
  }

  AgentStatus status() {
    StatsSampler.Figures readings = sampler.figures();
    return new AgentStatus(
        identity,
        heartbeats.engineInfo(),
        startedAt,
        watch.connectedSince(),
        heartbeats.engineAnswers(),
        watch.lastError(),
        lanes.isKafkaReachable(),
        lanes.kafkaError(),
        lanes.haveRoom(),
        lanes.hasDiskFailed(),
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
    return lanes.snapshots();
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
