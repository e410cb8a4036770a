package io.tallyman.schemas;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DatumWriter;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/**
 * Turns records of this contract into framed values, under the newest released schema of each; null
 * stays null.
 *
 * <p>Safe from any thread. Throws {@link SerializationException} for a record that misses a
 * mandatory field, is none of this contract's, or whose class is newer than its newest released
 * schema.
 */
public final class TallymanSerializer implements Serializer<SpecificRecord> {

  private static final int INITIAL_BUFFER_BYTES = 2048;

  /** A thread's buffer that a huge record has grown beyond this is not kept. */
  private static final int MAX_KEPT_BUFFER_BYTES = 1 << 20;

  private static final ThreadLocal<Buffer> BUFFERS = ThreadLocal.withInitial(Buffer::new);

  private final SchemaIdSource ids;
  private final Map<Class<?>, Writer> writers = new ConcurrentHashMap<>();

  /** With computed ids. */
  public TallymanSerializer() {
    this(SchemaIdSource.COMPUTED);
  }

  /** With the ids of a registry. */
  public TallymanSerializer(SchemaIdSource ids) {
    this.ids = ids;
  }

  @Override
  public void configure(Map<String, ?> configs, boolean isKey) {
    if (isKey) {
      throw new ConfigException("TallymanSerializer writes values; keys are plain strings");
    }
  }

  @Override
  public byte @Nullable [] serialize(String topic, @Nullable SpecificRecord record) {
    return record == null ? null : frame(topic, record);
  }

  /** The framed value of a record that is there. */
  public byte[] frame(String topic, SpecificRecord record) {
    Writer writer = writers.computeIfAbsent(record.getClass(), type -> Writer.of(record));
    Buffer buffer = BUFFERS.get();
    try {
      return buffer.frame(writer.id(topic, ids), writer.datumWriter, record);
    } catch (IOException | AvroRuntimeException | NullPointerException | ClassCastException e) {
      BUFFERS.remove();
      throw new SerializationException(
          "Cannot write a " + record.getSchema().getName() + " for " + topic + ": " + e, e);
    }
  }

  private static final class Writer {
    private final ReleasedSchema schema;
    private final DatumWriter<SpecificRecord> datumWriter;
    private final Map<String, Integer> idsByTopic = new ConcurrentHashMap<>();

    private Writer(ReleasedSchema schema, DatumWriter<SpecificRecord> datumWriter) {
      this.schema = schema;
      this.datumWriter = datumWriter;
    }

    static Writer of(SpecificRecord record) {
      Schema current = record.getSchema();
      ReleasedSchema newest =
          ReleasedSchemas.newest(current.getFullName())
              .orElseThrow(() ->
                  new SerializationException(
                      current.getFullName() + " is no record of this contract"));
      // The body is written by the class, the frame names the release: they must agree.
      if (!SchemaNormalization.toParsingForm(current)
          .equals(SchemaNormalization.toParsingForm(newest.schema()))) {
        throw new SerializationException(
            current.getFullName() + " differs from its newest released schema");
      }
      return new Writer(newest, new SpecificDatumWriter<>(current, RecordModel.INSTANCE));
    }

    int id(String topic, SchemaIdSource ids) {
      return idsByTopic.computeIfAbsent(topic, name -> ids.idOf(name, schema));
    }
  }

  private static final class Buffer {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(INITIAL_BUFFER_BYTES);
    private final BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);

    byte[] frame(int id, DatumWriter<SpecificRecord> writer, SpecificRecord record)
        throws IOException {
      bytes.reset();
      bytes.write(Framing.MAGIC);
      bytes.write(id >>> 24);
      bytes.write(id >>> 16);
      bytes.write(id >>> 8);
      bytes.write(id);
      writer.write(record, encoder);
      encoder.flush();
      if (bytes.size() > MAX_KEPT_BUFFER_BYTES) {
        BUFFERS.remove();
      }
      return bytes.toByteArray();
    }
  }
}
