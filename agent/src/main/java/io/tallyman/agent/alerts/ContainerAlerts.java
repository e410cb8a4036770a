package io.tallyman.agent.alerts;

import io.tallyman.agent.identity.AgentIdentity;
import io.tallyman.agent.identity.RecordSequence;
import io.tallyman.agent.inventory.Inventory;
import io.tallyman.agent.inventory.KnownContainer;
import io.tallyman.agent.publish.Acceptance;
import io.tallyman.agent.publish.Lane;
import io.tallyman.agent.publish.OutgoingRecord;
import io.tallyman.agent.stats.StatsOutput;
import io.tallyman.schemas.Topics;
import io.tallyman.v1.ContainerAlert;
import io.tallyman.v1.ContainerStats;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the readings that pass through it, and tells on the lane of events when a container uses
 * more than its labels allow, and when it does so no more: once each per episode.
 *
 * <p>Readings are handed on first and judged on a thread of its own; those between ticks are not
 * judged. An episode is on disk before the lane gets its record. A record that the lane refuses is
 * offered again, so none is lost while the disk is full; after a crash between the lane's answer
 * and the next write it is offered once more, with the same identity. {@link StatsOutput} is safe
 * from any thread and never blocks.
 */
public final class ContainerAlerts implements StatsOutput, AutoCloseable {

  /** Readings that wait to be judged; beyond that they are not. */
  static final int MAX_WAITING = 20_000;

  /** How often it is looked after containers that are gone and records that were refused. */
  static final Duration ROUND = Duration.ofSeconds(1);

  /** After a refusal nothing is offered for this long. */
  static final Duration REFUSED_PAUSE = Duration.ofSeconds(5);

  /** How long {@link #close} waits for the lane's answers. */
  static final Duration CLOSE_WAIT = Duration.ofMillis(500);

  private static final Logger log = LoggerFactory.getLogger(ContainerAlerts.class);

  private final StatsOutput next;
  private final Inventory inventory;
  private final AgentIdentity identity;
  private final RecordSequence sequence;
  private final Lane lane;
  private final EpisodeFile file;
  private final Set<Mechanism> off;
  private final Duration interval;
  private final Clock clock;
  private final LinkedBlockingQueue<Input> inputs = new LinkedBlockingQueue<>();
  private final Set<String> offered = new HashSet<>();
  private final Set<String> warned = new HashSet<>();
  private final Thread thread;
  private Episodes episodes;
  private Instant quietUntil = Instant.MIN;
  private boolean unwritten;
  private volatile int open;
  private boolean closed;

  private sealed interface Input {
    record Judge(Reading reading) implements Input {}

    record Answer(ContainerAlert alert, Acceptance acceptance) implements Input {}

    record Stop() implements Input {}
  }

  /**
   * Makes one that judges nothing before {@link #start}.
   *
   * @param next gets every reading
   * @param lane the one of events
   * @param directory where open episodes are kept
   * @param interval time between two ticks
   */
  public ContainerAlerts(
      StatsOutput next,
      Inventory inventory,
      AgentIdentity identity,
      RecordSequence sequence,
      Lane lane,
      Path directory,
      Duration interval,
      Clock clock) {
    this(next, inventory, identity, sequence, lane, directory, interval, clock, Set.of());
  }

  ContainerAlerts(
      StatsOutput next,
      Inventory inventory,
      AgentIdentity identity,
      RecordSequence sequence,
      Lane lane,
      Path directory,
      Duration interval,
      Clock clock,
      Set<Mechanism> off) {
    this.next = next;
    this.inventory = inventory;
    this.identity = identity;
    this.sequence = sequence;
    this.lane = lane;
    this.file = new EpisodeFile(directory.resolve("alerts.avro"), off);
    this.off = off;
    this.interval = interval;
    this.clock = clock;
    this.episodes = new Episodes(identity, List.of(), off);
    this.thread = Thread.ofPlatform().daemon().name("tallyman-alerts").unstarted(this::run);
  }

  /** Takes up the episodes of an earlier run and begins to judge. */
  public void start() {
    load();
    thread.start();
  }

  /** Number of episodes that have not ended. */
  public int open() {
    return open;
  }

  @Override
  public void reading(ContainerStats.Builder stats) {
    next.reading(stats);
    Instant tick = stats.getTick();
    KnownContainer container = inventory.find(stats.getContainerId());
    if (tick == null || container == null || container.thresholds().isEmpty()) {
      return;
    }
    if (inputs.size() < MAX_WAITING) {
      inputs.add(
          new Input.Judge(
              new Reading(
                  stats.getContainerId(),
                  tick,
                  stats.getSampledAt(),
                  stats.getCpu() == null ? null : stats.getCpu().getPercent(),
                  stats.getMemory() == null ? null : stats.getMemory().getPercent())));
    }
  }

