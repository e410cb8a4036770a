package io.tallyman.schemas;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DatumReader;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/**
 * Turns framed values into the current generated classes, whatever released, older or newer schema
 * they were written with; null stays null.
 *
 * <p>Made without arguments it is configured by Kafka: it knows the released schemas, and reads
 * {@code docker.schemas.v1} with the client's own settings when it meets an id that is none of
 * theirs. For one thread at a time, as Kafka uses it. Throws the kinds of {@link
 * UnreadableRecordException}; an id is unknown only when its sources have said so for {@link
 * #UNKNOWN_GRACE}, because a new writer's schema can arrive after its records do.
 */
public final class TallymanDeserializer implements Deserializer<SpecificRecord> {

  /** Configuration key: what goes before the names of topics. */
  public static final String TOPIC_PREFIX_CONFIG = "tallyman.topic-prefix";

  /** From the first answer "unknown" to the rejection of records with that id. */
  public static final Duration UNKNOWN_GRACE = Duration.ofMinutes(10);

  /** More unknown ids at once than partitions would ever hold back; the eldest is forgotten. */
  private static final int MAX_UNKNOWN_IDS = 1000;

  private final Clock clock;
  private final boolean configurable;
  private SchemaResolver resolver;
  private final Map<Integer, DatumReader<SpecificRecord>> readers = new HashMap<>();
  private final Map<Integer, Instant> unknownSince = new LinkedHashMap<>();
  private @Nullable BinaryDecoder decoder;

  /** For Kafka, which calls {@link #configure}; until then it knows the released schemas. */
  public TallymanDeserializer() {
    this(ReleasedSchemas.resolver(), Clock.systemUTC(), true);
  }

  /** With sources of one's own; owns and closes the resolver. */
  public TallymanDeserializer(SchemaResolver resolver, Clock clock) {
    this(resolver, clock, false);
  }

  private TallymanDeserializer(SchemaResolver resolver, Clock clock, boolean configurable) {
    this.resolver = resolver;
    this.clock = clock;
    this.configurable = configurable;
  }

  @Override
  public void configure(Map<String, ?> configs, boolean isKey) {
    if (isKey) {
      throw new ConfigException("TallymanDeserializer reads values; keys are plain strings");
    }
    if (configurable && configs.get(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG) != null) {
      Object prefix = configs.get(TOPIC_PREFIX_CONFIG);
      resolver =
          SchemaResolver.chain(
              ReleasedSchemas.resolver(),
              SchemaTopic.reader(configs, prefix == null ? "" : prefix.toString(), clock));
    }
  }

  @Override
  public @Nullable SpecificRecord deserialize(String topic, byte @Nullable [] framed) {
    return framed == null ? null : read(topic, framed);
  }

  /** The record of a framed value that is there. */
  public SpecificRecord read(String topic, byte[] framed) {
    int id = Framing.schemaId(topic, framed);
    DatumReader<SpecificRecord> reader = reader(topic, id);
    try {
      decoder =
          DecoderFactory.get()
              .binaryDecoder(
                  framed, Framing.HEADER_BYTES, framed.length - Framing.HEADER_BYTES, decoder);
      SpecificRecord record = reader.read(null, decoder);
      if (decoder.isEnd()) {
        return record;
      }
    } catch (IOException | RuntimeException e) {
      // Avro has no one exception for bytes that do not fit: counts, indexes and times all throw
      // their own.
      throw new RecordCorruptException(
          topic, "A value of schema " + id + " cannot be read: " + e, e);
    }
    throw new RecordCorruptException(
        topic, "A value of schema " + id + " has bytes after its end", null);
  }

  @Override
  public void close() {
    resolver.close();
  }

  private DatumReader<SpecificRecord> reader(String topic, int id) {
    DatumReader<SpecificRecord> known = readers.get(id);
    if (known != null) {
      return known;
    }
    Schema writer = resolve(topic, id);
    Schema current =
        Topics.ofRecord(writer)
            .map(Topics::recordSchema)
            .orElseThrow(() ->
                new RecordCorruptException(
                    topic,
                    "Schema "
                        + id
                        + " is "
                        + writer.getFullName()
                        + ", which is no record of this contract",
                    null));
    DatumReader<SpecificRecord> reader =
        new SpecificDatumReader<>(writer, current, RecordModel.INSTANCE);
    readers.put(id, reader);
    return reader;
  }

  private Schema resolve(String topic, int id) {
    Optional<Schema> schema;
    try {
      schema = resolver.resolve(id);
    } catch (SchemaSourceException e) {
      throw new SchemaUnavailableException(
          topic, id, "Schema " + id + " of " + topic + " is not available: " + e.getMessage(), e);
    }
    if (schema.isPresent()) {
      unknownSince.remove(id);
      return schema.get();
    }
    Instant since = unknownSince.computeIfAbsent(id, missing -> clock.instant());
    if (unknownSince.size() > MAX_UNKNOWN_IDS) {
      unknownSince.remove(unknownSince.keySet().iterator().next());
    }
    if (clock.instant().isBefore(since.plus(UNKNOWN_GRACE))) {
      throw new SchemaUnavailableException(
          topic, id, "Schema " + id + " of " + topic + " is unknown since " + since, null);
    }
    throw new UnknownSchemaException(
        topic, id, "Schema " + id + " of " + topic + " is unknown since " + since);
  }
}
