package io.tallyman.cli.settings;

import static io.tallyman.cli.settings.Part.AGENT;
import static io.tallyman.cli.settings.Part.QUERY;
import static io.tallyman.cli.settings.Part.SINK;
import static io.tallyman.cli.settings.Part.TOPICS;
import static io.tallyman.cli.settings.Part.UP;

import io.tallyman.agent.app.StatsSourceChoice;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The catalogue of configuration keys: every key that any command reads, and the only place where
 * its default stands. A key that is not here fails the start.
 */
public final class ConfigKeys {

  public static final ConfigKey<Path> DATA_DIR =
      ConfigKey.of(
              "tallyman.data-dir",
              ValueType.PATH,
              "Where a command keeps what it must keep.",
              UP,
              AGENT,
              QUERY,
              SINK)
          .orElse("~/.local/share/tallyman")
          .flag("--data-dir");

  public static final ConfigKey<String> BOOTSTRAP_SERVERS =
      ConfigKey.of(
              "tallyman.kafka.bootstrap-servers",
              ValueType.ADDRESSES,
              "Kafka's address; up has its own Kafka.",
              AGENT,
              QUERY,
              SINK,
              TOPICS)
          .flag("--kafka");

  public static final ConfigKey<String> TOPIC_PREFIX =
      ConfigKey.of(
              "tallyman.kafka.topic-prefix",
              ValueType.NAME,
              "Stands before the name of every topic and consumer group.",
              UP,
              AGENT,
              QUERY,
              SINK,
              TOPICS)
          .defaultNote("empty")
          .flag("--topic-prefix");

  public static final ConfigKey<Integer> PARTITIONS =
      ConfigKey.of(
              "tallyman.kafka.partitions",
              ValueType.integer(1, 10_000),
              "Partitions of a topic that is created; topics that exist are left as they are.",
              UP,
              AGENT,
              QUERY,
              SINK,
              TOPICS)
          .orElse("12")
          .defaultNote("12 (`up`: 1)");

  public static final ConfigKey<Integer> REPLICATION_FACTOR =
      ConfigKey.of(
              "tallyman.kafka.replication-factor",
              ValueType.integer(1, 100),
              "Copies of a topic that is created.",
              AGENT,
              QUERY,
              SINK,
              TOPICS)
          .defaultNote("the broker's");

  public static final ConfigKey<Map<String, String>> KAFKA_PROPERTIES =
      ConfigKey.of(
              "tallyman.kafka.properties",
              ValueType.MAP,
              "Passed to the Kafka clients as they are (TLS, SASL), such as"
                  + " tallyman.kafka.properties.security.protocol.",
              AGENT,
              QUERY,
              SINK,
              TOPICS)
          .defaultNote("none")
          .asSecret();

  public static final ConfigKey<Integer> UP_KAFKA_PORT =
      ConfigKey.of(
              "tallyman.up.kafka-port",
              ValueType.PORT,
              "Port of the Kafka that up runs, on 127.0.0.1; 0 for a free one.",
              UP)
          .orElse("9092")
          .defaultNote("9092, or a free one if taken")
          .flag("--kafka-port");

  public static final ConfigKey<URI> DOCKER_HOST =
      ConfigKey.of(
              "tallyman.docker.host",
              ValueType.ENGINE,
              "The Docker Engine; DOCKER_HOST is read when nobody sets it.",
              UP,
              AGENT)
          .orElse(EngineAddress.LOCAL_SOCKET.toString())
          .flag("--docker-host");

  public static final ConfigKey<Path> DOCKER_TLS_CA =
      ConfigKey.of(
              "tallyman.docker.tls.ca",
              ValueType.PATH,
              "Certificate authority (PEM) of an engine that is reached by TLS.",
              UP,
              AGENT)
          .defaultNote("none");

  public static final ConfigKey<Path> DOCKER_TLS_CERT =
      ConfigKey.of(
              "tallyman.docker.tls.cert", ValueType.PATH, "Client certificate (PEM).", UP, AGENT)
          .defaultNote("none");

  public static final ConfigKey<Path> DOCKER_TLS_KEY =
      ConfigKey.of(
              "tallyman.docker.tls.key",
              ValueType.PATH,
              "Key (PEM) of the client certificate.",
              UP,
              AGENT)
          .defaultNote("none");

