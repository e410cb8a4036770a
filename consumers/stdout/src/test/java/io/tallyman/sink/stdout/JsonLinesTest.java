package io.tallyman.sink.stdout;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tallyman.schemas.RecordJson;
import io.tallyman.sink.SinkRecord;
import io.tallyman.testkit.Samples;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Objects;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.junit.jupiter.api.Test;

class JsonLinesTest {

  /** Magic byte and schema id. */
  private static final int FRAME_BYTES = 5;

  private static final ObjectMapper MAPPER = new ObjectMapper();

  @Test
  void aGapLooksSo() throws IOException {
    assertThat(line(new JsonLines(), Samples.sinkRecord(Samples.gap().build(), 7)))
        .isEqualTo(
            "{\"topic\":\"docker.gaps.v1\",\"partition\":0,\"offset\":7,"
                + "\"appendedAt\":\"2026-02-03T04:05:06.789Z\","
                + "\"key\":\"4c0f5a6e-9d1b-4f6e-8a51-0f4c5b8e7d21\",\"headers\":{},"
                + "\"value\":{\"gapId\":\"0123456789abcdef0123456789abcdef\","
                + "\"hostId\":\"4c0f5a6e-9d1b-4f6e-8a51-0f4c5b8e7d21\",\"stream\":\"EVENTS\","
                + "\"from\":\"2026-02-03T04:04:36.789012Z\",\"to\":\"2026-02-03T04:05:06.789012Z\","
                + "\"reason\":\"ENGINE_RESTART\",\"lost\":null}}\n");
  }

  @Test
  void everyKindIsOneLineWithItsFields() throws IOException {
    for (var record : Samples.oneOfEach()) {
      var line = line(new JsonLines(), Samples.sinkRecord(record, 0));

      assertThat(line.indexOf('\n')).isEqualTo(line.length() - 1);
      JsonNode json = MAPPER.readTree(line);
      assertThat(json.get("value")).isEqualTo(MAPPER.readTree(RecordJson.toJson(record)));
    }
  }

  @Test
  void aTombstoneTellsItsHostInTheHeaders() throws IOException {
    JsonNode json = MAPPER.readTree(line(new JsonLines(), Samples.tombstone("c1", 3)));

    assertThat(json.get("key").textValue()).isEqualTo("c1");
    assertThat(json.get("value").isNull()).isTrue();
    assertThat(json.at("/headers/ce_source").textValue())
        .isEqualTo("urn:docker:host:" + Samples.HOST_ID);
  }

  @Test
  void avrosDecoderReadsAvroJsonBack() throws IOException {
    for (var record : Samples.oneOfEach()) {
      var line = line(new AvroJsonLines(), Samples.sinkRecord(record, 0));

      assertThat(line.indexOf('\n')).isEqualTo(line.length() - 1);
      var value = MAPPER.readTree(line).get("value").toString();
      var reader = new GenericDatumReader<GenericRecord>(record.getSchema());
      var fromJson = reader.read(null, DecoderFactory.get().jsonDecoder(record.getSchema(), value));
      var bytes = Objects.requireNonNull(Samples.framed(record));
      var fromBytes =
          reader.read(
              null,
              DecoderFactory.get()
                  .binaryDecoder(bytes, FRAME_BYTES, bytes.length - FRAME_BYTES, null));
      assertThat(fromJson).isEqualTo(fromBytes);
    }
  }

  private static String line(LineFormat format, SinkRecord record) throws IOException {
    var out = new ByteArrayOutputStream();
    format.write(record, out);
    return out.toString(UTF_8);
  }
}
