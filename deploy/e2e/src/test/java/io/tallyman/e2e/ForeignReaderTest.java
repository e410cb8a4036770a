package io.tallyman.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tallyman.query.QueryApplication;
import io.tallyman.query.QueryConfig;
import io.tallyman.query.topology.Retention;
import io.tallyman.schemas.RecordJson;
import io.tallyman.schemas.ReleasedSchemas;
import io.tallyman.schemas.SchemaTopic;
import io.tallyman.schemas.TallymanSerializer;
import io.tallyman.schemas.TopicSettings;
import io.tallyman.schemas.Topics;
import io.tallyman.testkit.KafkaExtension;
import io.tallyman.v1.Action;
import io.tallyman.v1.BlockIo;
import io.tallyman.v1.ContainerEvent;
import io.tallyman.v1.ContainerStats;
import io.tallyman.v1.Network;
import io.tallyman.v1.Origin;
import io.tallyman.v1.StatsSource;
import java.lang.ProcessBuilder.Redirect;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A program in another language, with nothing of ours, reads the topics. */
@Tag("python")
class ForeignReaderTest {

  private static final String HOST = "host-1";
  private static final String CONTAINER = "4f66ad9a0b2e".repeat(5) + "4f66";
  private static final Instant TIME = Instant.parse("2023-11-14T22:13:20.123456Z");
  private static final ObjectMapper JSON = new ObjectMapper();

  @RegisterExtension static final KafkaExtension kafka = new KafkaExtension();

  @TempDir Path directory;

  @Test
  void pythonReadsWhatJavaWroteFieldByField() throws Exception {
    var prefix = kafka.uniquePrefix();
    var settings = new TopicSettings(prefix, 1, OptionalInt.empty());
    var client = Map.<String, Object>of("bootstrap.servers", kafka.bootstrapServers());
    try (var admin = Admin.create(client)) {
      Topics.createMissing(admin, settings);
    }
    SchemaTopic.publisher(client, prefix, Clock.systemUTC())
        .publishMissing(ReleasedSchemas.newest().values());
    var events = Topics.EVENTS.withPrefix(prefix).name();
    var stats = Topics.STATS.withPrefix(prefix).name();
    var written = Map.<String, SpecificRecord>of(events, event(), stats, stats());
    try (var producer =
        new KafkaProducer<>(client, new StringSerializer(), new TallymanSerializer())) {
      written.forEach((topic, record) -> {
        var _ = producer.send(new ProducerRecord<>(topic, HOST, record));
      });
    }

    try (var query = QueryApplication.start(queryConfig(settings))) {
      assertThat(readWithPython(query.url(), List.of(events, stats)))
          .isEqualTo(
              Map.of(
                  events, JSON.readTree(RecordJson.toJson(event())),
                  stats, JSON.readTree(RecordJson.toJson(stats()))));
    }
  }

  private QueryConfig queryConfig(TopicSettings settings) {
    return new QueryConfig(
        kafka.bootstrapServers(),
        Map.of(),
        settings,
        "query",
        "127.0.0.1",
        0,
        directory.resolve("state"),
        Retention.DEFAULT,
        false);
  }

  private Map<String, JsonNode> readWithPython(URI schemas, List<String> topics) throws Exception {
    var python = System.getenv().getOrDefault("TALLYMAN_TEST_PYTHON", "python3");
    var script = Path.of("src/test/resources/read_topics.py").toAbsolutePath().toString();
    var command =
        new ArrayList<>(
            List.of(
                python,
                script,
                kafka.bootstrapServers(),
                schemas.toString(),
                Integer.toString(topics.size())));
    command.addAll(topics);
    var process = new ProcessBuilder(command).redirectError(Redirect.INHERIT).start();
    var output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor(90, TimeUnit.SECONDS)).as("Python ends").isTrue();
    assertThat(process.exitValue()).as(output).isZero();
    var read = new HashMap<String, JsonNode>();
    for (var line : output.lines().toList()) {
      var message = JSON.readTree(line);
      assertThat(message.get("key").asText()).isEqualTo(HOST);
      read.put(message.get("topic").asText(), message.get("value"));
    }
    return read;
  }

  private static ContainerEvent event() {
    return ContainerEvent.newBuilder()
        .setEventId("0123456789abcdef0123456789abcdef")
        .setHostId(HOST)
        .setHostName("quay")
        .setContainerId(CONTAINER)
        .setContainerName("shop-web-1")
        .setImage("nginx:1.27")
        .setProject("shop")
        .setService("web")
        .setLabels(Map.of("com.docker.compose.project", "shop"))
        .setAgentId("0b0e4d2c-7f8e-4c59-9d4f-0a1f2b3c4d5e")
        .setIncarnation(3)
        .setSequence(9_007_199_254_740_993L)
        .setTime(TIME)
        .setTimeNanos(1_700_000_000_123_456_789L)
        .setObservedAt(TIME.plusMillis(2))
        .setAction(Action.DIE)
        .setRawAction("die")
        .setExitCode(137)
        .setOomKilled(true)
        .setOrigin(Origin.LIVE)
        .build();
  }

  private static ContainerStats stats() {
    return ContainerStats.newBuilder()
        .setHostId(HOST)
        .setHostName("quay")
        .setContainerId(CONTAINER)
        .setContainerName("shop-web-1")
        .setImage("nginx:1.27")
        .setProject(null)
        .setService(null)
        .setLabels(Map.of())
        .setAgentId("0b0e4d2c-7f8e-4c59-9d4f-0a1f2b3c4d5e")
        .setIncarnation(3)
        .setSequence(42)
        .setEngineVersion("20.10.24")
        .setState("running")
        .setTick(TIME)
        .setSampledAt(TIME)
        .setIntervalMillis(5000)
        .setSource(StatsSource.ENGINE)
        .setCgroupVersion(2)
        .setNetworkMode("shop_default")
        .setNetworks(List.of(new Network("eth0", 1_296L, 16L, 0L, 0L, 648L, 8L, 0L, 0L)))
        .setBlockIo(List.of(new BlockIo(8L, 0L, "/dev/sda", 4_096L, 0L, null, null)))
        .setIntervalNanos(5_000_123_456L)
        .setReset(false)
        .build();
  }
}
