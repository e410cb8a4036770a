package io.tallyman.agent.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tallyman.agent.spool.AppendOutcome.Accepted;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The spool with its own thread on a real disk. */
class SpoolDiskTest {

  private static final long CAP_BYTES = 4 << 20;
  private static final int PRODUCERS = 4;
  private static final int EACH = 2_000;

  @TempDir private Path temp;

  @Test
  void manyProducersAndOneReaderLoseNothing() throws Exception {
    SpoolSettings settings = SpoolSettings.events(temp.resolve("a/b/events"), CAP_BYTES);
    try (Spool spool = Spool.open(settings, SpoolListener.NONE);
        ExecutorService producers = Executors.newFixedThreadPool(PRODUCERS)) {
      for (int p = 0; p < PRODUCERS; p++) {
        int producer = p;
        producers.execute(() -> produce(spool, producer));
      }
      List<Integer> found = drain(spool, PRODUCERS * EACH);

      for (int p = 0; p < PRODUCERS; p++) {
        int producer = p;
        assertThat(found.stream().filter(id -> id / EACH == producer))
            .isEqualTo(IntStream.range(p * EACH, (p + 1) * EACH).boxed().toList());
      }
      SpoolSnapshot counts = spool.snapshot();
      assertThat(counts.committed()).isEqualTo(PRODUCERS * EACH);
      assertThat(counts.spooled() + counts.queued() + counts.refused()).isZero();
    }
    try (Spool spool = Spool.open(settings, SpoolListener.NONE)) {
      assertThat(spool.recovery().inheritedRecords()).isZero();
    }
  }

  private static void produce(Spool spool, int producer) {
    List<CompletableFuture<AppendOutcome>> outcomes = new ArrayList<>();
    for (int i = 0; i < EACH; i++) {
      outcomes.add(spool.append(Issued.record(producer * EACH + i, 200)));
      if (i % 100 == 99) {
        assertThat(outcomes).allMatch(o -> o.join() instanceof Accepted);
        outcomes.clear();
      }
    }
  }

  private static List<Integer> drain(Spool spool, int count) throws Exception {
    List<Integer> found = new ArrayList<>();
    SpoolReader reader = spool.reader();
    while (found.size() < count && reader.await(Duration.ofSeconds(30))) {
      SpoolBatch batch = reader.read(500, 1 << 20);
      batch.records().forEach(each -> found.add(Issued.idOf(each.record())));
      if (!batch.records().isEmpty()) {
        reader.commit(batch.records().getLast().sequence());
      }
    }
    return found;
  }

  @Test
  void cursorBecomesDurableThoughNothingElseHappens() throws Exception {
    SpoolSettings settings = SpoolSettings.events(temp.resolve("events"), CAP_BYTES);
    try (Spool spool = Spool.open(settings, SpoolListener.NONE)) {
      spool.append(Issued.record(1, 10)).get(10, TimeUnit.SECONDS);
      spool.append(Issued.record(2, 10)).get(10, TimeUnit.SECONDS);
      spool.reader().commit(1);
      spool.reader().commit(2);
      CursorFile cursor = new CursorFile(new NioFileSystem(), settings.directory(), Set.of());
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
      while (cursor.read().orElse(0) != 2) {
        assertThat(System.nanoTime()).isLessThan(deadline);
        Thread.onSpinWait();
      }
    }
  }

  @Test
  void secondOwnerIsTurnedAwayWithAMessage() throws IOException {
    SpoolSettings settings = SpoolSettings.events(temp.resolve("events"), CAP_BYTES);
    Spool owner = Spool.open(settings, SpoolListener.NONE);
    for (int attempt = 0; attempt < 2; attempt++) {
      assertThatThrownBy(() -> Spool.open(settings, SpoolListener.NONE))
          .isInstanceOf(SpoolInUseException.class)
          .hasMessageContaining(settings.directory().toString())
          .hasMessageContaining("tallyman.data-dir");
    }
    owner.close();
    Spool.open(settings, SpoolListener.NONE).close();
  }

  @Test
  void otherProcessIsTurnedAwayWithTheOwnersId() throws Exception {
    SpoolSettings settings = SpoolSettings.events(temp.resolve("events"), CAP_BYTES);
    try (Spool owner = Spool.open(settings, SpoolListener.NONE)) {
      Process other =
          new ProcessBuilder(
                  ProcessHandle.current().info().command().orElse("java"),
                  "-cp",
                  System.getProperty("java.class.path"),
                  SpoolOpener.class.getName(),
                  settings.directory().toString())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String said = new String(other.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(other.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(said).contains("in use by process " + ProcessHandle.current().pid());
      assertThat(owner.snapshot().state()).isEqualTo(SpoolSnapshot.State.ACCEPTING);
    }
  }

  @Test
  void strangeFilesAreLeftAlone() throws IOException {
    Path directory = Files.createDirectories(temp.resolve("events"));
    Path strange = Files.writeString(directory.resolve("notes.txt"), "mine");
    Spool.open(SpoolSettings.events(directory, CAP_BYTES), SpoolListener.NONE).close();
    assertThat(strange).hasContent("mine");
  }
}
