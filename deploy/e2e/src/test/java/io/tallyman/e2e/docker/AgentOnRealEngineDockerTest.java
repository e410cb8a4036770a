package io.tallyman.e2e.docker;

import static org.awaitility.Awaitility.await;

import com.github.dockerjava.api.DockerClient;
import io.tallyman.schemas.ReleasedSchemas;
import io.tallyman.schemas.TallymanDeserializer;
import io.tallyman.schemas.Topics;
import io.tallyman.v1.Action;
import io.tallyman.v1.ContainerEvent;
import io.tallyman.v1.ContainerStats;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.DockerClientFactory;

/** The agent as a process of its own, on a real engine, with a broker of its own. */
@Tag("docker")
class AgentOnRealEngineDockerTest {

  private static final String LABEL = "io.tallyman.test";
  private static final Duration MAX_WAIT = Duration.ofMinutes(1);

  @TempDir Path directory;
  private final List<SpecificRecord> read = new ArrayList<>();

  @Test
  void realContainersShowUpOnTheTopics() throws Exception {
    var engine = DockerClientFactory.lazyClient();
    var made = new ArrayList<String>();
    try (var kafka = TestImages.startableKafka(engine)) {
      kafka.start();
      made.add(startContainer(engine));
      var agent = startAgent(kafka.getBootstrapServers());
      try (var consumer = consumer(kafka.getBootstrapServers())) {
        consumer.subscribe(List.of(Topics.EVENTS.name(), Topics.STATS.name()));
        var before = made.getFirst();
        await().atMost(MAX_WAIT).until(() -> poll(consumer).samplesOf(before) >= 2);

        var after = startContainer(engine);
        made.add(after);
        await()
            .atMost(MAX_WAIT)
            .until(() ->
                poll(consumer).samplesOf(after) >= 1
                    && actionsOf(after).containsAll(Set.of(Action.CREATE, Action.START)));

        engine.killContainerCmd(after).exec();
        await()
            .atMost(MAX_WAIT)
            .until(() -> {
              poll(consumer);
              return read.stream()
                  .anyMatch(record ->
                      record instanceof ContainerEvent event
                          && event.getContainerId().equals(after)
                          && event.getAction() == Action.DIE
                          && Integer.valueOf(137).equals(event.getExitCode()));
            });
      } finally {
        agent.destroy();
        if (!agent.waitFor(60, TimeUnit.SECONDS)) {
          agent.destroyForcibly().waitFor();
        }
      }
    } finally {
      made.forEach(id -> engine.removeContainerCmd(id).withForce(true).exec());
    }
  }

  private AgentOnRealEngineDockerTest poll(KafkaConsumer<String, SpecificRecord> consumer) {
    consumer.poll(Duration.ofMillis(200)).forEach(record -> read.add(record.value()));
    return this;
  }

  private long samplesOf(String containerId) {
    return read.stream()
        .filter(record ->
            record instanceof ContainerStats stats && stats.getContainerId().equals(containerId))
        .count();
  }

  private Set<Action> actionsOf(String containerId) {
    var actions = EnumSet.noneOf(Action.class);
    for (var record : read) {
      if (record instanceof ContainerEvent event && event.getContainerId().equals(containerId)) {
        actions.add(event.getAction());
      }
    }
    return actions;
  }

  private static String startContainer(DockerClient engine) throws Exception {
    var name = "tallyman-e2e-" + UUID.randomUUID();
    var id =
        engine
            .createContainerCmd(TestImages.busybox(engine).asCanonicalNameString())
            .withName(name)
            .withLabels(Map.of(LABEL, name))
            .withCmd("/bin/sleep", "1000")
            .exec()
            .getId();
    engine.startContainerCmd(id).exec();
    return id;
  }

  private Process startAgent(String bootstrapServers) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            "io.tallyman.cli.Tallyman",
            "agent",
            "--kafka",
            bootstrapServers,
            "--interval",
            "1s",
            "--port",
            "0",
            "--data-dir",
            directory.toString())
        .redirectOutput(Redirect.DISCARD)
        .redirectError(Redirect.INHERIT)
        .start();
  }

  private static KafkaConsumer<String, SpecificRecord> consumer(String bootstrapServers) {
    return new KafkaConsumer<>(
        Map.of(
            "bootstrap.servers",
            bootstrapServers,
            "group.id",
            "test",
            "auto.offset.reset",
            "earliest",
            "metadata.max.age.ms",
            "1000"),
        new StringDeserializer(),
        new TallymanDeserializer(ReleasedSchemas.resolver(), Clock.systemUTC()));
  }
}
