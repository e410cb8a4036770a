package io.tallyman.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@Tag("kafka")
class KafkaExtensionTest {

  @RegisterExtension static final KafkaExtension kafka = new KafkaExtension();

  @Test
  void whatIsSentIsRead() {
    var topic = kafka.uniquePrefix() + "numbers";
    kafka.createTopic(topic, 2);

    kafka.send(
        List.of(
            new ProducerRecord<>(topic, 0, bytes("a"), bytes("1")),
            new ProducerRecord<>(topic, 1, bytes("b"), null)));

    assertThat(kafka.readAll(topic))
        .extracting(record -> record.value() == null ? "null" : new String(record.value(), UTF_8))
        .containsExactlyInAnyOrder("1", "null");
  }

  @Test
  void committedOffsetsAreTold() {
    var prefix = kafka.uniquePrefix();
    var topic = prefix + "numbers";
    kafka.createTopic(topic, 1);
    var partition = new TopicPartition(topic, 0);

    try (var consumer = kafka.consumer(prefix + "group")) {
      consumer.assign(List.of(partition));
      consumer.commitSync(Map.of(partition, new OffsetAndMetadata(7)));
    }

    assertThat(kafka.committed(prefix + "group")).containsExactly(Map.entry(partition, 7L));
  }

  @Test
  void theCatalogueIsMadeUnderThePrefix() throws Exception {
    var prefix = kafka.uniquePrefix();
    kafka.createTopics(prefix, 3);

    try (var admin = kafka.admin()) {
      var described = admin.describeTopics(List.of(prefix + "docker.stats.v1")).allTopicNames();
      assertThat(described.get())
          .hasEntrySatisfying(
              prefix + "docker.stats.v1", topic -> assertThat(topic.partitions()).hasSize(3));
    }
  }

  @Test
  void prefixesAreUnique() {
    assertThat(kafka.uniquePrefix()).isNotEqualTo(kafka.uniquePrefix());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
