package io.tallyman.agent.spool;

import io.tallyman.agent.spool.SpoolSettings.WhenFull;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** A spool on a model file system whose clock and commits a test drives. */
final class ModelSpool implements SpoolListener {

  private static final int AT_ONCE = 8;

  final ModelFileSystem files = new ModelFileSystem(new Random(7));
  final List<Shed> shed = new ArrayList<>();
  final List<Damage> damage = new ArrayList<>();
  private final SpoolSettings settings;
  private final long saltSeed;
  private final Set<Mechanism> off;
  private long nanos;
  private Spool spool;

  ModelSpool(WhenFull whenFull) throws IOException {
    this(whenFull, 11);
  }

  ModelSpool(WhenFull whenFull, long saltSeed) throws IOException {
    this(whenFull, saltSeed, Set.of());
  }

  ModelSpool(WhenFull whenFull, long saltSeed, Set<Mechanism> off) throws IOException {
    this.saltSeed = saltSeed;
    this.off = off;
    settings = SpoolScenario.settings(whenFull);
    spool = open();
  }

  Spool spool() {
    return spool;
  }

  Spool open() throws IOException {
    spool = Spool.openManual(settings, this, files, off, () -> nanos, new Random(saltSeed));
    return spool;
  }

  void passMillis(long millis) {
    nanos += millis * 1_000_000;
  }

  /** Appends records of these ids and commits, a few at a time; returns what was said of each. */
  List<AppendOutcome> append(int from, int to, int payloadBytes) {
    List<CompletableFuture<AppendOutcome>> outcomes = new ArrayList<>();
    for (int id = from; id < to; id++) {
      outcomes.add(spool.append(Issued.record(id, payloadBytes)));
      if (outcomes.size() % AT_ONCE == 0) {
        spool.commitPending();
      }
    }
    spool.commitPending();
    return outcomes.stream().map(CompletableFuture::join).toList();
  }

  /** Ids of all that a new reader reads. */
  List<Integer> ids() throws IOException {
    return read(spool.reader());
  }

  List<Integer> read(SpoolReader reader) throws IOException {
    List<Integer> ids = new ArrayList<>();
    for (SpoolBatch batch = reader.read(100, 1 << 20);
        !batch.isEmpty();
        batch = reader.read(100, 1 << 20)) {
      damage.addAll(batch.damage());
      batch.records().forEach(found -> ids.add(Issued.idOf(found.record())));
    }
    return ids;
  }

  List<Path> segments() {
    return files.named(".frames");
  }

  @Override
  public void shed(Shed gone) {
    shed.add(gone);
  }

  @Override
  public void damaged(Damage found) {
    damage.add(found);
  }
}
