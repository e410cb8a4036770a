package io.tallyman.sink.stdout;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;

/** As {@link JsonLines}, but with values that Avro's own JSON decoder reads back. */
final class AvroJsonLines extends JsonLines {

  @Override
  void writeValue(SpecificRecord value, JsonGenerator to) throws IOException {
    var schema = value.getSchema();
    var text = new ByteArrayOutputStream(2048);
    var encoder = EncoderFactory.get().jsonEncoder(schema, text);
    new SpecificDatumWriter<SpecificRecord>(schema, SpecificData.getForClass(value.getClass()))
        .write(value, encoder);
    encoder.flush();
    to.writeRawValue(text.toString(UTF_8));
  }
}
