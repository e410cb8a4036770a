package io.tallyman.agent.events;

import io.tallyman.agent.engine.EngineEvent;
import io.tallyman.agent.gaps.Gaps;
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
import io.tallyman.v1.StreamGap;
import java.io.IOException;
import java.io.UncheckedIOException;
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
import java.util.Set;
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
  int auditsAsked;

  private final Rounds rounds =
      new Rounds() {
        @Override
        public void soon() {
          roundsAsked++;
        }

        @Override
        public void auditSoon() {
          auditsAsked++;
        }

        @Override
        public void reopenStream() {
          reopened++;
        }
      };

  private final RecordingLane gapLane = new RecordingLane();
  final EventCursor cursor;

  private final Mailbox mailbox = new Mailbox();
  private final Inspections inspections;
  private final RingReader ring = new RingReader(engine, Runnable::run);
  private final Offers offers = new Offers(lane);
  private final Checkpoints checkpoints;
  private final EventPipeline pipeline;
  private final Reconciler reconciler;
  private final Reconciliation reconciliation;
  private final GapJudge judge;

  PipelineBench() {
    this(Selection.ALL, null);
  }

  PipelineBench(Set<Mechanism> off) {
    this(Selection.ALL, null, off, T0);
  }

  PipelineBench(Selection selection) {
    this(selection, null);
  }

  PipelineBench(Selection selection, @Nullable Path kept) {
    this(selection, kept, Set.of(), T0);
  }

  /** Keeps what outlives an agent in {@code directory}; null to keep nothing. */
  PipelineBench(
      Selection selection, @Nullable Path directory, Set<Mechanism> off, Instant startedAt) {
    clock.now = startedAt;
    inspections = new Inspections(engine, mailbox, Runnable::run, clock::nanos, off, figures);
    inventory =
        new Inventory(
            new LabelPolicy(List.of(new Glob("com.docker.compose.*")), true, 256, List.of()),
            selection);
    RecordMapper mapper = new RecordMapper(new AgentIdentity(HOST, "box", "agent-1", 3, "run-1"));
    RecordSequence sequence = new RecordSequence();
    cursor = new EventCursor(clock, startedAt, off);
    checkpoints =
        new Checkpoints(
            directory == null ? null : new CheckpointFile(directory.resolve("watch")),
            cursor,
            offers,
            this::table,
            Runnable::run,
            clock::nanos,
            Pace.NORMAL.checkpoint());
    PublishedContainers published =
        new PublishedContainers(directory == null ? null : directory.resolve("containers"));
    States states = new States(mapper, sequence, offers, HOST, clock, figures, published);
    EventTeller teller =
        new EventTeller(
            mapper, sequence, HOST, offers, cursor, checkpoints::accepted, clock, off, figures);
    pipeline =
        new EventPipeline(
            inventory, teller, states, inspections, readNow::add, clock, off, figures);
    judge = new GapJudge(cursor, inventory, new Gaps(HOST, gapLane), Duration.ofSeconds(5), clock);
    EventIntake intake =
        new EventIntake(pipeline, cursor, offers, checkpoints, judge, rounds, off, figures);
    reconciliation =
        new Reconciliation(
            intake, pipeline, inventory, states, inspections, rounds, clock, off, figures);
    reconciler =
        new Reconciler(
            engine, mailbox, ring, cursor, clock, Pace.NORMAL, off, figures, () -> reopened++);
    if (!off.contains(Mechanism.CURSOR)) {
      resume();
    }
  }

  private Checkpoints.Table table() {
    return pipeline.table();
  }

  private void resume() {
    try {
      Checkpoint last = checkpoints.open();
      if (last != null) {
        cursor.restore(last);
        pipeline.restore(last);
        judge.resume(last);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Opens the stream and takes the first list. */
  PipelineBench started() {
    openStream();
    round();
    return this;
  }

  void openStream() {
    openStream(0);
  }

  /** Opens the stream after so many failures, and looks at the engine's memory. */
  void openStream(int failures) {
    try {
      put(new Message.StreamOpened(clock.instant(), failures));
      put(new Message.RingSeen(clock.instant(), ring.view(clock.instant())));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    drain();
  }

  /** Opens the stream, and cannot look at the engine's memory. */
  void openStreamUnseen() {
    put(new Message.StreamOpened(clock.instant(), 0));
    put(new Message.RingSeen(clock.instant(), null));
    drain();
  }

  /** The stream ends. */
  void closeStream() {
    put(new Message.StreamClosed(clock.instant()));
    drain();
  }

  /** The agent stops in good order. */
  void stop() {
    closeStream();
    checkpoints.close();
  }

  /** Since that moment the engine may have dropped events. */
  void doubts(long fromNanos) {
    reconciler.doubt(fromNanos);
  }

  /** The engine's memory is read. */
  void audit() {
    try {
      reconciler.audit();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
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
    offers.settle();
    checkpoints.keep();
  }

  void republish() {
    reconciliation.republish();
  }

  List<StreamGap> gaps() {
    return gapLane.records.stream().map(r -> (StreamGap) r.value()).toList();
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

    boolean full;

    @Override
    public CompletableFuture<Acceptance> offer(OutgoingRecord record) {
      if (full) {
        return CompletableFuture.completedFuture(Acceptance.REFUSED);
      }
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
