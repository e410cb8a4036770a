package io.tallyman.e2e.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.model.HealthCheck;
import io.tallyman.broker.BrokerConfig;
import io.tallyman.broker.EmbeddedBroker;
import io.tallyman.e2e.AgentProcess;
import io.tallyman.e2e.Planted;
import io.tallyman.schemas.ReleasedSchemas;
import io.tallyman.schemas.TallymanDeserializer;
import io.tallyman.schemas.Topics;
import io.tallyman.v1.Action;
import io.tallyman.v1.ContainerEvent;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.DockerClientFactory;

/** A real container with labels that lie and secrets wherever Docker lets one put them. */
@Tag("docker")
class PrivacyDockerTest {

  private static final Duration MAX_WAIT = Duration.ofMinutes(1);

  @TempDir Path directory;

  @Test
  void theExitCodeIsTrueAndNoSecretGetsOut() throws Exception {
    DockerClient engine = DockerClientFactory.lazyClient();
    String host = DockerClientFactory.instance().getTransportConfig().getDockerHost().toString();
    String id = null;
    try (EmbeddedBroker broker =
            EmbeddedBroker.start(new BrokerConfig(directory.resolve("kafka"), 0));
        AgentProcess agent =
            AgentProcess.traced(
                directory.resolve("agent"),
                URI.create(host),
                broker.bootstrapServers(),
                "--set",
                "tallyman.labels.allow=" + Planted.ALLOWED)) {
      await()
          .atMost(MAX_WAIT)
          .until(() -> agent.get("/health/readiness").contains("\"engineReachable\":true"));
      id = start(engine);
      String container = id;
      exec(engine, container);
      await()
          .atMost(MAX_WAIT)
          .ignoreExceptions()
          .until(() ->
              eventsOf(broker, container).stream()
                  .anyMatch(event -> event.getAction() == Action.HEALTH_STATUS));
      engine.killContainerCmd(container).exec();
      await()
          .atMost(MAX_WAIT)
          .until(() ->
              eventsOf(broker, container).stream()
                  .anyMatch(event -> event.getAction() == Action.DIE));
      assertThat(engine.inspectContainerCmd(container).exec().getConfig().getEnv())
          .contains("DB_PASSWORD=" + Planted.IN_ENVIRONMENT);

      assertThat(agent.stop()).isZero();
      List<ContainerEvent> events = eventsOf(broker, container);
      assertThat(events)
          .filteredOn(event -> event.getAction() == Action.DIE)
          .extracting(ContainerEvent::getExitCode)
          .containsExactly(137);
      assertThat(events)
          .allSatisfy(event -> {
            assertThat(event.getContainerName()).startsWith("tallyman-e2e-");
            assertThat(event.getLabels()).containsOnlyKeys("team", "app.db_password", "app.dsn");
            assertThat(Objects.requireNonNull(event.getLabels().get("team"))).hasSize(256);
            assertThat(event.getRawAction()).doesNotContain("exec");
          });
      Planted.assertNowhere(agent, broker.bootstrapServers());
    } finally {
      if (id != null) {
        engine.removeContainerCmd(id).withForce(true).exec();
      }
    }
  }

  private static String start(DockerClient engine) throws Exception {
    String name = "tallyman-e2e-" + UUID.randomUUID();
    Map<String, String> labels = new HashMap<>(Planted.labels());
    labels.put("io.tallyman.test", name);
    String id =
        engine
            .createContainerCmd(TestImages.busybox(engine).asCanonicalNameString())
            .withName(name)
            .withLabels(labels)
            .withEnv("DB_PASSWORD=" + Planted.IN_ENVIRONMENT)
            .withCmd("/bin/sh", "-c", "sleep 1000; echo " + Planted.IN_COMMAND)
            .withHealthcheck(
                new HealthCheck()
                    .withTest(
                        List.of("CMD-SHELL", "echo " + Planted.IN_OUTPUT + " # " + Planted.IN_EXEC))
                    .withInterval(TimeUnit.MILLISECONDS.toNanos(500)))
            .exec()
            .getId();
    engine.startContainerCmd(id).exec();
    return id;
  }

  private static void exec(DockerClient engine, String container) throws Exception {
    String exec =
        engine
            .execCreateCmd(container)
            .withCmd("/bin/echo", Planted.IN_EXEC)
            .withEnv(List.of("TOKEN=" + Planted.IN_ENVIRONMENT))
            .exec()
            .getId();
    engine.execStartCmd(exec).withDetach(true).start().awaitCompletion(60, TimeUnit.SECONDS);
  }

  private static List<ContainerEvent> eventsOf(EmbeddedBroker broker, String container) {
    List<ContainerEvent> events = new ArrayList<>();
    Map<String, Object> config =
        Map.of("bootstrap.servers", broker.bootstrapServers(), "auto.offset.reset", "earliest");
    try (var consumer =
        new KafkaConsumer<>(
            config,
            new StringDeserializer(),
            new TallymanDeserializer(ReleasedSchemas.resolver(), Clock.systemUTC()))) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(Topics.EVENTS.name()).stream()
              .map(info -> new TopicPartition(info.topic(), info.partition()))
              .toList();
      consumer.assign(partitions);
      var ends = consumer.endOffsets(partitions);
      while (ends.entrySet().stream()
          .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        consumer
            .poll(Duration.ofMillis(100))
            .forEach(record -> {
              if (record.value() instanceof ContainerEvent event
                  && event.getContainerId().equals(container)) {
                events.add(event);
              }
            });
      }
    }
    return events;
  }
}