  public static final ConfigKey<String> HOST_ID =
      ConfigKey.of(
              "tallyman.host.id",
              ValueType.HOST_ID,
              "Identity of this host in every record; set it where engines were cloned.",
              UP,
              AGENT)
          .defaultNote("the engine's");

  public static final ConfigKey<String> HOST_NAME =
      ConfigKey.of(
              "tallyman.host.name", ValueType.TEXT, "Name of this host in every record.", UP, AGENT)
          .defaultNote("the engine's");

  public static final ConfigKey<Map<String, String>> HOST_TAGS =
      ConfigKey.of(
              "tallyman.host.tags",
              ValueType.MAP,
              "Tags of this host, such as site=harbour,environment=test.",
              UP,
              AGENT)
          .defaultNote("none");

  public static final ConfigKey<String> AGENT_HOST =
      ConfigKey.of(
              "tallyman.agent.host",
              ValueType.TEXT,
              "Address on which the agent's HTTP port listens.",
              UP,
              AGENT)
          .orElse("127.0.0.1");

  public static final ConfigKey<Integer> AGENT_PORT =
      ConfigKey.of(
              "tallyman.agent.port",
              ValueType.PORT,
              "The agent's HTTP port (health, metrics, containers); 0 for a free one.",
              UP,
              AGENT)
          .orElse("8090")
          .defaultNote("8090 (`up`: or a free one if taken)")
          .flag("--port", AGENT);

  public static final ConfigKey<String> AGENT_TOKEN =
      ConfigKey.of(
              "tallyman.agent.token",
              ValueType.TEXT,
              "Who changes something over the agent's HTTP port must show it; without it nobody can.",
              UP,
              AGENT)
          .defaultNote("none")
          .asSecret();

  public static final ConfigKey<Duration> STATS_INTERVAL =
      ConfigKey.of(
              "tallyman.stats.interval",
              ValueType.duration(Duration.ofSeconds(1), Duration.ofHours(1)),
              "Time between two readings of a container.",
              UP,
              AGENT)
          .orElse("5s")
          .flag("--interval");

  public static final ConfigKey<StatsSourceChoice> STATS_SOURCE =
      ConfigKey.of(
              "tallyman.stats.source",
              ValueType.choice(List.of(StatsSourceChoice.AUTO, StatsSourceChoice.ENGINE)),
              "Where readings are taken.",
              UP,
              AGENT)
          .orElse("auto")
          .flag("--source");

  public static final ConfigKey<Boolean> STATS_DETAIL =
      ConfigKey.of(
              "tallyman.stats.detail",
              ValueType.BOOLEAN,
              "Publish every memory counter that the engine sends.",
              UP,
              AGENT)
          .orElse("false");

  public static final ConfigKey<List<String>> INCLUDE_NAMES =
      selecting("include.names", "Collect only containers with one of these names (globs).");
  public static final ConfigKey<List<String>> INCLUDE_IMAGES =
      selecting("include.images", "Collect only containers of one of these images (globs).");
  public static final ConfigKey<List<String>> INCLUDE_LABELS =
      selecting("include.labels", "Collect only containers with one of these labels (globs).");
  public static final ConfigKey<List<String>> EXCLUDE_NAMES =
      selecting("exclude.names", "Leave out containers with one of these names (globs).");
  public static final ConfigKey<List<String>> EXCLUDE_IMAGES =
      selecting("exclude.images", "Leave out containers of one of these images (globs).");
  public static final ConfigKey<List<String>> EXCLUDE_LABELS =
      selecting("exclude.labels", "Leave out containers with one of these labels (globs).");

  public static final ConfigKey<List<String>> LABELS_ALLOW =
      ConfigKey.of(
              "tallyman.labels.allow",
              ValueType.LIST,
              "Labels that are published (globs); an empty list in the file allows none.",
              UP,
              AGENT)
          .orElse(
              "com.docker.compose.project,com.docker.compose.service,"
                  + "com.docker.compose.container-number,com.docker.stack.namespace,"
                  + "com.docker.swarm.service.name,com.docker.swarm.task.name,"
                  + "com.docker.swarm.node.id")
          .defaultNote("Compose's and Swarm's");

