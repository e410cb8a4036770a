package io.tallyman.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tallyman.v1.ContainerAlert;
import io.tallyman.v1.ContainerStats;
import io.tallyman.v1.Cpu;
import java.io.IOException;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;

class RecordJsonTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @Test
  void everyFieldOfTheSchemaIsThereInItsOrder() throws IOException {
    for (SpecificRecord record : SampleRecords.all()) {
      List<String> names =
          JSON.readTree(RecordJson.toJson(record)).properties().stream()
              .map(java.util.Map.Entry::getKey)
              .toList();
      assertThat(names)
          .isEqualTo(record.getSchema().getFields().stream().map(Schema.Field::name).toList());
    }
  }

  @Test
  void valuesAreWhatTheyAre() throws IOException {
    JsonNode event = JSON.readTree(RecordJson.toJson(SampleRecords.event()));
    assertThat(event.get("time").asText()).isEqualTo("2023-11-14T22:13:20.123456Z");
    assertThat(event.get("sequence").longValue()).isEqualTo(9_007_199_254_740_993L);
    assertThat(event.get("action").asText()).isEqualTo("DIE");
    assertThat(event.get("oomKilled").isBoolean()).isTrue();
    assertThat(event.get("signal").isNull()).isTrue();
    assertThat(event.get("labels").get("com.docker.compose.project").asText()).isEqualTo("shop");
    JsonNode stats = JSON.readTree(RecordJson.toJson(SampleRecords.stats()));
    assertThat(stats.get("cpu").get("perCpuNanos").get(1).longValue()).isEqualTo(63_456_789_012L);
    assertThat(stats.get("networks").get(0).get("name").asText()).isEqualTo("eth0");
    assertThat(stats.get("reset").isBoolean()).isTrue();
  }

  @Test
  void numbersThatAreNotFiniteAreNull() throws IOException {
    ContainerStats stats =
        ContainerStats.newBuilder(SampleRecords.stats())
            .setCpu(
                Cpu.newBuilder()
                    .setPercent(Double.NaN)
                    .setPercentOfLimit(Double.POSITIVE_INFINITY)
                    .build())
            .build();
    JsonNode cpu = JSON.readTree(RecordJson.toJson(stats)).get("cpu");
    assertThat(cpu.get("percent").isNull()).isTrue();
    assertThat(cpu.get("percentOfLimit").isNull()).isTrue();
    ContainerAlert alert =
        ContainerAlert.newBuilder(SampleRecords.alert())
            .setObservedPercent(Double.NEGATIVE_INFINITY)
            .build();
    assertThat(JSON.readTree(RecordJson.toJson(alert)).get("observedPercent").isNull()).isTrue();
  }

  @Test
  void anyRecordIsOneLineOfJson() throws IOException {
    long seed = System.nanoTime();
    RandomRecords records = new RandomRecords(seed);
    for (int i = 0; i < 300; i++) {
      for (Topic topic : Topics.records()) {
        SpecificRecord record = records.next(topic);
        String json = RecordJson.toJson(record);
        assertThat(json).as("seed %d", seed).doesNotContain("\n");
        assertThat(JSON.readTree(json).get("hostId").asText())
            .as("seed %d", seed)
            .isEqualTo(record.get(record.getSchema().getField("hostId").pos()));
      }
    }
  }
}
