package io.tallyman.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class SchemaTopicTest {

  private static final String TOPIC = "acme.docker.schemas.v1";
  private static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);

  private final MutableClock clock = new MutableClock();
  private final List<MockConsumer<byte[], byte[]>> opened = new ArrayList<>();
  private final List<ConsumerRecord<byte[], byte[]>> log = new ArrayList<>();
  private boolean topicExists = true;

  private final SchemaTopic.Reader reader = new SchemaTopic.Reader(this::open, "acme.", clock);

  @Test
  void anIdIsFoundOnTheTopic() {
    SchemaTopic.Entry entry = entry("{\"type\":\"record\",\"name\":\"A\",\"fields\":[]}");
    append(entry);
    assertThat(reader.resolve(entry.id()).orElseThrow().getName()).isEqualTo("A");
    assertThat(reader.entries()).containsEntry(entry.id(), entry);
  }

  @Test
  void nothingIsOpenedBeforeTheFirstQuestion() {
    assertThat(opened).isEmpty();
  }

  @Test
  void theTopicIsLookedAtOncePerInterval() {
    SchemaTopic.Entry entry = entry("\"string\"");
    assertThat(reader.resolve(entry.id())).isEmpty();
    append(entry);
    assertThat(reader.resolve(entry.id())).as("no look is due yet").isEmpty();
    clock.advance(SchemaTopic.REFRESH_INTERVAL);
    assertThat(reader.resolve(entry.id())).isPresent();
    assertThat(opened).as("the consumer goes on where it was").hasSize(1);
  }

  @Test
  void aTopicThatDoesNotExistKnowsNothingUntilItDoes() {
    topicExists = false;
    SchemaTopic.Entry entry = entry("\"string\"");
    assertThat(reader.resolve(entry.id())).isEmpty();
    append(entry);
    opened.get(0).updatePartitions(TOPIC, List.of(partitionInfo()));
    opened.get(0).updateBeginningOffsets(Map.of(PARTITION, 0L));
    clock.advance(SchemaTopic.REFRESH_INTERVAL);
    assertThat(reader.resolve(entry.id())).isPresent();
  }

  @Test
  void aFailureIsRepeatedUntilTheNextLookAndThenForgotten() {
    SchemaTopic.Entry entry = entry("\"string\"");
    assertThat(reader.resolve(entry.id())).isEmpty();
    append(entry);
    opened.get(0).setPollException(new TopicAuthorizationException("not for you"));
    clock.advance(SchemaTopic.REFRESH_INTERVAL);
    assertThatThrownBy(() -> reader.resolve(entry.id()))
        .isInstanceOf(SchemaSourceException.class)
        .hasMessageContaining(TOPIC)
        .hasMessageContaining("not for you");
    assertThatThrownBy(() -> reader.resolve(entry.id())).isInstanceOf(SchemaSourceException.class);
    assertThat(opened.get(0).closed()).isTrue();
    clock.advance(SchemaTopic.REFRESH_INTERVAL);
    assertThat(reader.resolve(entry.id())).isPresent();
    assertThat(opened).hasSize(2);
  }

  @Test
  void anEntryWhoseIdIsNotThatOfItsSchemaIsIgnored() {
    int claimed = SchemaIds.of("\"long\"");
    append(
        Integer.toString(claimed),
        "{\"subject\":\"s\",\"version\":1,\"schema\":\"\\\"string\\\"\"}");
    append("seven", "{}");
    append(Integer.toString(claimed), "not json");
    append(Integer.toString(SchemaIds.of("{")), "{\"schema\":\"{\"}");
    SchemaTopic.Entry good = entry("\"string\"");
    append(good);
    assertThat(reader.resolve(claimed)).isEmpty();
    assertThat(reader.resolve(good.id())).isPresent();
    assertThat(reader.entries()).containsOnlyKeys(good.id());
  }

  @Test
  void valuesAreSubjectVersionAndSchema() {
    ReleasedSchema released = ReleasedSchemas.newest("io.tallyman.v1.StreamGap").orElseThrow();
    SchemaTopic.Entry entry = SchemaTopic.Entry.of(released, "acme.");
    assertThat(new String(entry.key(), StandardCharsets.UTF_8))
        .isEqualTo(Integer.toString(released.id()));
    assertThat(new String(entry.value(), StandardCharsets.UTF_8))
        .startsWith("{\"subject\":\"acme.docker.gaps.v1-value\",\"version\":1,\"schema\":\"{");
    assertThat(SchemaTopic.Entry.parse(entry.key(), entry.value())).isEqualTo(entry);
  }

  @Test
  void onlyWhatIsAbsentOrDifferentIsPublished() {
    List<ReleasedSchema> all = ReleasedSchemas.all();
    append(SchemaTopic.Entry.of(all.get(0), "acme."));
    append(SchemaTopic.Entry.of(all.get(1), "other."));
    try (MockProducer<byte[], byte[]> producer = producer(true)) {
      SchemaTopic.Publisher publisher =
          new SchemaTopic.Publisher(() -> reader, () -> producer, "acme.");
      assertThat(publisher.publishMissing(all))
          .containsExactlyInAnyOrderElementsOf(
              all.stream().skip(1).map(ReleasedSchema::id).toList());
      assertThat(producer.history()).extracting(ProducerRecord::topic).containsOnly(TOPIC);
      producer.history().forEach(record -> append(record.key(), record.value()));
    }
    clock.advance(SchemaTopic.REFRESH_INTERVAL);
    SchemaTopic.Publisher again =
        new SchemaTopic.Publisher(
            () -> reader,
            () -> {
              throw new AssertionError("nothing is missing");
            },
            "acme.");
    assertThat(again.publishMissing(all)).isEmpty();
  }

  @Test
  void aRefusedWriteIsAnErrorOfTheSource() {
    KafkaException refused = new TopicAuthorizationException("not for you");
    try (MockProducer<byte[], byte[]> producer = producer(true)) {
      producer.sendException = new RuntimeException(refused);
      producer.sendException = refused;
      SchemaTopic.Publisher publisher =
          new SchemaTopic.Publisher(() -> reader, () -> producer, "acme.");
      assertThatThrownBy(() -> publisher.publishMissing(ReleasedSchemas.all()))
          .isInstanceOf(SchemaSourceException.class)
          .hasMessageContaining("not for you");
    }
  }

  private static MockProducer<byte[], byte[]> producer(boolean autoComplete) {
    return new MockProducer<>(
        autoComplete, null, new ByteArraySerializer(), new ByteArraySerializer());
  }

  private MockConsumer<byte[], byte[]> open() {
    MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
    if (topicExists) {
      consumer.updatePartitions(TOPIC, List.of(partitionInfo()));
      consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
    }
    consumer.updateEndOffsets(Map.of(PARTITION, (long) log.size()));
    consumer.schedulePollTask(() -> log.forEach(consumer::addRecord));
    opened.add(consumer);
    return consumer;
  }

  private static PartitionInfo partitionInfo() {
    return new PartitionInfo(TOPIC, 0, null, null, null);
  }

  private static SchemaTopic.Entry entry(String schema) {
    return new SchemaTopic.Entry(SchemaIds.of(schema), "s", 1, schema);
  }

  private void append(SchemaTopic.Entry entry) {
    append(entry.key(), entry.value());
  }

  private void append(String key, String value) {
    append(key.getBytes(StandardCharsets.UTF_8), value.getBytes(StandardCharsets.UTF_8));
  }

  private void append(byte[] key, byte[] value) {
    ConsumerRecord<byte[], byte[]> record = new ConsumerRecord<>(TOPIC, 0, log.size(), key, value);
    log.add(record);
    for (MockConsumer<byte[], byte[]> consumer : opened) {
      if (!consumer.closed()) {
        consumer.updateEndOffsets(Map.of(PARTITION, (long) log.size()));
        consumer.schedulePollTask(() -> consumer.addRecord(record));
      }
    }
  }
}