  public static final ConfigKey<Boolean> LABELS_TRUSTED =
      ConfigKey.of(
              "tallyman.labels.trusted",
              ValueType.BOOLEAN,
              "Obey the labels tallyman.ignore, tallyman.interval, tallyman.max-cpu and"
                  + " tallyman.max-memory of containers.",
              UP,
              AGENT)
          .orElse("true");

  public static final ConfigKey<Integer> LABELS_MAX_VALUE_BYTES =
      ConfigKey.of(
              "tallyman.labels.max-value-bytes",
              ValueType.integer(0, 65_536),
              "Bytes of a label's value that are published.",
              UP,
              AGENT)
          .orElse("256");

  public static final ConfigKey<List<Pattern>> LABELS_REDACT =
      ConfigKey.of(
              "tallyman.labels.redact",
              ValueType.PATTERNS,
              "What is hidden in labels: the whole value where the key matches, else the part"
                  + " that matches.",
              UP,
              AGENT)
          .orElse(
              "(?i)(^|[.][\\w-]*)(password|passwd|secret|token|api[_-]?key|credentials?)$,"
                  + "^[A-Z0-9_]*(PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|CREDENTIALS?)$,"
                  + "(?i)(?<=(password|passwd|secret|token)[=:])[^\\s&;]+,"
                  + "//[^/@\\s]+:[^/@\\s]+@")
          .defaultNote("patterns for secrets");

  public static final ConfigKey<Long> SPOOL_EVENTS_MAX_BYTES =
      ConfigKey.of(
              "tallyman.spool.events.max-bytes",
              ValueType.size(1 << 20, 1L << 40),
              "Disk that events may take while Kafka is away; at the cap new ones are refused.",
              UP,
              AGENT)
          .orElse("256MiB");

  public static final ConfigKey<Long> SPOOL_STATS_MAX_BYTES =
      ConfigKey.of(
              "tallyman.spool.stats.max-bytes",
              ValueType.size(1 << 20, 1L << 40),
              "Disk that readings may take while Kafka is away; at the cap the oldest go.",
              UP,
              AGENT)
          .orElse("512MiB");

  public static final ConfigKey<String> SINK_NAME =
      ConfigKey.of(
              "tallyman.sink.name",
              ValueType.SINK_NAME,
              "Name of this sink's instances; part of the consumer group and of the dead-letter"
                  + " topics.",
              SINK)
          .defaultNote("the sink's")
          .flag("--name");

  public static final ConfigKey<Integer> SINK_PORT =
      ConfigKey.of(
              "tallyman.sink.port",
              ValueType.PORT,
              "The sink's HTTP port (health, metrics); 0 for a free one. Of several sinks of up it is the"
                  + " first one's, and the others follow.",
              UP,
              SINK)
          .orElse("8091")
          .defaultNote("8091 (`up`: or a free one if taken)")
          .flag("--port", SINK);

  public static final ConfigKey<Path> SINK_PATH =
      ConfigKey.of(
              "tallyman.sink.path",
              ValueType.PATH,
              "Directory of jars with further sinks.",
              UP,
              SINK)
          .defaultNote("`sinks/` in the data directory");

  public static final ConfigKey<String> QUERY_HOST =
      ConfigKey.of(
              "tallyman.query.host",
              ValueType.TEXT,
              "Address on which the query service and its dashboard listen.",
              UP,
              QUERY)
          .orElse("127.0.0.1");

  public static final ConfigKey<Integer> QUERY_PORT =
      ConfigKey.of(
              "tallyman.query.port",
              ValueType.PORT,
              "HTTP port of the query service and its dashboard; 0 for a free one.",
              UP,
              QUERY)
          .orElse("8080")
          .flag("--port");

  public static final ConfigKey<List<String>> QUERY_TOKENS =
      ConfigKey.of(
              "tallyman.query.tokens",
              ValueType.LIST,
              "Who asks the query service must show one of them, of 16 characters or more; needed"
                  + " where it listens on an address that others reach.",
              UP,
              QUERY)
          .defaultNote("none")
          .asSecret();

  public static final ConfigKey<Path> QUERY_TLS_CERT =
      ConfigKey.of(
              "tallyman.query.tls.cert",
              ValueType.PATH,
              "Certificate chain (PEM) of the query service, which then speaks HTTPS.",
              UP,
              QUERY)
          .defaultNote("none");

