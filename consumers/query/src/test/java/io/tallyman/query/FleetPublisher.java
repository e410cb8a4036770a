package io.tallyman.query;

import io.tallyman.schemas.TallymanSerializer;
import io.tallyman.schemas.Topic;
import io.tallyman.schemas.Topics;
import io.tallyman.v1.ContainerAlert;
import io.tallyman.v1.ContainerEvent;
import io.tallyman.v1.ContainerState;
import io.tallyman.v1.ContainerStats;
import io.tallyman.v1.HostStatus;
import io.tallyman.v1.StreamGap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/** Writes records as an agent would; each call returns when the broker has them. */
final class FleetPublisher implements AutoCloseable {

  private final String prefix;
  private final TallymanSerializer serializer = new TallymanSerializer();
  private final Producer<String, byte[]> producer;

  FleetPublisher(String bootstrapServers, String prefix) {
    this.prefix = prefix;
    this.producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", bootstrapServers, "acks", "all"),
            new StringSerializer(),
            new ByteArraySerializer());
  }

  void send(SpecificRecord... records) {
    for (SpecificRecord record : records) {
      switch (record) {
        case ContainerStats stats -> send(Topics.STATS, stats.getHostId(), stats);
        case ContainerEvent event -> send(Topics.EVENTS, event.getHostId(), event);
        case ContainerState state -> send(Topics.CONTAINERS, state.getContainerId(), state);
        case StreamGap gap -> send(Topics.GAPS, gap.getHostId(), gap);
        case ContainerAlert alert -> send(Topics.ALERTS, alert.getHostId(), alert);
        case HostStatus host -> send(Topics.HOSTS, host.getHostId(), host);
        default -> throw new IllegalArgumentException(record.getSchema().getName());
      }
    }
  }

  void forget(String containerId) {
    send(Topics.CONTAINERS, containerId, null);
  }

  void sendRaw(Topic topic, String key, byte[] value) {
    send(new ProducerRecord<>(topic.withPrefix(prefix).name(), key, value));
  }

  private void send(Topic topic, String key, @Nullable SpecificRecord record) {
    String name = topic.withPrefix(prefix).name();
    send(new ProducerRecord<>(name, key, serializer.serialize(name, record)));
  }

  private void send(ProducerRecord<String, byte[]> record) {
    try {
      producer.send(record).get();
    } catch (ExecutionException | InterruptedException e) {
      throw new IllegalStateException("A record was not written", e);
    }
  }

  @Override
  public void close() {
    producer.close();
  }
}
