package io.tallyman.agent.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tallyman.agent.AgentStartException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentDirectoryTest {

  @TempDir Path temporary;

  private AgentIdentity start(String engineId, String hostId) {
    try (AgentDirectory directory = AgentDirectory.open(temporary.resolve("data"))) {
      return directory.claim(engineId, hostId, "box");
    }
  }

  private AgentIdentity start() {
    try (AgentDirectory directory = AgentDirectory.open(temporary.resolve("data"))) {
      return directory.claim("engine-1", null, "box");
    }
  }

  @Test
  void eachStartCountsAndTheAgentStaysTheSame() {
    AgentIdentity first = start();
    AgentIdentity second = start();

    assertThat(first.incarnation()).isEqualTo(1);
    assertThat(second.incarnation()).isEqualTo(2);
    assertThat(second.agentId()).isEqualTo(first.agentId());
    assertThat(second.hostId()).isEqualTo("engine-1");
    assertThat(second.runId()).isNotEqualTo(first.runId());
  }

  @Test
  void anotherEngineIsRefusedAndTheMessageSaysWhatToDo() {
    start();
    try (AgentDirectory directory = AgentDirectory.open(temporary.resolve("data"))) {
      assertThatThrownBy(() -> directory.claim("engine-2", null, "box"))
          .isInstanceOf(AgentStartException.OtherEngine.class)
          .hasMessageContaining("engine-1")
          .hasMessageContaining("tallyman.host.id=engine-1");
    }
    assertThat(start().incarnation()).as("the refused start did not count").isEqualTo(2);
  }

  @Test
  void aConfiguredHostIdGoesBeforeTheEngines() {
    start();
    assertThat(start("engine-2", "web-1").hostId()).isEqualTo("web-1");
  }

  @Test
  void aSecondAgentOnTheDirectoryIsRefused() {
    secondAgentIsRefused(Set.of());
    AgentDirectory.open(temporary).close();
  }

  @Tag("mechanism")
  @Test
  void withoutTheLockASecondAgentStartsOnTheDirectory() {
    assertThatThrownBy(() -> secondAgentIsRefused(Set.of(Mechanism.DIRECTORY_LOCK)))
        .isInstanceOf(AssertionError.class);
  }

  private void secondAgentIsRefused(Set<Mechanism> off) {
    try (AgentDirectory held = AgentDirectory.open(temporary, off)) {
      held.claim("engine-1", null, "box");
      assertThatThrownBy(() -> AgentDirectory.open(temporary, off).close())
          .isInstanceOf(AgentStartException.DataDirectoryInUse.class)
          .hasMessageContaining("Another agent runs on " + temporary);
    }
  }

  @Test
  void aPathThatIsAFileIsRefused() throws IOException {
    Path file = Files.createFile(temporary.resolve("file"));
    assertThatThrownBy(() -> AgentDirectory.open(file))
        .isInstanceOf(AgentStartException.DataDirectoryUnusable.class)
        .hasMessageContaining("is not a directory");
  }

  @Test
  void aDamagedFileIsNotTakenForANewAgent() throws IOException {
    start();
    Files.writeString(temporary.resolve("data/agent.properties"), "incarnation=4\n");
    try (AgentDirectory directory = AgentDirectory.open(temporary.resolve("data"))) {
      assertThatThrownBy(() -> directory.claim("engine-1", null, "box"))
          .isInstanceOf(AgentStartException.DataDirectoryUnusable.class)
          .hasMessageContaining("is damaged");
    }
  }

  @Test
  void aWriteThatFailsLeavesWhatWasThere() throws IOException {
    AgentIdentity first = start();
    Path data = temporary.resolve("data");
    Files.createDirectory(data.resolve("agent.properties.tmp"));
    try (AgentDirectory directory = AgentDirectory.open(data)) {
      assertThatThrownBy(() -> directory.claim("engine-1", null, "box"))
          .isInstanceOf(AgentStartException.DataDirectoryUnusable.class)
          .hasMessageContaining("cannot be used");
    }
    Files.deleteIfExists(data.resolve("agent.properties.tmp"));
    AgentIdentity second = start();
    assertThat(second.agentId()).isEqualTo(first.agentId());
    assertThat(second.incarnation()).isEqualTo(2);
  }
}
