package io.tallyman.cli.kafka;

import io.tallyman.cli.settings.ConfigKeys;
import io.tallyman.cli.settings.Settings;
import io.tallyman.schemas.TopicSettings;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * How to reach Kafka, from the settings.
 *
 * @param properties for the clients; may hold secrets
 */
public record KafkaAccess(String bootstrapServers, Map<String, String> properties) {

  private static final Duration ADMIN_TIMEOUT = Duration.ofSeconds(10);

  public KafkaAccess {
    properties = Map.copyOf(properties);
  }

  /** The Kafka that the settings name. */
  public static KafkaAccess of(Settings settings) {
    return new KafkaAccess(settings.get(ConfigKeys.BOOTSTRAP_SERVERS), settings.kafkaProperties());
  }

  /** How topics are made, with another number of partitions than the settings say. */
  public static TopicSettings topics(Settings settings, int partitions) {
    Integer replicas = settings.find(ConfigKeys.REPLICATION_FACTOR);
    String prefix = settings.find(ConfigKeys.TOPIC_PREFIX);
    return new TopicSettings(
        prefix == null ? "" : prefix,
        partitions,
        replicas == null ? OptionalInt.empty() : OptionalInt.of(replicas));
  }

  /** How topics are made. */
  public static TopicSettings topics(Settings settings) {
    return topics(settings, settings.get(ConfigKeys.PARTITIONS));
  }

  /**
   * Does something with an admin client of its own.
   *
   * @throws KafkaUnavailableException when Kafka cannot be reached or refuses
   */
  public <T> T asAdmin(Function<Admin, T> action) {
    Map<String, Object> config = new HashMap<>(properties);
    config.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    config.put(AdminClientConfig.CLIENT_ID_CONFIG, "tallyman-cli");
    config.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) ADMIN_TIMEOUT.toMillis());
    config.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) ADMIN_TIMEOUT.toMillis());
    try (Admin admin = Admin.create(config)) {
      return action.apply(admin);
    } catch (KafkaException e) {
      throw explained(e);
    }
  }

  private RuntimeException explained(KafkaException e) {
    if (e.getClass().getName().startsWith("io.tallyman.")) {
      return e;
    }
    Throwable reason = e.getCause() instanceof ConfigException ? e.getCause() : e;
    String advice =
        switch (reason) {
          case TimeoutException _ -> "does not answer; is it running, and is the address right";
          case AuthenticationException _ -> "refuses the credentials in tallyman.kafka.properties";
          case AuthorizationException _ -> "does not allow it";
          case ConfigException _ -> "cannot be asked with these settings";
          default -> "failed";
        };
    return new KafkaUnavailableException(
        "Kafka at %s %s: %s".formatted(bootstrapServers, advice, reason.getMessage()), e);
  }

  @Override
  public String toString() {
    return "KafkaAccess[" + bootstrapServers + ", " + properties.keySet() + "]";
  }
}
