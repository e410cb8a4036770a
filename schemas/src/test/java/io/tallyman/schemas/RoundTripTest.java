package io.tallyman.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tallyman.v1.StreamGap;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.junit.jupiter.api.Test;

class RoundTripTest {

  private static final int RECORDS_PER_TOPIC = 300;

  private final TallymanSerializer serializer = new TallymanSerializer();
  private final TallymanDeserializer deserializer =
      new TallymanDeserializer(ReleasedSchemas.resolver(), Clock.systemUTC());

  @Test
  void whatIsWrittenIsReadBack() {
    long seed = System.nanoTime();
    RandomRecords records = new RandomRecords(seed);
    for (Topic topic : Topics.records()) {
      for (int i = 0; i < RECORDS_PER_TOPIC; i++) {
        SpecificRecord record = records.next(topic);
        byte[] framed = serializer.frame(topic.name(), record);
        assertThat(deserializer.deserialize(topic.name(), framed))
            .as("seed %d, record %d of %s", seed, i, topic.name())
            .isEqualTo(record)
            .isInstanceOf(topic.valueType());
      }
    }
  }

  @Test
  void theFrameNamesTheNewestReleasedSchema() {
    SpecificRecord record = new RandomRecords(1).next(Topics.GAPS);
    byte[] framed = serializer.frame("docker.gaps.v1", record);
    assertThat(framed[0]).isZero();
    assertThat(ByteBuffer.wrap(framed).getInt(1))
        .isEqualTo(ReleasedSchemas.newest("io.tallyman.v1.StreamGap").orElseThrow().id());
  }

  @Test
  void theIdSourceIsAskedOncePerTopicAndSchema() {
    List<String> asked = new ArrayList<>();
    TallymanSerializer registered =
        new TallymanSerializer((topic, schema) -> {
          asked.add(topic + " " + schema.schema().getName());
          return 7;
        });
    SpecificRecord record = new RandomRecords(1).next(Topics.GAPS);
    byte[] framed = registered.frame("a", record);
    registered.serialize("a", record);
    registered.serialize("b", record);
    assertThat(Framing.schemaId("a", framed)).isEqualTo(7);
    assertThat(asked).containsExactly("a StreamGap", "b StreamGap");
  }

  @Test
  void nullStaysNull() {
    assertThat(serializer.serialize("t", null)).isNull();
    assertThat(deserializer.deserialize("t", null)).isNull();
  }

  @Test
  void aMissingMandatoryFieldIsASerializationException() {
    assertThatThrownBy(() -> serializer.serialize("t", new StreamGap()))
        .isInstanceOf(SerializationException.class)
        .hasMessageContaining("StreamGap");
    SpecificRecord record = new RandomRecords(1).next(Topics.GAPS);
    byte[] afterwards = serializer.serialize("t", record);
    assertThat(deserializer.deserialize("t", afterwards)).isEqualTo(record);
  }

  @Test
  void manyThreadsShareOneSerializer() throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Future<?>> running = new ArrayList<>();
      for (int thread = 0; thread < 4; thread++) {
        long seed = thread;
        running.add(
            threads.submit(() -> {
              RandomRecords records = new RandomRecords(seed);
              TallymanDeserializer own =
                  new TallymanDeserializer(ReleasedSchemas.resolver(), Clock.systemUTC());
              for (int i = 0; i < 500; i++) {
                Topic topic = Topics.records().get(i % Topics.records().size());
                SpecificRecord record = records.next(topic);
                assertThat(own.deserialize("t", serializer.serialize("t", record)))
                    .isEqualTo(record);
              }
            }));
      }
      for (Future<?> each : running) {
        each.get();
      }
    }
  }
}
