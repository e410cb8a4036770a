package io.tallyman.agent.spool;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallyman.agent.spool.AppendOutcome.Accepted;
import io.tallyman.agent.spool.AppendOutcome.Refusal;
import io.tallyman.agent.spool.AppendOutcome.Refused;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that is really full. Mounts one of 4 MiB, so it must run as root. */
@Tag("docker")
class SpoolFullDiskDockerTest {

  private static final int PAYLOAD = 10_000;

  @TempDir private Path temp;

  @BeforeEach
  void mount() throws Exception {
    run("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", temp.toString());
  }

  @AfterEach
  void unmount() throws Exception {
    run("umount", temp.toString());
  }

  private static void run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(said).isZero();
  }

  @Test
  void fullDiskRefusesKeepsWhatItHasAndRecovers() throws Exception {
    SpoolSettings settings = SpoolSettings.events(temp.resolve("events"), 64 << 20);
    List<Integer> accepted = new ArrayList<>();
    try (Spool spool = Spool.open(settings, SpoolListener.NONE)) {
      AppendOutcome refused = fill(spool, accepted);
      assertThat(((Refused) refused).refusal()).isEqualTo(Refusal.NO_SPACE);
      assertThat(spool.snapshot().state()).isEqualTo(SpoolSnapshot.State.NO_SPACE);
      assertThat(ids(spool)).isEqualTo(accepted);
    }
    try (Spool spool = Spool.open(settings, SpoolListener.NONE)) {
      assertThat(spool.recovery().damage()).isEmpty();
      assertThat(ids(spool)).isEqualTo(accepted);
      fill(spool, accepted);

      spool.reader().commit(accepted.size());

      assertThat(appendWithin10Seconds(spool)).isInstanceOf(Accepted.class);
      assertThat(ids(spool)).containsExactly(77_777);
    }
    assertThat(Files.getFileStore(temp).getUsableSpace()).isGreaterThan(3 << 20);
  }

  private static AppendOutcome fill(Spool spool, List<Integer> accepted) throws Exception {
    for (int id = accepted.size(); ; id++) {
      AppendOutcome outcome = spool.append(Issued.record(id, PAYLOAD)).get(10, TimeUnit.SECONDS);
      if (!(outcome instanceof Accepted)) {
        return outcome;
      }
      accepted.add(id);
    }
  }

  private static AppendOutcome appendWithin10Seconds(Spool spool) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    AppendOutcome outcome;
    do {
      outcome = spool.append(Issued.record(77_777, PAYLOAD)).get(10, TimeUnit.SECONDS);
    } while (!(outcome instanceof Accepted) && System.nanoTime() < deadline);
    return outcome;
  }

  private static List<Integer> ids(Spool spool) throws Exception {
    List<Integer> ids = new ArrayList<>();
    SpoolReader reader = spool.reader();
    for (SpoolBatch batch = reader.read(100, 1 << 20);
        !batch.isEmpty();
        batch = reader.read(100, 1 << 20)) {
      batch.records().forEach(found -> ids.add(Issued.idOf(found.record())));
    }
    return ids;
  }
}
