package io.tallyman.agent.events;

import io.tallyman.agent.JumpingClock;
import io.tallyman.agent.engine.DockerEngine;
import io.tallyman.agent.engine.DockerJavaEngine;
import io.tallyman.agent.engine.EngineEndpoint;
import io.tallyman.agent.gaps.Gaps;
import io.tallyman.agent.identity.AgentIdentity;
import io.tallyman.agent.identity.RecordSequence;
import io.tallyman.agent.inventory.Inventory;
import io.tallyman.agent.inventory.LabelPolicy;
import io.tallyman.agent.inventory.Selection;
import io.tallyman.agent.publish.Acceptance;
import io.tallyman.agent.publish.Lane;
import io.tallyman.agent.publish.OutgoingRecord;
import io.tallyman.schemas.EventIds;
import io.tallyman.simulator.ContainerSpec;
import io.tallyman.simulator.SimulatedEngine;
import io.tallyman.simulator.SimulatorConfig;
import io.tallyman.v1.Action;
import io.tallyman.v1.ContainerEvent;
import io.tallyman.v1.ContainerState;
import io.tallyman.v1.GapReason;
import io.tallyman.v1.Stream;
import io.tallyman.v1.StreamGap;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;

/** Runs of a watch on one engine, one after the other, with a lane that the test decides for. */
final class WatchRig implements AutoCloseable {

  static final String HOST = "host-1";

  /** As normal, but for a test that cannot wait as long. */
  static final Pace QUICK =
      new Pace(
          Duration.ofMillis(200),
          Duration.ofMillis(500),
          Duration.ofMillis(600),
          Duration.ofMillis(100));

  private static final Duration READY_LIMIT = Duration.ofMinutes(1);

  final DecidingLane lane = new DecidingLane();
  final Gaps gaps = new Gaps(HOST, lane);
  final Queue<String> readNow = new ConcurrentLinkedQueue<>();
  Duration patience = Duration.ofSeconds(10);
  Duration sweepInterval = Duration.ofSeconds(5);
  Pace pace = QUICK;

  private final SimulatedEngine simulator;
  private final DockerEngine engine;
  private final Path directory;
  private final Set<Mechanism> off;
  final JumpingClock clock;
  private final Queue<String> issued = new ConcurrentLinkedQueue<>();
  private @Nullable ContainerWatch watch;
  private long incarnation;

  private WatchRig(
      SimulatedEngine simulator,
      DockerEngine engine,
      Path directory,
      Set<Mechanism> off,
      JumpingClock clock) {
    this.simulator = simulator;
    this.engine = engine;
    this.directory = directory;
    this.off = off;
    this.clock = clock;
  }

  /** On a simulated engine. */
  static WatchRig simulated(
      Path directory, Set<Mechanism> off, SimulatorConfig config, JumpingClock clock) {
    SimulatedEngine simulator = SimulatedEngine.start(config);
    DockerEngine engine = new DockerJavaEngine(EngineEndpoint.of(simulator.dockerHost()));
    WatchRig rig = new WatchRig(simulator, engine, directory, off, clock);
    simulator.observe(event -> {
      if (event.type().equals("container") && Actions.of(event.action()) != null) {
        String oldName = event.attributes().get("oldName");
        rig.issued.add(
            EventIds.eventId(
                HOST,
                event.timeNanos(),
                event.action(),
                event.actorId(),
                oldName == null ? null : oldName.substring(1)));
      }
    });
    return rig;
  }

  SimulatedEngine simulator() {
    return simulator;
  }

  ContainerWatch watch() {
    if (watch == null) {
      throw new IllegalStateException("no watch runs");
    }
    return watch;
  }

  /** Starts a run, and waits for its stream and its first comparison. */
  WatchRig start() {
    incarnation++;
    ContainerWatch started =
        new ContainerWatch(
            engine,
            new Inventory(new LabelPolicy(List.of(), true, 256, List.of()), Selection.ALL),
            new AgentIdentity(HOST, "box", "agent-1", incarnation, "run-" + incarnation),
            new RecordSequence(),
            lane,
            gaps,
            readNow::add,
            sweepInterval,
            directory,
            clock,
            pace,
            off);
    watch = started;
    started.start();
    untilReady(() -> started.connectedSince() != null && started.figures().rounds() > 0);
    return this;
  }

  /** Ends a run in good order. */
  void stop() {
    watch().close();
    watch = null;
  }

