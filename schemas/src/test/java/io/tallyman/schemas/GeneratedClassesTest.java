package io.tallyman.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallyman.v1.ContainerEvent;
import io.tallyman.v1.ContainerStats;
import java.io.IOException;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;

/** What Avro's own ways with generated classes need, without the process trusting them. */
class GeneratedClassesTest {

  @Test
  void theyUseOurModel() {
    for (SpecificRecord record : SampleRecords.all()) {
      assertThat(SpecificData.getForClass(record.getClass())).isInstanceOf(RecordModel.class);
    }
  }

  @Test
  void buildersCopy() {
    ContainerEvent event = SampleRecords.event();
    assertThat(ContainerEvent.newBuilder(event).build()).isEqualTo(event);
    ContainerStats stats = SampleRecords.stats();
    assertThat(ContainerStats.newBuilder(stats).build()).isEqualTo(stats);
  }

  @Test
  void singleObjectEncodingWorks() throws IOException {
    ContainerStats stats = SampleRecords.stats();
    assertThat(ContainerStats.fromByteBuffer(stats.toByteBuffer())).isEqualTo(stats);
  }
}
