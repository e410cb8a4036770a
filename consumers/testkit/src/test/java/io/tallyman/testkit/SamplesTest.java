package io.tallyman.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallyman.schemas.TallymanDeserializer;
import io.tallyman.schemas.Topics;
import org.junit.jupiter.api.Test;

class SamplesTest {

  @Test
  void everySampleGoesThroughItsFrame() {
    try (var deserializer = new TallymanDeserializer()) {
      for (var record : Samples.oneOfEach()) {
        var topic = Samples.topicOf(record).name();
        assertThat(deserializer.deserialize(topic, Samples.framed(record))).isEqualTo(record);
      }
    }
  }

  @Test
  void thereIsOneForEveryTopic() {
    assertThat(Samples.oneOfEach())
        .extracting(Samples::topicOf)
        .containsExactlyInAnyOrderElementsOf(Topics.records());
  }
}
