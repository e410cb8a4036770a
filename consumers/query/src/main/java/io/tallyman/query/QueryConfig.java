package io.tallyman.query;

import io.tallyman.query.topology.Retention;
import io.tallyman.schemas.TopicSettings;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one instance of the query service needs to know.
 *
 * @param bootstrapServers of Kafka, {@code host:port,…}
 * @param kafkaProperties passed through to every Kafka client (TLS, SASL); may hold secrets
 * @param topics prefix of all topic names, and how missing topics are made
 * @param name of the instances that share the work; part of the Streams application id
 * @param httpHost address to bind; on a loopback address only loopback names are answered
 * @param httpPort 0 for any free one
 * @param stateDir where RocksDB keeps the state; may be deleted while the service is down
 * @param retention how long state is kept
 * @param advertisedHost under which other instances reach this one; null for {@code httpHost}
 * @param simulated whether what is shown comes from a simulated engine, so that pages say so
 */
public record QueryConfig(
    String bootstrapServers,
    Map<String, String> kafkaProperties,
    TopicSettings topics,
    String name,
    String httpHost,
    int httpPort,
    Path stateDir,
    Retention retention,
    @Nullable String advertisedHost,
    boolean simulated) {

  /** Copies the map. */
  public QueryConfig {
    kafkaProperties = Map.copyOf(kafkaProperties);
    if (name.isBlank()) {
      throw new IllegalArgumentException("name is blank");
    }
    if (httpPort < 0 || httpPort > 65_535) {
      throw new IllegalArgumentException("httpPort is not a port: " + httpPort);
    }
  }

  /** With {@code httpHost} as the way for other instances. */
  public QueryConfig(
      String bootstrapServers,
      Map<String, String> kafkaProperties,
      TopicSettings topics,
      String name,
      String httpHost,
      int httpPort,
      Path stateDir,
      Retention retention,
      boolean simulated) {
    this(
        bootstrapServers,
        kafkaProperties,
        topics,
        name,
        httpHost,
        httpPort,
        stateDir,
        retention,
        null,
        simulated);
  }

  /** Kafka Streams' application id, which is also the consumer group. */
  public String applicationId() {
    return topics.prefix() + "tallyman-query-" + name;
  }

  /** Without the Kafka properties' values, which can be secrets. */
  @Override
  public String toString() {
    return "QueryConfig[bootstrapServers=%s, kafkaProperties=%s, topics=%s, name=%s, httpHost=%s, httpPort=%d, stateDir=%s, retention=%s, advertisedHost=%s, simulated=%s]"
        .formatted(
            bootstrapServers,
            kafkaProperties.keySet(),
            topics,
            name,
            httpHost,
            httpPort,
            stateDir,
            retention,
            advertisedHost,
            simulated);
  }
}
