package io.tallyman.e2e.docker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.testcontainers.DockerClientFactory;

@Tag("docker")
class KafkaInContainerDockerTest {

  @Test
  void aBrokerInAContainerKeepsRecordsWhileItIsPaused() throws Exception {
    var engine = DockerClientFactory.lazyClient();
    try (var kafka = TestImages.startableKafka(engine)) {
      kafka.start();
      var servers = Map.<String, Object>of("bootstrap.servers", kafka.getBootstrapServers());
      try (var admin = Admin.create(servers);
          var producer =
              new KafkaProducer<>(servers, new StringSerializer(), new StringSerializer());
          var consumer =
              new KafkaConsumer<>(servers, new StringDeserializer(), new StringDeserializer())) {
        admin
            .createTopics(List.of(new NewTopic("t", 1, (short) 1)))
            .all()
            .get(30, TimeUnit.SECONDS);
        producer.send(new ProducerRecord<>("t", "before")).get(30, TimeUnit.SECONDS);

        engine.pauseContainerCmd(kafka.getContainerId()).exec();
        var during = producer.send(new ProducerRecord<>("t", "during"));
        assertThat(during).isNotDone();
        engine.unpauseContainerCmd(kafka.getContainerId()).exec();
        during.get(30, TimeUnit.SECONDS);

        consumer.assign(List.of(new TopicPartition("t", 0)));
        consumer.seekToBeginning(consumer.assignment());
        assertThat(consumer.poll(Duration.ofSeconds(30)))
            .extracting(record -> record.value())
            .containsExactly("before", "during");
      }
    }
  }
}
