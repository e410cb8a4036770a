package io.tallyman.agent.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallyman.agent.engine.EngineInfo;
import io.tallyman.agent.identity.AgentIdentity;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class AgentStatusTest {

  private static AgentStatus status(
      boolean engine, boolean kafka, boolean spoolHasRoom, boolean diskFailed) {
    Instant now = Instant.parse("2026-03-01T12:00:00Z");
    return new AgentStatus(
        new AgentIdentity("host-1", "box", "agent-1", 1, "run-1"),
        new EngineInfo(
            "e", "box", "28.5", "1.51", null, null, 2, null, 4, 1L, 0, 0, 0, 0, null, null),
        now,
        engine ? now : null,
        true,
        null,
        kafka,
        null,
        spoolHasRoom,
        diskFailed,
        0,
        0,
        "engine",
        0,
        0,
        0,
        0,
        List.of());
  }

  @Test
  void itIsReadyWhileTheEngineIsReadAndRecordsHaveSomewhereToGo() {
    assertThat(status(true, true, true, false).isReady()).isTrue();
    assertThat(status(true, false, true, false).isReady()).as("Kafka is away").isTrue();
    assertThat(status(true, true, false, false).isReady()).as("the spool is full").isTrue();
    assertThat(status(true, false, false, false).isReady()).as("both").isFalse();
    assertThat(status(false, true, true, false).isReady()).as("the engine is away").isFalse();
    assertThat(status(true, true, true, true).isReady()).as("the disk failed").isFalse();
  }
}
