package io.tallyman.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.junit.jupiter.api.Test;

/** Bytes as each released version wrote them, and the JSON they must still be read as. */
class GoldenRecordsTest {

  private static final Path GOLDEN = Path.of("src/test/resources/golden");
  private static final Path NEW = Path.of("target/golden");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final TallymanSerializer serializer = new TallymanSerializer();
  private final TallymanDeserializer deserializer =
      new TallymanDeserializer(ReleasedSchemas.resolver(), Clock.systemUTC());

  @Test
  void whatAnyReleaseWroteIsStillRead() throws IOException {
    for (ReleasedSchema released : ReleasedSchemas.all()) {
      offerGolden(released);
    }
    for (ReleasedSchema released : ReleasedSchemas.all()) {
      Path bin = golden(GOLDEN, released, ".bin");
      assertThat(bin).as("copy %s to %s", NEW, GOLDEN).exists();
      byte[] framed = Files.readAllBytes(bin);
      assertThat(Framing.schemaId("golden", framed)).isEqualTo(released.id());
      JsonNode read = JSON.readTree(RecordJson.toJson(deserializer.read("golden", framed)));
      JsonNode written = JSON.readTree(golden(GOLDEN, released, ".json").toFile());
      assertAgrees(written, read, released.schema().getName() + " " + released.version());
    }
  }

  @Test
  void whatIsWrittenNowIsReadByEveryRelease() throws IOException {
    for (ReleasedSchema released : ReleasedSchemas.all()) {
      byte[] framed = serializer.frame("golden", SampleRecords.of(released.topic()));
      Schema writer =
          ReleasedSchemas.byId(Framing.schemaId("golden", framed)).orElseThrow().schema();
      GenericRecord read =
          new GenericDatumReader<GenericRecord>(writer, released.schema())
              .read(
                  null,
                  DecoderFactory.get()
                      .binaryDecoder(
                          framed,
                          Framing.HEADER_BYTES,
                          framed.length - Framing.HEADER_BYTES,
                          null));
      assertThat(read.get("hostId")).hasToString(SampleRecords.HOST);
      assertThat(read.getSchema()).isEqualTo(released.schema());
    }
  }

  /** Leaves what a new release's golden files must be where a maintainer can copy them from. */
  private void offerGolden(ReleasedSchema released) throws IOException {
    if (released.equals(ReleasedSchemas.newest(released.schema().getFullName()).orElseThrow())) {
      var record = SampleRecords.of(released.topic());
      Files.createDirectories(NEW.resolve(Integer.toString(released.version())));
      Files.write(golden(NEW, released, ".bin"), serializer.frame("golden", record));
      JsonNode json = JSON.readTree(RecordJson.toJson(record));
      Files.writeString(
          golden(NEW, released, ".json"),
          JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n");
    }
  }

  /** Later versions may add fields and leave some out; those that both have must be equal. */
  private static void assertAgrees(JsonNode written, JsonNode read, String where) {
    if (written.isObject() && read.isObject()) {
      written
          .properties()
          .forEach(field -> {
            if (read.has(field.getKey())) {
              assertAgrees(
                  field.getValue(), read.get(field.getKey()), where + "." + field.getKey());
            }
          });
      assertThat(read).as(where).hasSizeGreaterThanOrEqualTo(Math.min(1, written.size()));
    } else if (written.isArray() && read.isArray()) {
      assertThat(read).as(where).hasSameSizeAs(written);
      for (int i = 0; i < written.size(); i++) {
        assertAgrees(written.get(i), read.get(i), where + "[" + i + "]");
      }
    } else {
      assertThat(read).as(where).isEqualTo(written);
    }
  }

  private static Path golden(Path root, ReleasedSchema released, String suffix) {
    return root.resolve(Integer.toString(released.version()))
        .resolve(released.schema().getName() + suffix);
  }
}
