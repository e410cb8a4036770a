package io.tallyman.agent.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.tallyman.agent.spool.Issued.Promise;
import io.tallyman.agent.spool.SpoolSettings.WhenFull;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * A random life of a spool on a {@link ModelFileSystem}, all of it determined by a seed, and the
 * promises that must hold whatever happens: what was accepted is read back, equal and in order,
 * until it is committed or shed; nothing else is; the spool always opens again; the counts add up.
 */
final class SpoolScenario {

  static final Path DIRECTORY = Path.of("/data/agent/spool/events");
  private static final int STEPS = 60;

  private final Random random;
  private final ModelFileSystem files;
  private final Set<Mechanism> off;
  private final SpoolSettings settings;
  private final boolean damaging;
  private final List<Issued> issued = new ArrayList<>();
  private final List<Damage> damage = new ArrayList<>();
  private final Set<String> flipped = new HashSet<>();
  private final List<SpooledRecord> ahead = new ArrayList<>();
  private final StringBuilder story = new StringBuilder();
  private Spool spool;
  private SpoolReader reader;
  private long nanos;
  private int flips;

  /** What was refused may be there again at the next start if the disk let nobody remove it. */
  private boolean faulty;

  /** What the world does to the spool besides losing power. */
  enum World {
    CRASHES,
    CRASHES_AND_FAULTS,
    BIT_FLIPS
  }

  private final World world;

  @SuppressWarnings("NullAway") // run() begins by opening the spool
  SpoolScenario(long seed, World world, Set<Mechanism> off) {
    this.random = new Random(seed);
    this.files = new ModelFileSystem(random);
    this.off = off;
    this.world = world;
    this.damaging = world == World.BIT_FLIPS;
    this.settings = settings(random.nextInt(3) == 0 ? WhenFull.SHED_OLDEST : WhenFull.REFUSE);
  }

  static SpoolSettings settings(WhenFull whenFull) {
    return new SpoolSettings(
        "model",
        DIRECTORY,
        16_000,
        400,
        2_500,
        1_500,
        4_000,
        Duration.ofMillis(20),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        whenFull);
  }

  static void run(long seed, World world, Set<Mechanism> off) {
    SpoolScenario scenario = new SpoolScenario(seed, world, off);
    try {
      scenario.run();
    } catch (Exception | AssertionError e) {
      throw new AssertionError(
          world + " seed " + seed + ": " + e.getMessage() + "\n" + scenario.story, e);
    }
  }

  private void run() throws IOException {
    open();
    for (int step = 0; step < STEPS; step++) {
      try {
        step();
      } catch (ModelFaults.PowerLoss e) {
        crash(true);
      }
    }
    files.faults().clear();
    crash(random.nextBoolean());
  }

  private void step() throws IOException {
    nanos += random.nextInt(60) * 1_000_000L;
    switch (random.nextInt(22)) {
      case 0, 1, 2, 3, 4, 5, 6, 7 -> append();
      case 8, 9, 10, 11, 12 -> commitPending();
      case 13, 14, 15 -> read();
      case 16, 17 -> commit();
      case 18 -> verify();
      case 19 -> reopenCleanly();
      case 20 -> crash(random.nextBoolean());
      default -> trouble();
    }
    settle();
  }

  private void append() {
    Issued next = new Issued(issued.size(), random.nextInt(random.nextInt(20) == 0 ? 3_000 : 700));
    issued.add(next);
    tell("append " + next.id());
    next.handedOver(
        random.nextInt(20) == 0
            ? spool.appendReserved(next.record())
            : spool.append(next.record()));
  }

  private void commitPending() {
    tell("sync");
    spool.commitPending();
    settle();
    assertThat(spool.snapshot().queued()).isZero();
    assertThat(spool.snapshot().bytes()).isLessThanOrEqualTo(settings.maxBytes());
  }

  private void read() {
    try {
      SpoolBatch batch = reader.read(1 + random.nextInt(10), 1 + random.nextInt(4_000));
      damage.addAll(batch.damage());
      batch.records().forEach(record -> seen(record, ahead));
    } catch (IOException e) {
      tell("read fails");
      rewind();
    }
  }

  private void rewind() {
    ahead.clear();
    reader = spool.reader();
  }

  private void commit() {
    if (ahead.isEmpty()) {
      return;
    }
    List<SpooledRecord> done = ahead.subList(0, 1 + random.nextInt(ahead.size()));
    tell("commit " + done.getLast().sequence());
    done.forEach(each -> issued.get(Issued.idOf(each.record())).promise(Promise.COMMITTED));
    reader.commit(done.getLast().sequence());
    done.clear();
  }

  private void seen(SpooledRecord found, List<SpooledRecord> before) {
    int id = Issued.idOf(found.record());
    assertThat(id).as("a record that nobody appended").isLessThan(issued.size());
    Issued it = issued.get(id);
    assertThat(found.record()).as("record %s", it).isEqualTo(it.record());
    assertThat(it.promise()).as("record %s", it).isNotIn(Promise.REFUSED, Promise.SHED);
    if (!before.isEmpty()) {
      assertThat(found.sequence()).isGreaterThan(before.getLast().sequence());
      assertThat(id).isGreaterThan(Issued.idOf(before.getLast().record()));
    }
    if (it.promise() == Promise.NONE) {
      it.sequence(found.sequence());
    }
    before.add(found);
  }