  /** Ends a run as if the process had been killed: what it keeps at its end does not count. */
  void crash() {
    try {
      Path kept = directory.resolve("watch");
      Path saved = directory.resolve("saved");
      Files.deleteIfExists(saved);
      try {
        Files.copy(kept, saved);
      } catch (NoSuchFileException e) {
        stop();
        Files.deleteIfExists(kept);
        return;
      }
      stop();
      Files.move(saved, kept, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits for so many attempts to open the stream again, one way or another. */
  void untilReconnects(int more) {
    long before = watch().figures().reconnects();
    untilReady(() -> watch().figures().reconnects() > before + more);
  }

  String run(String name) {
    return simulator().run(ContainerSpec.named(name).build());
  }

  /** The engine ends the stream and takes no other until {@link #reconnect}. */
  void disconnect() {
    simulator().faults().forbid(io.tallyman.simulator.Call.EVENTS);
    simulator().cutStreams();
    untilReady(() -> watch().connectedSince() == null);
  }

  void reconnect() {
    simulator().faults().clear();
    untilReady(() -> watch().connectedSince() != null);
  }

  /** Waits until all that was told so far would be known after a crash. */
  void untilKept() {
    Set<String> told = Set.copyOf(toldIds());
    CheckpointFile kept = new CheckpointFile(directory.resolve("watch"));
    until(
        () -> Files.exists(directory.resolve("watch")) && kept.read().eventIds().containsAll(told));
  }

  /** Waits for two more comparisons. */
  void untilQuiet() {
    long before = watch().figures().rounds();
    until(() -> watch().figures().rounds() >= before + 2);
  }

  /** Waits for what a scenario needs and does not judge: its failure is not the scenario's. */
  private static void untilReady(Callable<Boolean> condition) {
    try {
      Awaitility.await().atMost(READY_LIMIT).pollInterval(Duration.ofMillis(10)).until(condition);
    } catch (ConditionTimeoutException e) {
      throw new IllegalStateException("the watch did not get ready", e);
    }
  }

  void until(Callable<Boolean> condition) {
    Awaitility.await().atMost(patience).pollInterval(Duration.ofMillis(10)).until(condition);
  }

  /** Identifiers of all lifecycle events that the engine has logged. */
  List<String> issued() {
    return List.copyOf(issued);
  }

  List<String> toldIds() {
    return events().stream().map(ContainerEvent::getEventId).toList();
  }

  List<ContainerEvent> events() {
    return lane.taken(ContainerEvent.class);
  }

  List<ContainerEvent> events(String containerId, Action action) {
    return events().stream()
        .filter(e -> e.getContainerId().equals(containerId) && e.getAction() == action)
        .toList();
  }

  ContainerEvent untilEvent(String containerId, Action action) {
    until(() -> !events(containerId, action).isEmpty());
    return events(containerId, action).getFirst();
  }

  List<StreamGap> gaps(Stream stream) {
    return lane.taken(StreamGap.class).stream().filter(g -> g.getStream() == stream).toList();
  }

  StreamGap untilGap(Stream stream, GapReason reason) {
    Predicate<StreamGap> wanted = gap -> gap.getReason() == reason;
    until(() -> gaps(stream).stream().anyMatch(wanted));
    return gaps(stream).stream().filter(wanted).findFirst().orElseThrow();
  }

  @Nullable ContainerState lastState(String containerId) {
    List<OutgoingRecord> states =
        lane.records.stream()
            .filter(r -> r.topic().equals("docker.containers.v1") && r.key().equals(containerId))
            .toList();
    return states.isEmpty() ? null : (ContainerState) states.getLast().value();
  }

  @Override
  public void close() {
    lane.decideAll();
    if (watch != null) {
      watch.close();
    }
    engine.close();
    simulator.close();
  }

  /** Accepts at once, refuses, or leaves it open, as it is told. */
  static final class DecidingLane implements Lane {
    final Queue<OutgoingRecord> records = new ConcurrentLinkedQueue<>();
    private final Queue<CompletableFuture<Acceptance>> open = new ConcurrentLinkedQueue<>();
    volatile boolean full;
    volatile boolean hesitant;

    @Override
    public CompletableFuture<Acceptance> offer(OutgoingRecord record) {
      if (full) {
        return CompletableFuture.completedFuture(Acceptance.REFUSED);
      }
      records.add(record);
      CompletableFuture<Acceptance> decision = new CompletableFuture<>();
      if (hesitant) {
        open.add(decision);
      } else {
        decision.complete(Acceptance.ACCEPTED);
      }
      return decision;
    }

    @Override
    public CompletableFuture<Acceptance> offerReserved(OutgoingRecord record) {
      records.add(record);
      return CompletableFuture.completedFuture(Acceptance.ACCEPTED);
    }

    /** Accepts what was left open, and is quick from now on. */
    void decideAll() {
      hesitant = false;
      for (var next = open.poll(); next != null; next = open.poll()) {
        next.complete(Acceptance.ACCEPTED);
      }
    }

    <T> List<T> taken(Class<T> type) {
      return records.stream()
          .map(OutgoingRecord::value)
          .filter(type::isInstance)
          .map(type::cast)
          .toList();
    }

    @Override
    public LaneSnapshot snapshot() {
      return new LaneSnapshot("events", records.size(), 0, records.size(), 0, 0, 0, 0);
    }

    @Override
    public void close() {}
  }
}
