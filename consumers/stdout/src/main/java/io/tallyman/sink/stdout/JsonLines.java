package io.tallyman.sink.stdout;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import io.tallyman.schemas.RecordJson;
import io.tallyman.sink.SinkRecord;
import java.io.IOException;
import java.io.OutputStream;
import org.apache.avro.specific.SpecificRecord;

/**
 * One object per record: where it stands in Kafka, and its value under the record's own field
 * names. The value of a tombstone is null.
 */
class JsonLines implements LineFormat {

  private static final JsonFactory JSON =
      JsonFactory.builder().disable(StreamWriteFeature.AUTO_CLOSE_TARGET).build();

  @Override
  public final void write(SinkRecord record, OutputStream to) throws IOException {
    try (var json = JSON.createGenerator(to)) {
      json.writeStartObject();
      json.writeStringField("topic", record.topic());
      json.writeNumberField("partition", record.partition());
      json.writeNumberField("offset", record.offset());
      json.writeStringField("appendedAt", record.appendTime().toString());
      json.writeStringField("key", record.key());
      json.writeObjectFieldStart("headers");
      for (var header : record.headers()) {
        json.writeStringField(
            header.key(), header.value() == null ? null : new String(header.value(), UTF_8));
      }
      json.writeEndObject();
      json.writeFieldName("value");
      var value = record.value();
      if (value == null) {
        json.writeNull();
      } else {
        writeValue(value, json);
      }
      json.writeEndObject();
    }
    to.write('\n');
  }

  void writeValue(SpecificRecord value, JsonGenerator to) throws IOException {
    RecordJson.write(value, to);
  }
}
