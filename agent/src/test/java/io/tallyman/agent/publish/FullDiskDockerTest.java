package io.tallyman.agent.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallyman.agent.spool.SpoolSnapshot.State;
import io.tallyman.v1.GapReason;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A lane on a disk that is really full. Mounts one of 1 MiB, so it must run as root. */
@Tag("docker")
class FullDiskDockerTest {

  @TempDir private Path temp;

  @BeforeEach
  void mount() throws Exception {
    run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", temp.toString());
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
  void eventsAreRefusedAndCountedUntilSomebodyMakesRoom() throws Exception {
    try (LaneBench it = new LaneBench(temp.resolve("agent"), Set.of()).events().start()) {
      HandProducer producer = it.nextProducer();
      List<Acceptance> decided = new ArrayList<>(LaneBench.decided(it.offer(0, 5)));
      Path filling = temp.resolve("others");
      int free = (int) Files.getFileStore(temp).getUsableSpace();
      Files.write(filling, new byte[free]);
      for (int i = 5; i < 60; i++) {
        decided.addAll(LaneBench.decided(it.offer(i, i + 1)));
        it.figures();
      }
      long refused = LaneBench.count(decided, Acceptance.REFUSED);
      assertThat(refused).isPositive();
      assertThat(it.lane().spoolState()).isEqualTo(State.NO_SPACE);

      Files.delete(filling);
      LaneBench.eventually(() -> assertThat(it.roomAgain).hasPositiveValue());
      decided.addAll(LaneBench.decided(it.offer(60, 65)));

      assertThat(decided.subList(60, 65)).containsOnly(Acceptance.ACCEPTED);
      assertThat(it.gaps).extracting(LaneBench.Gap::reason).containsOnly(GapReason.SPOOL_FULL);
      assertThat(it.gaps.stream().mapToLong(gap -> gap.lost() == null ? 0 : gap.lost()).sum())
          .isEqualTo(refused);
      LaneBench.eventually(() -> assertThat(producer.sent()).hasSize(65 - (int) refused));
      producer.acknowledgeAll();
      LaneBench.eventually(() -> assertThat(it.figures().acknowledged()).isEqualTo(65 - refused));
    }
  }
}
