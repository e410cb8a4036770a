package io.tallyman.sink.app;

import io.tallyman.schemas.TallymanDeserializer;
import io.tallyman.sink.Reading;
import io.tallyman.sink.SinkNames;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Makes the Kafka clients of a sink. What its guarantees rest on cannot be configured away. */
final class SinkClients {

  /** What a store such as InfluxDB takes best in one request. */
  private static final String MAX_POLL_RECORDS = "5000";

  private final SinkConfig config;

  SinkClients(SinkConfig config) {
    this.config = config;
  }

  Consumer<byte[], byte[]> consumer(int worker, Reading reading) {
    return new KafkaConsumer<>(
        consumerProperties(worker, reading),
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer());
  }

  Map<String, Object> consumerProperties(int worker, Reading reading) {
    var groupId = SinkNames.groupId(config.topicSettings().prefix(), config.name());
    var properties = new HashMap<String, Object>();
    properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, MAX_POLL_RECORDS);
    properties.putAll(config.kafkaProperties());
    properties.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, config.bootstrapServers());
    properties.put(ConsumerConfig.CLIENT_ID_CONFIG, groupId + "-" + worker);
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
    switch (reading) {
      case GROUP -> {
        properties.put(ConsumerConfig.GROUP_ID_CONFIG, groupId);
        properties.put(ConsumerConfig.GROUP_PROTOCOL_CONFIG, "classic");
        properties.put(
            ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
            CooperativeStickyAssignor.class.getName());
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
      }
      case TAIL -> {
        properties.remove(ConsumerConfig.GROUP_ID_CONFIG);
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "latest");
      }
    }
    properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
    return properties;
  }

  TallymanDeserializer deserializer() {
    var properties = new HashMap<String, Object>(config.kafkaProperties());
    properties.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, config.bootstrapServers());
    properties.put(TallymanDeserializer.TOPIC_PREFIX_CONFIG, config.topicSettings().prefix());
    var deserializer = new TallymanDeserializer();
    deserializer.configure(properties, false);
    return deserializer;
  }

  /** For dead letters: gives up a record within half a minute, so that the worker can back off. */
  Producer<byte[], byte[]> producer(int worker) {
    var properties = new HashMap<String, Object>(config.kafkaProperties());
    properties.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, config.bootstrapServers());
    properties.put(
        ProducerConfig.CLIENT_ID_CONFIG,
        SinkNames.groupId(config.topicSettings().prefix(), config.name()) + "-dlq-" + worker);
    properties.put(ProducerConfig.ACKS_CONFIG, "all");
    properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");
    properties.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "zstd");
    properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, "15000");
    properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, "10000");
    properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, "30000");
    // The record went through a producer before; the headers that we add must not stop it.
    properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Integer.toString(8 * 1024 * 1024));
    return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
  }

  /** Gives up within ten seconds, because a stop has to wait for that. */
  Admin admin() {
    var properties = new HashMap<String, Object>(config.kafkaProperties());
    properties.put("bootstrap.servers", config.bootstrapServers());
    properties.put("request.timeout.ms", "5000");
    properties.put("default.api.timeout.ms", "10000");
    return Admin.create(properties);
  }
}
