package io.tallyman.query.state;

import io.tallyman.query.QueryConfig;
import io.tallyman.query.topology.BoundedRocksDb;
import io.tallyman.schemas.TallymanDeserializer;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.state.HostInfo;

/** The Kafka client settings of the service, derived from its configuration. */
public final class StreamsSettings {

  /** What is processed again after a crash; the state itself is visible at once. */
  private static final Duration COMMIT_INTERVAL = Duration.ofSeconds(5);

  /** How long the partitions of an instance that was killed stay unanswered. */
  private static final Duration SESSION_TIMEOUT = Duration.ofSeconds(10);

  private static final Duration HEARTBEAT_INTERVAL = Duration.ofSeconds(2);

  /** How much later than Kafka itself the service may notice that Kafka is back. */
  private static final Duration MAX_RECONNECT_BACKOFF = Duration.ofSeconds(1);

  private static final int STREAM_THREADS = 1;

  /** Copies at other instances, if there are any: what answers while partitions move. */
  private static final int STANDBYS = 1;

  private static final Set<String> WILDCARDS = Set.of("0.0.0.0", "::", "[::]");

  private StreamsSettings() {}

  /** Where other instances reach this one; {@code httpPort} is the one that is really bound. */
  static HostInfo self(QueryConfig config, int httpPort) {
    String advertised = config.advertisedHost();
    String host = advertised == null ? reachable(config.httpHost()) : advertised;
    return new HostInfo(host.replaceAll("[\\[\\]]", ""), httpPort);
  }

  private static String reachable(String bound) {
    if (!WILDCARDS.contains(bound)) {
      return bound;
    }
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }

  /** For Kafka Streams. */
  static Properties streams(QueryConfig config, HostInfo self) {
    Properties properties = new Properties();
    properties.putAll(clients(config));
    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, config.applicationId());
    properties.put(StreamsConfig.APPLICATION_SERVER_CONFIG, hostAndPort(self.host(), self.port()));
    properties.put(StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG, STANDBYS);
    properties.put(StreamsConfig.STATE_DIR_CONFIG, config.stateDir().toString());
    properties.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.AT_LEAST_ONCE);
    properties.put(StreamsConfig.GROUP_PROTOCOL_CONFIG, "classic");
    properties.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, STREAM_THREADS);
    properties.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, COMMIT_INTERVAL.toMillis());
    properties.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 0L);
    properties.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, BoundedRocksDb.class);
    config
        .topics()
        .replicationFactor()
        .ifPresent(factor -> properties.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, factor));
    properties.put(
        StreamsConfig.consumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG),
        (int) SESSION_TIMEOUT.toMillis());
    properties.put(
        StreamsConfig.consumerPrefix(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG),
        (int) HEARTBEAT_INTERVAL.toMillis());
    properties.put(StreamsConfig.producerPrefix(ProducerConfig.ACKS_CONFIG), "all");
    properties.put(StreamsConfig.producerPrefix(ProducerConfig.COMPRESSION_TYPE_CONFIG), "zstd");
    return properties;
  }

  /** What every client has in common. */
  public static Map<String, Object> clients(QueryConfig config) {
    Map<String, Object> properties = new HashMap<>(config.kafkaProperties());
    properties.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, config.bootstrapServers());
    properties.putIfAbsent(
        CommonClientConfigs.RECONNECT_BACKOFF_MAX_MS_CONFIG, MAX_RECONNECT_BACKOFF.toMillis());
    properties.put(TallymanDeserializer.TOPIC_PREFIX_CONFIG, config.topics().prefix());
    return properties;
  }

  private static String hostAndPort(String host, int port) {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}
