package io.tallyman.e2e.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tallyman.query.QueryApplication;
import io.tallyman.query.QueryConfig;
import io.tallyman.query.QueryState;
import io.tallyman.query.RunningQuery;
import io.tallyman.query.topology.Retention;
import io.tallyman.schemas.ReleasedSchemas;
import io.tallyman.schemas.SchemaTopic;
import io.tallyman.schemas.TallymanSerializer;
import io.tallyman.schemas.TopicSettings;
import io.tallyman.schemas.Topics;
import io.tallyman.v1.ContainerState;
import io.tallyman.v1.ContainerStats;
import io.tallyman.v1.StatsSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.kafka.KafkaContainer;

/** Everything that is shown has been through Kafka: without Kafka, time stands still. */
@Tag("docker")
class PausedKafkaDockerTest {

  private static final String HOST = "host-1";
  private static final String CONTAINER = "4f66ad9a0b2e".repeat(5) + "4f66";
  private static final long INTERVAL_MILLIS = 500;
  private static final Duration LIMIT = Duration.ofMinutes(1);
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path directory;

  @Test
  void whatIsShownStandsStillAndTurnsStaleUntilKafkaIsBack() throws Exception {
    var engine = DockerClientFactory.lazyClient();
    try (var kafka = TestImages.startableKafka(engine)) {
      kafka.start();
      var client = Map.<String, Object>of("bootstrap.servers", kafka.getBootstrapServers());
      var topics = new TopicSettings("", 1, OptionalInt.empty());
      try (var admin = Admin.create(client)) {
        Topics.createMissing(admin, topics);
      }
      SchemaTopic.publisher(client, "", Clock.systemUTC())
          .publishMissing(ReleasedSchemas.newest().values());
      try (var producer =
              new KafkaProducer<>(client, new StringSerializer(), new TallymanSerializer());
          var ticks = Executors.newSingleThreadScheduledExecutor();
          var query = QueryApplication.start(queryConfig(kafka.getBootstrapServers(), topics))) {
        send(producer, "docker.containers.v1", CONTAINER, state());
        var tick =
            ticks.scheduleAtFixedRate(
                () -> send(producer, "docker.stats.v1", HOST, sample()),
                0,
                INTERVAL_MILLIS,
                TimeUnit.MILLISECONDS);
        try {
          watch(query, kafka);
        } finally {
          tick.cancel(true);
        }
      }
    }
  }

  private static void watch(RunningQuery query, KafkaContainer kafka) {
    var engine = DockerClientFactory.lazyClient();
    await().atMost(LIMIT).until(() -> query.state() == QueryState.RUNNING);
    awaitStale(query, false);

    engine.pauseContainerCmd(kafka.getContainerId()).exec();
    try {
      awaitStale(query, true);
      // On a slow machine the last that came before the pause may still be read.
      var last = new AtomicReference<>(containers(query));
      await()
          .during(Duration.ofSeconds(3))
          .atMost(LIMIT)
          .until(() -> {
            var now = containers(query);
            return now.equals(last.getAndSet(now));
          });
      assertThat(Instant.parse(last.get().get("asOf").asText()))
          .isBefore(Instant.now().minusMillis(3 * INTERVAL_MILLIS));
    } finally {
      engine.unpauseContainerCmd(kafka.getContainerId()).exec();
    }
    awaitStale(query, false);
  }

  private static void awaitStale(RunningQuery query, boolean stale) {
    await()
        .atMost(LIMIT)
        .until(() -> {
          var items = containers(query).get("items");
          return items.size() == 1 && items.get(0).get("stale").asBoolean() == stale;
        });
  }

  private static JsonNode containers(RunningQuery query) {
    try (var http = HttpClient.newHttpClient()) {
      var request = HttpRequest.newBuilder(query.url().resolve("/api/v1/containers")).build();
      return JSON.readTree(http.send(request, BodyHandlers.ofString()).body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private QueryConfig queryConfig(String servers, TopicSettings topics) {
    return new QueryConfig(
        servers,
        Map.of(),
        topics,
        "query",
        "127.0.0.1",
        0,
        directory.resolve("state"),
        Retention.DEFAULT,
        false);
  }

  private static void send(
      Producer<String, SpecificRecord> producer, String topic, String key, SpecificRecord value) {
    var _ = producer.send(new ProducerRecord<>(topic, key, value));
  }

  private static ContainerState state() {
    var now = Instant.now();
    return ContainerState.newBuilder()
        .setHostId(HOST)
        .setHostName("quay")
        .setContainerId(CONTAINER)
        .setContainerName("web")
        .setImage("web:1")
        .setLabels(Map.of())
        .setAgentId("agent")
        .setIncarnation(1)
        .setSequence(1)
        .setState("running")
        .setStartedAt(now)
        .setAsOf(now)
        .build();
  }

  private static ContainerStats sample() {
    return ContainerStats.newBuilder()
        .setHostId(HOST)
        .setHostName("quay")
        .setContainerId(CONTAINER)
        .setContainerName("web")
        .setLabels(Map.of())
        .setAgentId("agent")
        .setIncarnation(1)
        .setSequence(1)
        .setSampledAt(Instant.now())
        .setIntervalMillis(INTERVAL_MILLIS)
        .setSource(StatsSource.ENGINE)
        .setNetworks(List.of())
        .setBlockIo(List.of())
        .setReset(false)
        .build();
  }
}
