package io.tallyman.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tallyman.broker.BrokerConfig;
import io.tallyman.broker.EmbeddedBroker;
import io.tallyman.simulator.ContainerSpec;
import io.tallyman.simulator.Endpoint;
import io.tallyman.simulator.SimulatedEngine;
import io.tallyman.simulator.SimulatorConfig;
import io.tallyman.testkit.FreePort;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What containers are told in confidence goes no further, however much the agent logs. */
@Tag("kafka")
class PrivacyTest {

  private static final Duration MAX_WAIT = Duration.ofMinutes(1);

  @TempDir Path directory;

  /** Kafka goes away in the middle: hence the broker that is closed by hand. */
  @Test
  @SuppressWarnings("try")
  void noSecretIsOnATopicOnDiskOrInTheLog() throws Exception {
    try (SimulatedEngine engine =
            SimulatedEngine.start(
                SimulatorConfig.at(new Endpoint.UnixSocket(directory.resolve("d.sock"))).build());
        EmbeddedBroker broker = startBroker(FreePort.next());
        AgentProcess agent =
            AgentProcess.traced(
                directory.resolve("agent"),
                engine.dockerHost(),
                broker.bootstrapServers(),
                "--set",
                "tallyman.labels.allow=" + Planted.ALLOWED)) {
      run(engine, "first");
      awaitOnTopic(broker, "docker.stats.v1", Planted.HARMLESS);
      assertThat(agent.log()).contains("TRACE ");

      limitEvents(broker, AlterConfigOp.OpType.SET);
      run(engine, "unwelcome");
      await().atMost(MAX_WAIT).until(() -> hasSetAside(agent, Planted.HARMLESS));
      limitEvents(broker, AlterConfigOp.OpType.DELETE);

      int port = broker.port();
      broker.close();
      String second = run(engine, "second");
      await().atMost(MAX_WAIT).until(() -> agent.get("/containers").contains(second));
      engine.kill(second, 9, 137);
      engine.remove(second, true);
      await().atMost(MAX_WAIT).until(() -> !agent.get("/containers").contains(second));
      assertThat(agent.files().values())
          .as("what waits for Kafka is on disk")
          .anyMatch(text -> text.contains(Planted.HARMLESS) && text.contains(second));
      agent.files().forEach(Planted::assertNowhere);

      try (EmbeddedBroker again = startBroker(port)) {
        awaitOnTopic(again, "docker.containers.v1", second);
        Map<String, String> topics = AgentProcess.topics(again.bootstrapServers());
        assertThat(topics.get("docker.events.v1")).contains("[redacted]", Planted.HARMLESS);
        assertThat(agent.stop()).isZero();
        Planted.assertNowhere(agent, again.bootstrapServers());
      }
    }
  }

  private static boolean hasSetAside(AgentProcess agent, String text) throws IOException {
    return agent.files().entrySet().stream()
        .anyMatch(file -> file.getKey().contains("rejected-") && file.getValue().contains(text));
  }

  /** No event is small enough for the limit. */
  private static void limitEvents(EmbeddedBroker broker, AlterConfigOp.OpType change)
      throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
      admin
          .incrementalAlterConfigs(
              Map.of(
                  new ConfigResource(ConfigResource.Type.TOPIC, "docker.events.v1"),
                  List.of(new AlterConfigOp(new ConfigEntry("max.message.bytes", "100"), change))))
          .all()
          .get();
    }
  }

  private EmbeddedBroker startBroker(int port) {
    return EmbeddedBroker.start(new BrokerConfig(directory.resolve("kafka"), port));
  }

  private static String run(SimulatedEngine engine, String name) {
    ContainerSpec.Builder spec =
        ContainerSpec.named(name)
            .command("serve", "--password=" + Planted.IN_COMMAND)
            .environment("DB_PASSWORD", Planted.IN_ENVIRONMENT)
            .healthCheck(
                new ContainerSpec.HealthCheck("probe --token " + Planted.IN_EXEC, 200, 2, true));
    Planted.labels().forEach(spec::label);
    return engine.run(spec.build());
  }

  private static void awaitOnTopic(EmbeddedBroker broker, String topic, String text) {
    await()
        .atMost(MAX_WAIT)
        .ignoreExceptions()
        .until(() ->
            AgentProcess.topics(broker.bootstrapServers()).getOrDefault(topic, "").contains(text));
  }
}
