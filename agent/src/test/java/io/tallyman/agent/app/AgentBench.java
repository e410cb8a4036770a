package io.tallyman.agent.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallyman.agent.engine.EngineEndpoint;
import io.tallyman.agent.inventory.Glob;
import io.tallyman.agent.inventory.LabelPolicy;
import io.tallyman.agent.inventory.Selection;
import io.tallyman.agent.publish.KafkaSettings;
import io.tallyman.agent.publish.Lane;
import io.tallyman.schemas.ReleasedSchemas;
import io.tallyman.schemas.TallymanDeserializer;
import io.tallyman.schemas.TopicSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** Configurations of agents under test, and what they have written. */
final class AgentBench {

  private AgentBench() {}

  /** The prefix of the topics where a broker has one agent only. */
  private static final String PREFIX = "t.";

  static AgentConfig config(URI engine, String bootstrapServers, Path dataDirectory) {
    return config(engine, bootstrapServers, PREFIX, dataDirectory);
  }

  static AgentConfig config(
      URI engine, String bootstrapServers, String prefix, Path dataDirectory) {
    return new AgentConfig(
        EngineEndpoint.of(engine),
        null,
        null,
        Map.of("site", "test"),
        new AgentConfig.Stats(Duration.ofMillis(500), StatsSourceChoice.AUTO, false),
        Selection.ALL,
        new LabelPolicy(List.of(new Glob("com.docker.compose.*")), true, 256, List.of()),
        new KafkaSettings(
            bootstrapServers, Map.of(), new TopicSettings(prefix, 2, OptionalInt.empty())),
        new AgentConfig.Spool(4 << 20, 4 << 20),
        new AgentConfig.Http("127.0.0.1", 0, "secret"),
        dataDirectory);
  }

  /** The same with other settings of its Kafka clients. */
  static AgentConfig withKafka(AgentConfig config, Map<String, String> properties) {
    return new AgentConfig(
        config.endpoint(),
        config.hostId(),
        config.hostName(),
        config.hostTags(),
        config.stats(),
        config.selection(),
        config.labels(),
        new KafkaSettings(config.kafka().bootstrapServers(), properties, config.kafka().topics()),
        config.spool(),
        config.http(),
        config.dataDirectory());
  }

  static HttpResponse<String> get(RunningAgent agent, String path) {
    return send(HttpRequest.newBuilder(agent.httpAddress().resolve(path)).build());
  }

  static HttpResponse<String> send(HttpRequest request) {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * One figure of what {@code /metrics} answered.
   *
   * @param series its name, with its labels if it has any
   */
  static double figure(String metrics, String series) {
    return metrics
        .lines()
        .filter(line -> line.startsWith(series + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(series.length() + 1)))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + series + " in\n" + metrics));
  }

  /** A figure of a lane. */
  static double figure(String metrics, String lane, String kind) {
    return figure(
        metrics, "tallyman_agent_lane_records{kind=\"%s\",lane=\"%s\"}".formatted(kind, lane));
  }

  static void eventually(Runnable assertion) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .ignoreExceptions()
        .untilAsserted(assertion::run);
  }

  static void figuresAddUp(RunningAgent agent) {
    for (Lane.LaneSnapshot lane : agent.status().lanes()) {
      assertThat(lane.observed() + lane.inherited())
          .isEqualTo(lane.acknowledged() + lane.spooled() + lane.queued() + lane.dropped());
    }
  }

  /** One record with its value decoded. */
  record Written<T extends SpecificRecord>(String key, @Nullable T value) {}

  static <T extends SpecificRecord> List<Written<T>> read(
      String bootstrapServers, String topic, Class<T> type) {
    return read(bootstrapServers, PREFIX, topic, type);
  }

  /** All that stands in a topic, each partition in order. */
  static <T extends SpecificRecord> List<Written<T>> read(
      String bootstrapServers, String prefix, String topic, Class<T> type) {
    String name = prefix + topic;
    List<Written<T>> all = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
            new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrapServers, "auto.offset.reset", "earliest"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        TallymanDeserializer deserializer =
            new TallymanDeserializer(ReleasedSchemas.resolver(), Clock.systemUTC())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(name).stream()
              .map(info -> new TopicPartition(name, info.partition()))
              .toList();
      consumer.assign(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (ends.entrySet().stream()
          .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
          all.add(
              new Written<>(
                  new String(record.key(), StandardCharsets.UTF_8),
                  type.cast(deserializer.deserialize(name, record.value()))));
        }
      }
    }
    return all;
  }
}
