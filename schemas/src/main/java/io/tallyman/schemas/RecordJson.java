package io.tallyman.schemas;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/**
 * Writes records as plain JSON under the records' own field names.
 *
 * <p>What is absent is null, enums are their symbols, times are ISO-8601 in UTC, numbers that are
 * not finite are null. Longs are written whole; readers that hold numbers as doubles lose precision
 * above 2^53. Safe from any thread; a generator belongs to one.
 */
public final class RecordJson {

  private static final JsonFactory JSON = new JsonFactory();

  private RecordJson() {}

  /** Writes one object. */
  public static void write(SpecificRecord record, JsonGenerator to) throws IOException {
    to.writeStartObject();
    writeFields(record, to);
    to.writeEndObject();
  }

  /** Writes the fields alone, into an object that the caller has begun. */
  public static void writeFields(SpecificRecord record, JsonGenerator to) throws IOException {
    List<Schema.Field> fields = record.getSchema().getFields();
    for (int i = 0; i < fields.size(); i++) {
      to.writeFieldName(fields.get(i).name());
      writeValue(record.get(i), to);
    }
  }

  /** One object as text, without line breaks. */
  public static String toJson(SpecificRecord record) {
    StringWriter text = new StringWriter(1024);
    try (JsonGenerator generator = JSON.createGenerator(text)) {
      write(record, generator);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  private static void writeValue(@Nullable Object value, JsonGenerator to) throws IOException {
    if (value == null) {
      to.writeNull();
    } else if (value instanceof Long number) {
      to.writeNumber(number);
    } else if (value instanceof Integer number) {
      to.writeNumber(number);
    } else if (value instanceof Double number) {
      writeDouble(number, to);
    } else if (value instanceof Boolean truth) {
      to.writeBoolean(truth);
    } else if (value instanceof SpecificRecord nested) {
      write(nested, to);
    } else if (value instanceof Collection<?> items) {
      to.writeStartArray();
      for (Object item : items) {
        writeValue(item, to);
      }
      to.writeEndArray();
    } else if (value instanceof Map<?, ?> entries) {
      to.writeStartObject();
      for (Map.Entry<?, ?> entry : entries.entrySet()) {
        to.writeFieldName(String.valueOf(entry.getKey()));
        writeValue(entry.getValue(), to);
      }
      to.writeEndObject();
    } else {
      // Strings, symbols of enums and instants: their text is their JSON.
      to.writeString(value.toString());
    }
  }

  private static void writeDouble(double number, JsonGenerator to) throws IOException {
    if (Double.isFinite(number)) {
      to.writeNumber(number);
    } else {
      to.writeNull();
    }
  }
}