  @Override
  public void ticksMissed(Instant from, Instant to, long ticks) {
    next.ticksMissed(from, to, ticks);
  }

  @Override
  public void sweepsFailed(Instant from, Instant to, long lost) {
    next.sweepsFailed(from, to, lost);
  }

  private void run() {
    long nextRoundNanos = System.nanoTime();
    try {
      while (!closed || !inputs.isEmpty() || !offered.isEmpty()) {
        Input input = inputs.poll(ROUND.toMillis(), TimeUnit.MILLISECONDS);
        safely(() -> {
          for (Input each = input; each != null; each = inputs.poll()) {
            take(each);
          }
        });
        if (System.nanoTime() - nextRoundNanos >= 0) {
          nextRoundNanos = System.nanoTime() + ROUND.toNanos();
          safely(this::round);
        }
        safely(this::tell);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** One container that cannot be judged must not end the judging of the others. */
  @SuppressWarnings("CatchAndPrintStackTrace")
  private static void safely(Runnable step) {
    try {
      step.run();
    } catch (RuntimeException e) {
      log.error("A reading could not be judged", e);
    }
  }

  private void take(Input input) {
    switch (input) {
      case Input.Judge(Reading reading) -> {
        KnownContainer container = inventory.find(reading.containerId());
        if (container != null) {
          episodes.judge(container, reading);
        }
      }
      case Input.Answer(ContainerAlert alert, Acceptance acceptance) -> {
        offered.remove(alert.getAlertId());
        switch (acceptance) {
          case ACCEPTED -> episodes.told(alert);
          case REFUSED -> quietUntil = clock.instant().plus(REFUSED_PAUSE);
        }
      }
      case Input.Stop() -> closed = true;
    }
  }

  private void round() {
    if (!inventory.isComplete()) {
      return;
    }
    List<KnownContainer> collected = inventory.collected();
    collected.forEach(this::warnOfMistakes);
    warned.removeIf(id -> inventory.find(id) == null);
    long nowMillis = clock.millis();
    episodes.endWithout(
        collected, Instant.ofEpochMilli(nowMillis - nowMillis % interval.toMillis()));
  }

  /** Values are not logged: whoever runs a container decides what is in them. */
  private void warnOfMistakes(KnownContainer container) {
    if (!container.thresholds().mistakes().isEmpty() && warned.add(container.id())) {
      log.warn(
          "{} of container {} cannot be obeyed: it takes a percentage above 0, such as 80",
          String.join(" and ", container.thresholds().mistakes()),
          container.id());
    }
  }

  /** Writes first what has changed, then offers what was not told. */
  private void tell() {
    open = episodes.open();
    if (episodes.takeChanged() || unwritten) {
      write();
    }
    if (closed || clock.instant().isBefore(quietUntil)) {
      return;
    }
    for (ContainerAlert alert : episodes.untold()) {
      if (offered.add(alert.getAlertId())) {
        offer(alert);
      }
    }
  }

  private void offer(ContainerAlert alert) {
    ContainerAlert numbered =
        ContainerAlert.newBuilder(alert)
            .setAgentId(identity.agentId())
            .setIncarnation(identity.incarnation())
            .setSequence(sequence.next())
            .build();
    Instant decidedAt = alert.getTick() == null ? alert.getSince() : alert.getTick();
    var _ =
        lane.offer(
                new OutgoingRecord(
                    Topics.ALERTS.name(),
                    identity.hostId(),
                    numbered,
                    decidedAt,
                    identity.hostId()))
            .thenAccept(acceptance -> inputs.add(new Input.Answer(alert, acceptance)));
  }

  private void load() {
    try {
      episodes = new Episodes(identity, file.read(), off);
      open = episodes.open();
    } catch (IOException e) {
      log.warn("Alerts that an earlier run raised will not be cleared: {}", e.getMessage());
    }
  }

  /** Without the file alerts go out all the same, but a restart may raise them anew. */
  private void write() {
    try {
      file.write(episodes.all());
      unwritten = false;
    } catch (IOException e) {
      if (!unwritten) {
        log.warn("Cannot keep open alerts on disk; trying again", e);
      }
      unwritten = true;
    }
  }

  /** Ends the judging; episodes that are open stay so, for the next run. */
  @Override
  public void close() {
    inputs.add(new Input.Stop());
    try {
      thread.join(CLOSE_WAIT);
      thread.interrupt();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
