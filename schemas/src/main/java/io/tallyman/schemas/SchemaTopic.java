package io.tallyman.schemas;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.apache.avro.Schema;
import org.apache.avro.SchemaParseException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The topic {@code docker.schemas.v1}, which holds the schemas of the records where there is no
 * registry. Key: the decimal id; value: JSON of subject, version and schema.
 */
public final class SchemaTopic {

  /** At most one look at the topic in this time, however many unknown ids come by. */
  static final Duration REFRESH_INTERVAL = Duration.ofSeconds(5);

  /** How long one look at the topic may take. */
  static final Duration READ_TIMEOUT = Duration.ofSeconds(10);

  private static final Duration POLL = Duration.ofMillis(100);
  private static final int WRITE_TIMEOUT_MILLIS = 15_000;
  private static final Logger log = LoggerFactory.getLogger(SchemaTopic.class);
  private static final ObjectMapper JSON = new ObjectMapper();

  private SchemaTopic() {}

  /**
   * One schema on the topic.
   *
   * @param subject as in a registry: the full name of the records' topic, then {@code -value}
   * @param version number of the release that brought it
   * @param schema its whole text, minified
   */
  public record Entry(int id, String subject, int version, String schema) {

    /** What is published for a released schema under a topic prefix. */
    public static Entry of(ReleasedSchema released, String topicPrefix) {
      return new Entry(
          released.id(),
          released.topic().withPrefix(topicPrefix).subject(),
          released.version(),
          released.text());
    }

    byte[] key() {
      return Integer.toString(id).getBytes(StandardCharsets.UTF_8);
    }

    byte[] value() {
      String json =
          JSON.createObjectNode()
              .put("subject", subject)
              .put("version", version)
              .put("schema", schema)
              .toString();
      return json.getBytes(StandardCharsets.UTF_8);
    }

    /** Fails with {@link IllegalArgumentException} unless the id is that of the schema. */
    static Entry parse(byte[] key, byte[] value) {
      JsonNode json;
      try {
        json = JSON.readTree(new String(value, StandardCharsets.UTF_8));
      } catch (JsonProcessingException e) {
        throw new IllegalArgumentException("its value is not JSON", e);
      }
      String schema = json.path("schema").asText();
      int id = Integer.parseInt(new String(key, StandardCharsets.UTF_8));
      if (id != SchemaIds.of(schema)) {
        throw new IllegalArgumentException("its id is not that of its schema");
      }
      return new Entry(id, json.path("subject").asText(), json.path("version").asInt(), schema);
    }
  }

  /**
   * A reader with a consumer of its own.
   *
   * @param clientConfig settings of any Kafka client; those that a reader cannot use are left out
   */
  public static Reader reader(Map<String, ?> clientConfig, String topicPrefix, Clock clock) {
    Map<String, Object> config = readerConfig(clientConfig);
    return new Reader(() -> new KafkaConsumer<>(config), topicPrefix, clock);
  }

