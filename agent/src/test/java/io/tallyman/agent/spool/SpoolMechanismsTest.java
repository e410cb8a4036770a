package io.tallyman.agent.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tallyman.agent.spool.AppendOutcome.Accepted;
import io.tallyman.agent.spool.AppendOutcome.Refused;
import io.tallyman.agent.spool.SpoolSettings.WhenFull;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Mechanisms that show without a crash, and that their test notices when they are off. */
class SpoolMechanismsTest {

  private static final int PAYLOAD_BYTES = 300;

  @TempDir private Path directory;

  @ParameterizedTest
  @EnumSource(
      value = Mechanism.class,
      names = {"FILE_LOCK", "GAP_RESERVE", "DISK_RESERVE"})
  void theSpoolKeepsItsPromise(Mechanism mechanism) throws IOException {
    run(mechanism, Set.of());
  }

  @Tag("mechanism")
  @ParameterizedTest
  @EnumSource(
      value = Mechanism.class,
      names = {"FILE_LOCK", "GAP_RESERVE", "DISK_RESERVE"})
  void withoutTheMechanismThePromiseIsBroken(Mechanism mechanism) {
    assertThatThrownBy(() -> run(mechanism, Set.of(mechanism))).isInstanceOf(AssertionError.class);
  }

  private void run(Mechanism mechanism, Set<Mechanism> off) throws IOException {
    switch (mechanism) {
      case FILE_LOCK -> aSecondOwnerIsTurnedAway(off);
      case GAP_RESERVE -> aFullSpoolHasRoomToTellOfIt(new ModelSpool(WhenFull.REFUSE, 11, off));
      case DISK_RESERVE -> aFullDiskIsDrained(new ModelSpool(WhenFull.REFUSE, 11, off));
      case FSYNC_BEFORE_ACCEPT,
          DIRECTORY_FSYNC,
          CURSOR_BEFORE_UNLINK,
          CHECKSUM,
          RESYNC,
          TRUNCATION,
          ABANDON_AFTER_FAILURE ->
          throw new IllegalArgumentException(mechanism + " has a test elsewhere");
    }
  }

  private void aSecondOwnerIsTurnedAway(Set<Mechanism> off) throws IOException {
    try (Spool owner = opened(off)) {
      assertThatThrownBy(() -> opened(off).close()).isInstanceOf(SpoolInUseException.class);
      assertThat(owner.snapshot().state()).isEqualTo(SpoolSnapshot.State.ACCEPTING);
    }
  }

  private Spool opened(Set<Mechanism> off) throws IOException {
    return Spool.openManual(
        SpoolSettings.events(directory, 4 << 20),
        SpoolListener.NONE,
        new NioFileSystem(),
        off,
        () -> 0,
        new Random(11));
  }

  private static void aFullSpoolHasRoomToTellOfIt(ModelSpool it) {
    int id = 100;
    while (it.append(id, id + 1, PAYLOAD_BYTES).getFirst() instanceof Accepted) {
      id++;
    }
    CompletableFuture<AppendOutcome> gap =
        it.spool().appendReserved(Issued.record(id, PAYLOAD_BYTES));
    it.spool().commitPending();

    assertThat(gap).isCompletedWithValueMatching(Accepted.class::isInstance);
  }

  private static void aFullDiskIsDrained(ModelSpool it) {
    it.append(0, 20, PAYLOAD_BYTES);
    it.files.faults().capacity(it.files.used());
    assertThat(it.append(20, 21, PAYLOAD_BYTES)).allMatch(Refused.class::isInstance);
    it.spool().reader().commit(20);
    it.passMillis(1_000);

    assertThat(it.append(21, 22, PAYLOAD_BYTES)).allMatch(Accepted.class::isInstance);
  }
}
