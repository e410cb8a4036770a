package io.tallyman.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class FailuresTest {

  private static final Path DIRECTORY = Path.of("/data");

  @Test
  void aBrokerThatGivesUpOnAFullDiskSaysThatTheDiskIsFull() {
    assertThat(Failures.halted(DIRECTORY, "its storage failed", 0))
        .isInstanceOf(BrokerException.DiskFull.class)
        .hasMessageContaining("/data");
    assertThat(Failures.halted(DIRECTORY, "its storage failed", 1L << 30))
        .isInstanceOf(BrokerException.Failed.class)
        .hasMessageContaining("/data")
        .hasMessageContaining("its storage failed");
  }

  @Test
  void aFullDiskIsFoundBehindOtherCauses() {
    Throwable cause = new IllegalStateException("x", new IOException("No space left on device"));
    assertThat(Failures.of(DIRECTORY, "raft", cause)).isInstanceOf(BrokerException.DiskFull.class);
    assertThat(Failures.of(DIRECTORY, "raft", new IllegalStateException("x")))
        .isInstanceOf(BrokerException.Failed.class)
        .hasMessage("raft: x");
  }
}