  /** A publisher with clients of its own, which it opens when it is used and then closes. */
  public static Publisher publisher(Map<String, ?> clientConfig, String topicPrefix, Clock clock) {
    Map<String, Object> config = only(clientConfig, ProducerConfig.configNames());
    config.remove(ProducerConfig.TRANSACTIONAL_ID_CONFIG);
    config.remove(ProducerConfig.INTERCEPTOR_CLASSES_CONFIG);
    config.remove(ProducerConfig.PARTITIONER_CLASS_CONFIG);
    config.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    config.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    config.put(ProducerConfig.ACKS_CONFIG, "all");
    config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    config.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "zstd");
    config.put(ProducerConfig.LINGER_MS_CONFIG, 0);
    config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, WRITE_TIMEOUT_MILLIS);
    config.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, WRITE_TIMEOUT_MILLIS);
    config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, WRITE_TIMEOUT_MILLIS);
    return new Publisher(
        () -> reader(clientConfig, topicPrefix, clock),
        () -> new KafkaProducer<>(config),
        topicPrefix);
  }

  private static Map<String, Object> readerConfig(Map<String, ?> clientConfig) {
    Map<String, Object> config = only(clientConfig, ConsumerConfig.configNames());
    config.keySet().removeIf(key -> key.startsWith("group."));
    config.remove(ConsumerConfig.INTERCEPTOR_CLASSES_CONFIG);
    config.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
    config.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
    config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    config.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    config.put(
        ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, Math.toIntExact(READ_TIMEOUT.toMillis()));
    return config;
  }

  private static Map<String, Object> only(Map<String, ?> config, Set<String> names) {
    Map<String, Object> result = new HashMap<>(config);
    result.keySet().retainAll(names);
    Object clientId = result.get(ConsumerConfig.CLIENT_ID_CONFIG);
    if (clientId != null) {
      result.put(ConsumerConfig.CLIENT_ID_CONFIG, clientId + "-schemas");
    }
    return result;
  }

  /**
   * Knows the entries of the topic.
   *
   * <p>Opens its consumer when it is first asked for an id, and looks again, at most once per
   * {@link #REFRESH_INTERVAL}, when it is asked for one that it does not know. In between it
   * repeats the answer of the last look, an error included. A topic that does not exist knows
   * nothing. Entries whose id is not that of their schema are ignored. Safe from any thread; a look
   * blocks for {@link #READ_TIMEOUT} at most.
   */
  public static final class Reader implements SchemaResolver {

    private final Supplier<Consumer<byte[], byte[]>> consumers;
    private final TopicPartition partition;
    private final Clock clock;
    private final Map<Integer, Entry> entries = new LinkedHashMap<>();
    private final Map<Integer, Schema> schemas = new HashMap<>();
    private @Nullable Consumer<byte[], byte[]> consumer;
    private @Nullable Instant lookedAt;
    private @Nullable SchemaSourceException lastFailure;

    Reader(Supplier<Consumer<byte[], byte[]>> consumers, String topicPrefix, Clock clock) {
      this.consumers = consumers;
      this.partition = new TopicPartition(Topics.SCHEMAS.withPrefix(topicPrefix).name(), 0);
      this.clock = clock;
    }

    @Override
    public synchronized Optional<Schema> resolve(int id) {
      if (!schemas.containsKey(id)) {
        refresh();
      }
      return Optional.ofNullable(schemas.get(id));
    }

    /**
     * All entries, by id, after a look at the topic when one is due.
     *
     * @throws SchemaSourceException when the topic cannot be read
     */
    public synchronized Map<Integer, Entry> entries() {
      refresh();
      return Map.copyOf(entries);
    }

    @Override
    public synchronized void close() {
      if (consumer != null) {
        consumer.close();
        consumer = null;
      }
    }

    private void refresh() {
      Instant now = clock.instant();
      if (lookedAt == null || !now.isBefore(lookedAt.plus(REFRESH_INTERVAL))) {
        try {
          readToEnd();
          lastFailure = null;
        } catch (InterruptException e) {
          throw e;
        } catch (KafkaException e) {
          lastFailure =
              new SchemaSourceException(
                  "Topic " + partition.topic() + " cannot be read: " + e.getMessage(), e);
          dropConsumer();
        }
        lookedAt = clock.instant();
      }
      if (lastFailure != null) {
        throw lastFailure;
      }
    }

    private void readToEnd() {
      if (consumer == null) {
        consumer = consumers.get();
      }
      if (consumer.assignment().isEmpty()) {
        if (consumer.partitionsFor(partition.topic(), READ_TIMEOUT).isEmpty()) {
          return;
        }
        consumer.assign(List.of(partition));
        consumer.seekToBeginning(List.of(partition));
      }
      long end = consumer.endOffsets(List.of(partition), READ_TIMEOUT).getOrDefault(partition, 0L);
      long deadlineNanos = System.nanoTime() + READ_TIMEOUT.toNanos();
      while (consumer.position(partition, READ_TIMEOUT) < end) {
        if (System.nanoTime() - deadlineNanos > 0) {
          throw new TimeoutException("its end was not reached within " + READ_TIMEOUT);
        }
        consumer.poll(POLL).forEach(this::accept);
      }
    }

    private void accept(ConsumerRecord<byte[], byte[]> record) {
      if (record.key() == null || record.value() == null) {
        return;
      }
      try {
        Entry entry = Entry.parse(record.key(), record.value());
        schemas.put(entry.id(), new Schema.Parser().parse(entry.schema()));
        entries.put(entry.id(), entry);
      } catch (IllegalArgumentException | SchemaParseException e) {
        log.warn(
            "Ignoring the entry at offset {} of {}: {}",
            record.offset(),
            record.topic(),
            e.getMessage());
      }
    }

    private void dropConsumer() {
      try {
        close();
      } catch (KafkaException e) {
        log.debug("Closing the consumer of {} failed", partition.topic(), e);
        consumer = null;
      }
    }
  }

  /** Puts schemas on the topic before records name them. For one thread at a time. */
  public static final class Publisher {

    private final Supplier<Reader> readers;
    private final Supplier<Producer<byte[], byte[]>> producers;
    private final String topicPrefix;

    Publisher(
        Supplier<Reader> readers,
        Supplier<Producer<byte[], byte[]>> producers,
        String topicPrefix) {
      this.readers = readers;
      this.producers = producers;
      this.topicPrefix = topicPrefix;
    }

    /**
     * Writes those of the schemas that the topic lacks or holds otherwise, and returns when Kafka
     * has acknowledged them. Two publishers at once write the same.
     *
     * @return the ids that were written
     * @throws SchemaSourceException when the topic cannot be read or written; try again later
     */
    public Set<Integer> publishMissing(Collection<ReleasedSchema> schemas) {
      List<Entry> missing = missing(schemas);
      if (missing.isEmpty()) {
        return Set.of();
      }
      String topic = Topics.SCHEMAS.withPrefix(topicPrefix).name();
      try (Producer<byte[], byte[]> producer = producers.get()) {
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        for (Entry entry : missing) {
          sent.add(producer.send(new ProducerRecord<>(topic, entry.key(), entry.value())));
        }
        for (Future<RecordMetadata> each : sent) {
          each.get();
        }
      } catch (InterruptedException e) {
        throw new InterruptException(e);
      } catch (InterruptException e) {
        throw e;
      } catch (ExecutionException | KafkaException e) {
        throw new SchemaSourceException("Topic " + topic + " cannot be written: " + e, e);
      }
      Set<Integer> ids = new TreeSet<>();
      missing.forEach(entry -> ids.add(entry.id()));
      return ids;
    }

    private List<Entry> missing(Collection<ReleasedSchema> schemas) {
      try (Reader reader = readers.get()) {
        Map<Integer, Entry> present = reader.entries();
        return schemas.stream()
            .map(schema -> Entry.of(schema, topicPrefix))
            .filter(entry -> !entry.equals(present.get(entry.id())))
            .toList();
      }
    }
  }
}
