package io.tallyman.agent.publish;

import io.tallyman.schemas.TopicSettings;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Where Kafka is and how its clients are set up.
 *
 * @param properties passed to every Kafka client as they are; what the delivery guarantee rests on
 *     cannot be changed by them
 */
public record KafkaSettings(
    String bootstrapServers, Map<String, String> properties, TopicSettings topics) {

  /** How long a send may wait for metadata or room before the lane takes it back. */
  static final Duration MAX_BLOCK = Duration.ofSeconds(5);

  /** How long a request about topics may take. */
  static final Duration ADMIN_TIMEOUT = Duration.ofSeconds(5);

  public KafkaSettings {
    properties = Map.copyOf(properties);
  }

  /** Settings of any client. */
  Map<String, Object> clientConfig() {
    Map<String, Object> config = new HashMap<>();
    config.put(
        CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, Long.toString(ADMIN_TIMEOUT.toMillis()));
    config.put(
        CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG, Long.toString(ADMIN_TIMEOUT.toMillis()));
    config.putAll(properties);
    config.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    return config;
  }

  /** Settings of a lane's producer. */
  Map<String, Object> producerConfig(LaneSettings lane) {
    Map<String, Object> config = new HashMap<>();
    config.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "zstd");
    config.put(ProducerConfig.LINGER_MS_CONFIG, Long.toString(lane.linger().toMillis()));
    config.put(ProducerConfig.BATCH_SIZE_CONFIG, Integer.toString(lane.batchBytes()));
    config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, Long.toString(MAX_BLOCK.toMillis()));
    config.putAll(properties);
    config.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    config.put(ProducerConfig.CLIENT_ID_CONFIG, "tallyman-agent-" + lane.name());
    config.put(ProducerConfig.ACKS_CONFIG, "all");
    config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");
    config.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, "1");
    config.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    config.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    return config;
  }
}