  /** Reads everything with a reader of its own, on a disk that works. */
  private void verify() throws IOException {
    files.faults().clear();
    SpoolReader all = spool.reader();
    List<SpooledRecord> found = new ArrayList<>();
    for (SpoolBatch batch = all.read(50, 10_000); !batch.isEmpty(); batch = all.read(50, 10_000)) {
      damage.addAll(batch.damage());
      batch.records().forEach(record -> seen(record, found));
    }
    Set<Integer> ids = Set.copyOf(found.stream().map(f -> Issued.idOf(f.record())).toList());
    List<Issued> missing =
        issued.stream().filter(it -> it.expected() && !ids.contains(it.id())).toList();
    if (damaging && missing.size() <= flips) {
      missing.forEach(this::reportedAsDamaged);
      flips -= missing.size();
    } else {
      assertThat(missing).as("accepted records that are not there").isEmpty();
    }
    SpoolSnapshot counts = spool.snapshot();
    assertThat(counts.spooled()).as("spooled of %s", counts).isEqualTo(found.size());
    assertThat(counts.offered() + counts.inherited())
        .as("identity of %s", counts)
        .isEqualTo(
            counts.committed()
                + counts.spooled()
                + counts.queued()
                + counts.refused()
                + counts.shed()
                + counts.corrupted()
                + counts.rejected());
  }

  private void reportedAsDamaged(Issued missing) {
    assertThat(damage).as("damage that tells of %s", missing).anyMatch(it -> covers(it, missing));
    missing.promise(Promise.DAMAGED);
  }

  private static boolean covers(Damage damage, Issued issued) {
    return switch (damage) {
      case Damage.Corruption c ->
          c.fromSequence() <= issued.sequence() && issued.sequence() <= c.toSequence();
      case Damage.TornTail t -> t.fromSequence() <= issued.sequence();
    };
  }

  private void reopenCleanly() throws IOException {
    tell("close");
    spool.close();
    settle();
    if (faulty) {
      issued.forEach(Issued::crashed);
    }
    open();
  }

  private void crash(boolean power) throws IOException {
    tell(power ? "power loss" : "kill");
    issued.forEach(Issued::crashed);
    if (power) {
      files.losePower();
    } else {
      files.kill();
    }
    if (damaging && random.nextBoolean()) {
      flip();
    }
    open();
  }

  private void open() throws IOException {
    try {
      spool = Spool.openManual(settings, listener(), files, off, () -> nanos, random);
    } catch (ModelFaults.PowerLoss e) {
      tell("power fails at open");
      files.losePower();
      spool = Spool.openManual(settings, listener(), files, off, () -> nanos, random);
    } catch (IOException e) {
      tell("open fails");
      files.kill();
      spool = Spool.openManual(settings, listener(), files, off, () -> nanos, random);
    }
    RecoveryReport report = spool.recovery();
    tell("open " + report);
    damage.addAll(report.damage());
    if (!damaging) {
      report.damage().forEach(this::nothingAccepted);
    }
    assertThat(report.cursorLost()).isFalse();
    rewind();
    verify();
    if (report.damage().stream().anyMatch(Damage.TornTail.class::isInstance)) {
      cutTailIsNotReportedAgain();
    }
  }

  private void nothingAccepted(Damage found) {
    if (issued.stream().anyMatch(it -> it.acceptedOnce() && covers(found, it))) {
      fail("reported as lost though nothing was damaged: " + found);
    }
  }

  private void cutTailIsNotReportedAgain() throws IOException {
    files.kill();
    spool = Spool.openManual(settings, listener(), files, off, () -> nanos, random);
    assertThat(spool.recovery().damage()).noneMatch(Damage.TornTail.class::isInstance);
    rewind();
  }

  private SpoolListener listener() {
    return new SpoolListener() {
      @Override
      public void shed(Shed shed) {
        tell("shed " + shed);
        settle();
        List<Issued> gone =
            issued.stream()
                .filter(it -> it.promise() == Promise.ACCEPTED || it.promise() == Promise.NONE)
                .filter(it -> it.sequence() >= shed.fromSequence())
                .filter(it -> it.sequence() <= shed.toSequence())
                .toList();
        if (!damaging) {
          assertThat(gone).hasSize((int) shed.records());
        }
        gone.forEach(it -> it.promise(Promise.SHED));
      }

      @Override
      public void damaged(Damage found) {
        damage.add(found);
        if (!damaging) {
          nothingAccepted(found);
        }
      }
    };
  }

  private void trouble() {
    if (damaging) {
      flip();
      return;
    }
    if (world == World.CRASHES || random.nextInt(3) == 0) {
      int in = 1 + random.nextInt(15);
      tell("power fails in " + in + " calls");
      files.faults().powerFailsIn(in);
      return;
    }
    faulty = true;
    switch (random.nextInt(5)) {
      case 0 -> files.faults().nextForceFails();
      case 1 -> files.faults().full(true);
      case 2 -> files.faults().noSpaceIn(1 + random.nextInt(12));
      case 3 -> files.faults().ioFailsIn(1 + random.nextInt(12));
      default -> files.faults().clear();
    }
    tell("trouble");
  }

  private void flip() {
    List<Path> segments = files.named(".frames");
    if (segments.isEmpty()) {
      return;
    }
    Path segment = segments.get(random.nextInt(segments.size()));
    byte[] content = files.content(segment);
    if (content.length > 0) {
      int at = random.nextInt(content.length);
      if (!flipped.add(segment + " " + at)) {
        return; // A bit that flips back heals what was reported as lost.
      }
      content[at] ^= (byte) (1 << random.nextInt(8));
      files.replace(segment, content);
      flips++;
      tell("flip " + segment.getFileName() + " at " + at);
    }
  }

  private void settle() {
    issued.forEach(Issued::settle);
  }

  private void tell(String what) {
    story.append(what).append('\n');
  }
}
