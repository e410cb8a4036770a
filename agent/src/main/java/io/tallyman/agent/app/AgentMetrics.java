package io.tallyman.agent.app;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.tallyman.agent.publish.Lane;
import io.tallyman.v1.GapReason;
import jakarta.inject.Singleton;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/** The agent's figures for Prometheus. Safe from any thread. */
@Singleton
final class AgentMetrics {

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private static final double NANOS_PER_SECOND = 1e9;

  private final AgentParts parts;
  private final Map<String, Lane.LaneSnapshot> lanes = new HashMap<>();

  AgentMetrics(AgentParts parts) {
    this.parts = parts;
    refreshLanes();
    lanes.keySet().forEach(this::lane);
    counter("events", "Events that were new", p -> p.eventFigures().accepted());
    counter("events.deduplicated", "Events that came again", p -> p.eventFigures().deduplicated());
    counter(
        "events.twins.suppressed",
        "Events whose transition had been concluded before",
        p -> p.eventFigures().suppressedTwins());
    counter(
        "events.reconciled", "Events concluded from inspect", p -> p.eventFigures().reconciled());
    counter(
        "events.refused",
        "Events that the lane refused, each time",
        p -> p.eventFigures().refused());
    counter(
        "events.unselected",
        "Events of containers that are not collected",
        p -> p.eventFigures().unselected());
    counter(
        "events.missed.by.stream",
        "Events that only the engine's memory brought",
        p -> p.eventFigures().missedByStream());
    counter("stream.reconnects", "Reopened event streams", p -> p.eventFigures().reconnects());
    counter("inspects", "Inspect calls", p -> p.eventFigures().inspects());
    counter("inspects.failed", "Inspect calls that failed", p -> p.eventFigures().inspectsFailed());
    counter("rounds", "Comparisons with the engine's list", p -> p.eventFigures().rounds());
    counter(
        "rounds.failed",
        "Lists or reads of the engine's memory that failed",
        p -> p.eventFigures().roundsFailed());
    counter("states", "Records of container states", p -> p.eventFigures().statesPublished());
    counter("stats.readings", "Readings taken", p -> p.samplerFigures().reported());
    counter("stats.failed", "Readings that failed", p -> p.samplerFigures().failed());
    counter("stats.ticks", "Sweeps begun", p -> p.samplerFigures().ticks());
    counter("stats.ticks.missed", "Ticks without a sweep", p -> p.samplerFigures().ticksMissed());
    for (GapReason reason : GapReason.values()) {
      if (reason != GapReason.UNKNOWN) {
        gaps(reason);
      }
    }
    FunctionTimer.builder(
            "tallyman.agent.stats.calls",
            parts,
            p -> p.samplerFigures().calls(),
            p -> p.samplerFigures().callNanos(),
            TimeUnit.NANOSECONDS)
        .description("Single calls to the engine for readings")
        .register(registry);
    gauge(
        "stats.sweep.seconds",
        "Time from a tick to the end of its last call",
        p -> p.samplerFigures().sweepNanos() / NANOS_PER_SECOND);
    gauge("containers", "Containers that are known", p -> p.status().containers());
    gauge(
        "containers.collected",
        "Containers of which readings are taken",
        p -> p.status().collected());
    gauge("alerts.open", "Alerts that are raised and not cleared", AgentParts::alertsOpen);
    gauge("pipeline.waiting", "Messages that wait for the pipeline", AgentParts::messagesWaiting);
    gauge(
        "engine.connected",
        "1 while the event stream is open",
        p -> p.status().watchingSince() == null ? 0 : 1);
    gauge(
        "kafka.reachable", "1 while Kafka takes records", p -> p.status().kafkaReachable() ? 1 : 0);
  }

  /** All figures; those of a lane are of one moment. */
  synchronized String scrape() {
    refreshLanes();
    return registry.scrape();
  }

  private void refreshLanes() {
    parts.lanes().forEach(snapshot -> lanes.put(snapshot.lane(), snapshot));
  }

  private void lane(String lane) {
    lane(lane, "observed", Lane.LaneSnapshot::observed);
    lane(lane, "inherited", Lane.LaneSnapshot::inherited);
    lane(lane, "acknowledged", Lane.LaneSnapshot::acknowledged);
    lane(lane, "spooled", Lane.LaneSnapshot::spooled);
    lane(lane, "queued", Lane.LaneSnapshot::queued);
    lane(lane, "dropped", Lane.LaneSnapshot::dropped);
    Gauge.builder(
            "tallyman.agent.lane.spool.bytes",
            lanes,
            all -> figure(all, lane, Lane.LaneSnapshot::spoolBytes))
        .description("Bytes in the spool")
        .tag("lane", lane)
        .register(registry);
  }

  private void lane(String lane, String kind, ToDoubleFunction<Lane.LaneSnapshot> figure) {
    Gauge.builder("tallyman.agent.lane.records", lanes, all -> figure(all, lane, figure))
        .description(
            "Records since the start;"
                + " observed + inherited = acknowledged + spooled + queued + dropped")
        .tag("lane", lane)
        .tag("kind", kind)
        .register(registry);
  }

  private void gaps(GapReason reason) {
    FunctionCounter.builder("tallyman.agent.gaps", parts, p -> p.gaps().total(reason))
        .description("Holes that were told")
        .tag("reason", reason.name())
        .register(registry);
  }

  private static double figure(
      Map<String, Lane.LaneSnapshot> all, String lane, ToDoubleFunction<Lane.LaneSnapshot> figure) {
    Lane.LaneSnapshot snapshot = all.get(lane);
    return snapshot == null ? Double.NaN : figure.applyAsDouble(snapshot);
  }

  private void counter(String name, String description, ToDoubleFunction<AgentParts> figure) {
    FunctionCounter.builder("tallyman.agent." + name, parts, figure)
        .description(description)
        .register(registry);
  }

  private void gauge(String name, String description, ToDoubleFunction<AgentParts> figure) {
    Gauge.builder("tallyman.agent." + name, parts, figure)
        .description(description)
        .register(registry);
  }
}
