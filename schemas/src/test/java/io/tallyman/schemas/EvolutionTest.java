package io.tallyman.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tallyman.v1.Action;
import io.tallyman.v1.ContainerEvent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Clock;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.junit.jupiter.api.Test;

/** Records of agents whose schema is not the one that this reader was built with. */
class EvolutionTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @Test
  void aFieldThatANewerAgentAddedIsLeftOut() throws IOException {
    Schema newer = changed(root -> fields(root).add(newField("planet")));
    GenericRecord event = event(newer);
    event.put("planet", "Mars");
    assertThat(read(newer, event)).isEqualTo(SampleRecords.event());
  }

  @Test
  void aFieldInTheMiddleThatANewerAgentAddedIsLeftOut() throws IOException {
    Schema newer = changed(root -> fields(root).insert(2, newField("planet")));
    GenericRecord event = event(newer);
    event.put("planet", "Mars");
    assertThat(read(newer, event)).isEqualTo(SampleRecords.event());
  }

  @Test
  void anActionThatANewerAgentAddedIsUnknownAndItsWordIsKept() throws IOException {
    Schema newer =
        changed(root ->
            ((ArrayNode) field(root, "action").get("type").get("symbols")).add("CHECKPOINT"));
    GenericRecord event = event(newer);
    event.put(
        "action", new GenericData.EnumSymbol(newer.getField("action").schema(), "CHECKPOINT"));
    event.put("rawAction", "checkpoint");
    ContainerEvent read = read(newer, event);
    assertThat(read.getAction()).isEqualTo(Action.UNKNOWN);
    assertThat(read.getRawAction()).isEqualTo("checkpoint");
  }

  @Test
  void aFieldThatAnOlderAgentDidNotKnowHasItsDefault() throws IOException {
    Schema older =
        changed(root -> {
          remove(root, "exitCode");
          remove(root, "labels");
        });
    ContainerEvent read = read(older, event(older));
    assertThat(read.getExitCode()).isNull();
    assertThat(read.getLabels()).isEmpty();
    assertThat(read.getOomKilled()).isTrue();
  }

  private static ContainerEvent read(Schema writer, GenericRecord event) throws IOException {
    int id = SchemaIds.of(writer.toString());
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(body, null);
    new GenericDatumWriter<GenericRecord>(writer).write(event, encoder);
    encoder.flush();
    try (TallymanDeserializer deserializer =
        new TallymanDeserializer(
            asked -> asked == id ? Optional.of(writer) : Optional.empty(), Clock.systemUTC())) {
      return (ContainerEvent)
          deserializer.read("docker.events.v1", Framing.frame(id, body.toByteArray()));
    }
  }

  /** The sample event under another schema. */
  private static GenericRecord event(Schema schema) throws IOException {
    byte[] framed = new TallymanSerializer().frame("t", SampleRecords.event());
    Schema writer = ReleasedSchemas.byId(Framing.schemaId("t", framed)).orElseThrow().schema();
    int offset = Framing.HEADER_BYTES;
    return new GenericDatumReader<GenericRecord>(writer, schema)
        .read(
            null, DecoderFactory.get().binaryDecoder(framed, offset, framed.length - offset, null));
  }

  private static Schema changed(Consumer<ObjectNode> change) throws IOException {
    ObjectNode root = (ObjectNode) JSON.readTree(SchemaSourcesTest.sourceText(Topics.EVENTS));
    change.accept(root);
    return new Schema.Parser().parse(root.toString());
  }

  private static ArrayNode fields(ObjectNode root) {
    return (ArrayNode) root.get("fields");
  }

  private static ObjectNode field(ObjectNode root, String name) {
    return (ObjectNode) fields(root).get(position(root, name));
  }

  private static void remove(ObjectNode root, String name) {
    fields(root).remove(position(root, name));
  }

  private static int position(ObjectNode root, String name) {
    for (int i = 0; i < fields(root).size(); i++) {
      if (fields(root).get(i).get("name").asText().equals(name)) {
        return i;
      }
    }
    throw new IllegalArgumentException(name);
  }

  private static ObjectNode newField(String name) {
    return JSON.createObjectNode().put("name", name).put("type", "string").put("default", "Earth");
  }
}
