package io.tallyman.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tallyman.schemas.Framing;
import io.tallyman.schemas.ReleasedSchema;
import io.tallyman.schemas.ReleasedSchemas;
import io.tallyman.schemas.SchemaIds;
import io.tallyman.schemas.SchemaTopic;
import io.tallyman.schemas.TallymanDeserializer;
import io.tallyman.schemas.TallymanSerializer;
import io.tallyman.schemas.Topic;
import io.tallyman.schemas.TopicSettings;
import io.tallyman.schemas.Topics;
import io.tallyman.schemas.TopicsMissingException;
import io.tallyman.v1.GapReason;
import io.tallyman.v1.Stream;
import io.tallyman.v1.StreamGap;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The topic catalogue and the schema topic against a real broker. */
@Tag("kafka")
class SchemasOnABrokerTest {

  @RegisterExtension static final KafkaExtension kafka = new KafkaExtension();

  private static final StreamGap GAP =
      StreamGap.newBuilder()
          .setGapId("gap")
          .setHostId("host-1")
          .setStream(Stream.STATS)
          .setTo(Instant.EPOCH)
          .setReason(GapReason.AGENT_DOWN)
          .build();

  private final String prefix = kafka.uniquePrefix();
  private final TopicSettings settings = new TopicSettings(prefix, 3, OptionalInt.empty());

  @Test
  void missingTopicsAreMadeOnceAndAsTheCatalogueSays() throws Exception {
    try (Admin admin = admin()) {
      assertThat(Topics.createMissing(admin, settings, List.of(Topics.EVENTS)))
          .containsExactly(prefix + "docker.events.v1");
      assertThat(Topics.createMissing(admin, settings))
          .hasSize(Topics.all().size() - 1)
          .doesNotContain(prefix + "docker.events.v1");
      assertThat(Topics.createMissing(admin, settings)).isEmpty();
      for (Topic topic : Topics.all()) {
        String name = topic.withPrefix(prefix).name();
        assertThat(describe(admin, name).partitions())
            .hasSize(topic.equals(Topics.SCHEMAS) ? 1 : 3);
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, name);
        Config config =
            Objects.requireNonNull(
                admin.describeConfigs(List.of(resource)).all().get().get(resource));
        topic
            .config()
            .forEach((key, value) -> assertThat(config.get(key).value()).as(key).isEqualTo(value));
      }
    }
  }

  @Test
  void partitionsAreNeverAdded() throws Exception {
    kafka.createTopic(prefix + "docker.stats.v1", 2);
    try (Admin admin = admin()) {
      assertThat(Topics.createMissing(admin, settings, List.of(Topics.STATS))).isEmpty();
      String name = prefix + "docker.stats.v1";
      assertThat(describe(admin, name).partitions()).hasSize(2);
    }
  }

  @Test
  void manyMayMakeThemAtOnce() throws Exception {
    try (Admin admin = admin();
        ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Future<Set<String>>> running =
          threads.invokeAll(Collections.nCopies(4, () -> Topics.createMissing(admin, settings)));
      Set<String> made = new HashSet<>();
      int count = 0;
      for (Future<Set<String>> each : running) {
        made.addAll(each.get());
        count += each.get().size();
      }
      assertThat(made).hasSize(Topics.all().size());
      assertThat(count).as("each topic was made by one").isEqualTo(made.size());
    }
  }

  @Test
  void aRefusalNamesTheTopicsAndTheCommand() {
    TopicSettings tooMany = new TopicSettings(prefix, 1, OptionalInt.of(5));
    try (Admin admin = admin()) {
      assertThatThrownBy(() -> Topics.createMissing(admin, tooMany, List.of(Topics.GAPS)))
          .isInstanceOf(TopicsMissingException.class)
          .hasMessageContaining(prefix + "docker.gaps.v1")
          .hasMessageContaining("tallyman topics create");
    }
  }

  @Test
  void schemasArePublishedOnceAndReadBack() {
    try (Admin admin = admin()) {
      Topics.createMissing(admin, settings);
    }
    List<ReleasedSchema> all = ReleasedSchemas.all();
    SchemaTopic.Publisher publisher = SchemaTopic.publisher(client(), prefix, Clock.systemUTC());
    assertThat(publisher.publishMissing(all)).hasSize(all.size());
    assertThat(publisher.publishMissing(all)).isEmpty();
    try (SchemaTopic.Reader reader = SchemaTopic.reader(client(), prefix, Clock.systemUTC())) {
      assertThat(reader.entries().values())
          .containsExactlyInAnyOrderElementsOf(
              all.stream().map(schema -> SchemaTopic.Entry.of(schema, prefix)).toList());
    }
  }

  @Test
  void aPlainConsumerReadsWhatANewerAgentWrote() throws Exception {
    try (Admin admin = admin()) {
      Topics.createMissing(admin, settings);
    }
    String newer =
        ReleasedSchemas.newest("io.tallyman.v1.StreamGap")
            .orElseThrow()
            .text()
            .replaceFirst("A hole", "Still a hole");
    int id = SchemaIds.of(newer);
    byte[] current = new TallymanSerializer().frame("t", GAP);
    byte[] body = Arrays.copyOfRange(current, Framing.HEADER_BYTES, current.length);
    String topic = prefix + "docker.gaps.v1";
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(client(), new StringSerializer(), new ByteArraySerializer())) {
      producer
          .send(
              new ProducerRecord<>(
                  prefix + "docker.schemas.v1", Integer.toString(id), entry(topic, newer)))
          .get();
      producer.send(new ProducerRecord<>(topic, 0, "host-1", Framing.frame(id, body))).get();
    }
    Map<String, Object> config = new HashMap<>(client());
    config.put("key.deserializer", StringDeserializer.class);
    config.put("value.deserializer", TallymanDeserializer.class);
    config.put("auto.offset.reset", "earliest");
    config.put(TallymanDeserializer.TOPIC_PREFIX_CONFIG, prefix);
    try (KafkaConsumer<String, SpecificRecord> consumer = new KafkaConsumer<>(config)) {
      consumer.assign(List.of(new TopicPartition(topic, 0)));
      ConsumerRecords<String, SpecificRecord> records = consumer.poll(Duration.ofSeconds(30));
      assertThat(records.iterator().next().value()).isEqualTo(GAP);
    }
  }

  private static byte[] entry(String topic, String schema) {
    String quoted = schema.replace("\\", "\\\\").replace("\"", "\\\"");
    return ("{\"subject\":\"" + topic + "-value\",\"version\":2,\"schema\":\"" + quoted + "\"}")
        .getBytes(StandardCharsets.UTF_8);
  }

  private static TopicDescription describe(Admin admin, String name) throws Exception {
    return Objects.requireNonNull(
        admin.describeTopics(List.of(name)).allTopicNames().get().get(name));
  }

  private static Admin admin() {
    return Admin.create(client());
  }

  private static Map<String, Object> client() {
    return Map.of("bootstrap.servers", kafka.bootstrapServers());
  }
}