  public static final ConfigKey<Path> QUERY_TLS_KEY =
      ConfigKey.of(
              "tallyman.query.tls.key", ValueType.PATH, "Key (PEM) of that certificate.", UP, QUERY)
          .defaultNote("none");

  public static final ConfigKey<String> QUERY_ADVERTISED_HOST =
      ConfigKey.of(
              "tallyman.query.advertised-host",
              ValueType.TEXT,
              "Name or address under which other instances of the query service reach this one.",
              UP,
              QUERY)
          .defaultNote("the one it listens on; the machine's name where that is all");

  public static final ConfigKey<Path> QUERY_STATE_DIR =
      ConfigKey.of(
              "tallyman.query.state-dir",
              ValueType.PATH,
              "State stores of the query service; rebuilt from Kafka when lost.",
              UP,
              QUERY)
          .defaultNote("`query/` in the data directory, `query-PORT/` on a port of one's own");

  public static final ConfigKey<Duration> QUERY_RETENTION_RAW =
      ConfigKey.of(
              "tallyman.query.retention.raw",
              ValueType.duration(Duration.ofMinutes(1), Duration.ofDays(7)),
              "How long the query service keeps single readings; no longer than their roll-ups.",
              UP,
              QUERY)
          .orElse("1h");

  public static final ConfigKey<Duration> QUERY_RETENTION_ROLLUP =
      ConfigKey.of(
              "tallyman.query.retention.rollup",
              ValueType.duration(Duration.ofMinutes(1), Duration.ofDays(7)),
              "How long the query service keeps what the readings of a minute come to; no longer"
                  + " than their topic keeps them.",
              UP,
              QUERY)
          .orElse("24h");

  public static final ConfigKey<Duration> QUERY_RETENTION_EVENTS =
      ConfigKey.of(
              "tallyman.query.retention.events",
              ValueType.duration(Duration.ofMinutes(1), Duration.ofDays(30)),
              "How long the query service keeps events, gaps and alerts; no longer than their topics do.",
              UP,
              QUERY)
          .orElse("7d");

  private static final List<ConfigKey<?>> OWN =
      List.of(
          DATA_DIR,
          BOOTSTRAP_SERVERS,
          TOPIC_PREFIX,
          PARTITIONS,
          REPLICATION_FACTOR,
          KAFKA_PROPERTIES,
          UP_KAFKA_PORT,
          DOCKER_HOST,
          DOCKER_TLS_CA,
          DOCKER_TLS_CERT,
          DOCKER_TLS_KEY,
          HOST_ID,
          HOST_NAME,
          HOST_TAGS,
          AGENT_HOST,
          AGENT_PORT,
          AGENT_TOKEN,
          STATS_INTERVAL,
          STATS_SOURCE,
          STATS_DETAIL,
          INCLUDE_NAMES,
          INCLUDE_IMAGES,
          INCLUDE_LABELS,
          EXCLUDE_NAMES,
          EXCLUDE_IMAGES,
          EXCLUDE_LABELS,
          LABELS_ALLOW,
          LABELS_TRUSTED,
          LABELS_MAX_VALUE_BYTES,
          LABELS_REDACT,
          SPOOL_EVENTS_MAX_BYTES,
          SPOOL_STATS_MAX_BYTES,
          SINK_NAME,
          SINK_PORT,
          SINK_PATH,
          QUERY_HOST,
          QUERY_PORT,
          QUERY_TOKENS,
          QUERY_TLS_CERT,
          QUERY_TLS_KEY,
          QUERY_ADVERTISED_HOST,
          QUERY_STATE_DIR,
          QUERY_RETENTION_RAW,
          QUERY_RETENTION_ROLLUP,
          QUERY_RETENTION_EVENTS);

  private ConfigKeys() {}

  private static ConfigKey<List<String>> selecting(String name, String doc) {
    return ConfigKey.of("tallyman.select." + name, ValueType.LIST, doc, UP, AGENT)
        .defaultNote("none");
  }

  /** All keys but those of sinks, in the order of the reference. */
  static List<ConfigKey<?>> own() {
    return OWN;
  }

  static boolean isKafkaProperty(String name) {
    return name.startsWith(KAFKA_PROPERTIES.name() + ".")
        && name.length() > KAFKA_PROPERTIES.name().length() + 1;
  }
}
