package io.tallyman.sink.influxdb;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tallyman.schemas.TopicSettings;
import io.tallyman.schemas.Topics;
import io.tallyman.sink.app.RunningSink;
import io.tallyman.sink.app.SinkApplication;
import io.tallyman.sink.app.SinkConfig;
import io.tallyman.testkit.InfluxDbExtension;
import io.tallyman.testkit.KafkaExtension;
import io.tallyman.testkit.Samples;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A line that InfluxDB refuses, on its way from a topic to the topic of dead letters. */
@Tag("kafka")
@Tag("influxdb")
class InfluxDeadLetterTest {

  private static final Duration LONG = Duration.ofMinutes(2);
  private static final int LINES = 5_000;
  private static final int BAD = 3_210;

  @RegisterExtension static final KafkaExtension kafka = new KafkaExtension();
  @RegisterExtension static final InfluxDbExtension influx = new InfluxDbExtension();

  private final String prefix = kafka.uniquePrefix();
  private final String database = influx.newDatabase();

  @Test
  void ofFiveThousandLinesTheBadOneIsADeadLetterAndAllOthersAreStored() {
    kafka.createTopics(prefix);
    var records = records();
    kafka.send(records);
    var topic = prefix + Topics.STATS.name();

    try (var sink = start()) {
      await().atMost(LONG).until(() -> committed() == LINES);
      assertThat(sink.figures().written()).isEqualTo(LINES - 1);
      assertThat(sink.figures().deadLettered()).isEqualTo(1);
    }

    assertThat(
            StoredSeries.rows(influx, database, "SELECT count(usage_bytes) FROM container_memory"))
        .containsExactly(List.of("4999"));
    assertThat(kafka.readAll(topic + ".dlq.influxdb"))
        .singleElement()
        .satisfies(letter -> {
          assertThat(letter.key()).isEqualTo(records.get(BAD).key());
          assertThat(letter.value()).isEqualTo(records.get(BAD).value());
          assertThat(headers(letter))
              .containsEntry("__connect.errors.topic", topic)
              .containsEntry("__connect.errors.partition", "0")
              .containsEntry("__connect.errors.offset", Integer.toString(BAD))
              .containsEntry("__connect.errors.connector.name", "influxdb")
              .containsEntry("__connect.errors.task.id", "0")
              .containsEntry("__connect.errors.stage", "TASK_PUT")
              .containsEntry("__connect.errors.class.name", InfluxSink.class.getName())
              .containsKeys(
                  "__connect.errors.exception.class.name", "__connect.errors.exception.stacktrace")
              .hasEntrySatisfying(
                  "__connect.errors.exception.message",
                  reason -> assertThat(reason).contains("max key length exceeded"));
        });
  }

  /** One line each; the name of one makes the key of its series longer than InfluxDB takes. */
  private List<ProducerRecord<byte[], byte[]>> records() {
    var records = new ArrayList<ProducerRecord<byte[], byte[]>>();
    for (int i = 0; i < LINES; i++) {
      var stats = Samples.stats().setContainerId(Samples.containerId(i));
      if (i == BAD) {
        stats.setContainerName("x".repeat(70_000));
      }
      records.add(Samples.toSend(prefix, stats.build()));
    }
    return records;
  }

  private RunningSink start() {
    return SinkApplication.start(
        new SinkConfig(
            "influxdb",
            kafka.bootstrapServers(),
            Map.of(),
            new TopicSettings(prefix, 1, OptionalInt.empty()),
            List.of(),
            1,
            "127.0.0.1",
            0,
            Map.of(
                "url",
                influx.url(),
                "database",
                database,
                "username",
                InfluxDbExtension.ADMIN,
                "password",
                InfluxDbExtension.ADMIN_PASSWORD,
                "fields",
                "usage_bytes")),
        new InfluxProvider());
  }

  private long committed() {
    return kafka.committed("tallyman." + prefix + "influxdb").values().stream()
        .mapToLong(Long::longValue)
        .sum();
  }

  private static Map<String, String> headers(ConsumerRecord<byte[], byte[]> letter) {
    var headers = new HashMap<String, String>();
    letter
        .headers()
        .forEach(header -> headers.put(header.key(), new String(header.value(), UTF_8)));
    return headers;
  }
}
