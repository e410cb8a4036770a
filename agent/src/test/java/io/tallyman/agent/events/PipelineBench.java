package io.tallyman.agent.events;

import io.tallyman.agent.engine.EngineEvent;
import io.tallyman.agent.identity.AgentIdentity;
import io.tallyman.agent.identity.RecordSequence;
import io.tallyman.agent.inventory.Glob;
import io.tallyman.agent.inventory.Inventory;
import io.tallyman.agent.inventory.LabelPolicy;
import io.tallyman.agent.inventory.Selection;
import io.tallyman.agent.publish.Acceptance;
import io.tallyman.agent.publish.Lane;
import io.tallyman.agent.publish.OutgoingRecord;
import io.tallyman.v1.ContainerEvent;
import io.tallyman.v1.ContainerState;
import io.tallyman.v1.Origin;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The pipeline with all its parts on the test's thread, a scripted engine and a clock by hand. */
final class PipelineBench {

  static final Instant T0 = Instant.parse("2026-03-01T12:00:00Z");
  static final String HOST = "host-1";

  final ScriptedEngine engine = new ScriptedEngine();
  final HandClock clock = new HandClock();
  final EventFigures figures = new EventFigures();
  final RecordingLane lane = new RecordingLane();
  final List<String> readNow = new ArrayList<>();
  final Inventory inventory;
  int reopened;
  int roundsAsked;

  private final Mailbox mailbox = new Mailbox();
  private final Inspections inspections =
      new Inspections(engine, mailbox, Runnable::run, clock::nanos, figures);
  private final Reconciler reconciler =
      new Reconciler(engine, mailbox, T0, clock, Runnable::run, figures, () -> reopened++);
  private final Reconciliation reconciliation;

  PipelineBench() {
    this(Selection.ALL, null);
  }

  PipelineBench(Selection selection) {
    this(selection, null);
  }

  /** Keeps what outlives an agent in {@code kept}; null to keep nothing. */
  PipelineBench(Selection selection, @Nullable Path kept) {
    inventory =
        new Inventory(
            new LabelPolicy(List.of(new Glob("com.docker.compose.*")), true, 256, List.of()),
            selection);
    RecordMapper mapper = new RecordMapper(new AgentIdentity(HOST, "box", "agent-1", 3, "run-1"));
    RecordSequence sequence = new RecordSequence();
    States states =
        new States(mapper, sequence, lane, HOST, clock, figures, new PublishedContainers(kept));
    EventPipeline pipeline =
        new EventPipeline(
            inventory,
            mapper,
            sequence,
            HOST,
            lane,
            states,
            inspections,
            readNow::add,
            clock,
            figures);
    reconciliation =
        new Reconciliation(
            pipeline,
            inventory,
            states,
            inspections,
            new Reconciliation.Rounds() {
              @Override
              public void soon() {
                roundsAsked++;
              }

              @Override
              public void reopenStream() {
                reopened++;
              }
            },
            clock,
            figures);
  }

  /** Opens the stream and takes the first list. */
  PipelineBench started() {
    openStream();
    round();
    return this;
  }

  void openStream() {
    put(new Message.StreamOpened(clock.instant()));
    drain();
  }

  /** A list and a read of the engine's memory, as the reconciler does them. */
  void round() {
    try {
      reconciler.round();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    drain();
  }

  /** The engine logs an event now, and the stream brings it. */
  void happens(String action, String id, String... attributes) {
    brings(logged(action, id, attributes));
  }

  /** The engine logs an event now; the stream does not bring it. */
  EngineEvent logged(String action, String id, String... attributes) {
    EngineEvent event = event(clock.instant(), action, id, attributes);
    engine.ring.add(event);
    return event;
  }

  void brings(EngineEvent event) {
    put(new Message.Observed(event, Origin.LIVE));
    drain();
  }

  /** Brings an event to the mailbox, where it stays for now. */
  void queues(EngineEvent event) {
    put(new Message.Observed(event, Origin.LIVE));
  }

  void passes(Duration time) {
    clock.now = clock.now.plus(time);
    drain();
  }

  static EngineEvent event(Instant at, String action, String id, String... attributes) {
    Map<String, String> all = new HashMap<>();
    all.put("name", "name-of-" + id);
    all.put("image", "busybox");
    for (int i = 0; i < attributes.length; i += 2) {
      all.put(attributes[i], attributes[i + 1]);
    }
    return new EngineEvent(Nanos.of(at), action, id, all);
  }

  private void put(Message message) {
    try {
      mailbox.put(message);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  void drain() {
    inspections.beginDue();
    for (Message next = mailbox.poll(); next != null; next = mailbox.poll()) {
      reconciliation.handle(next);
    }
  }

  void republish() {
    reconciliation.republish();
  }

  List<ContainerEvent> events() {
    return lane.records.stream()
        .filter(r -> r.value() instanceof ContainerEvent)
        .map(r -> (ContainerEvent) r.value())
        .toList();
  }

  List<String> rawActions() {
    return events().stream().map(ContainerEvent::getRawAction).toList();
  }

  ContainerEvent lastEvent() {
    return events().getLast();
  }

  List<ContainerState> states(String id) {
    return lane.records.stream()
        .filter(r -> r.value() instanceof ContainerState && r.key().equals(id))
        .map(r -> (ContainerState) r.value())
        .toList();
  }

  ContainerState lastState(String id) {
    return states(id).getLast();
  }

  /** True when the last record of the container on the topic of states is a tombstone. */
  boolean isBuried(String id) {
    return lane.records.stream()
            .filter(r -> r.topic().equals("docker.containers.v1") && r.key().equals(id))
            .toList()
            .getLast()
            .value()
        == null;
  }

  /** Keeps what it is offered. */
  static final class RecordingLane implements Lane {
    final List<OutgoingRecord> records = new ArrayList<>();

    @Override
    public CompletableFuture<Acceptance> offer(OutgoingRecord record) {
      records.add(record);
      return CompletableFuture.completedFuture(Acceptance.ACCEPTED);
    }

    @Override
    public LaneSnapshot snapshot() {
      return new LaneSnapshot("events", records.size(), 0, records.size(), 0, 0, 0, 0);
    }

    @Override
    public void close() {}
  }

  /** Stands still until it is moved. */
  static final class HandClock extends Clock {
    Instant now = T0;

    long nanos() {
      return Nanos.of(now);
    }

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(@Nullable ZoneId zone) {
      return this;
    }
  }
}
