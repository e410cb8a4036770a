package io.tallyman.sink.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.tallyman.schemas.TopicSettings;
import io.tallyman.sink.Reading;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class SinkConfigTest {

  @Test
  void secretsAreNotShown() {
    var config = config("mine", 1, List.of());

    assertThat(config.toString()).doesNotContain("s3cret").contains("token", "sasl.jaas.config");
  }

  @Test
  void wrongNamesWorkersAndTopicsAreRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> config("a b", 1, List.of()));
    assertThatIllegalArgumentException().isThrownBy(() -> config("", 1, List.of()));
    assertThatIllegalArgumentException().isThrownBy(() -> config("a", 0, List.of()));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> config("a", 1, List.of("docker.stat.v1")))
        .withMessageContaining("docker.stats.v1");
  }

  @Test
  void groupAndClientBelongToPrefixAndName() {
    var properties =
        new SinkClients(config("mine", 1, List.of())).consumerProperties(3, Reading.GROUP);

    assertThat(properties)
        .containsEntry("group.id", "tallyman.eu.mine")
        .containsEntry("client.id", "tallyman.eu.mine-3");
  }

  @Test
  void whatTheGuaranteesRestOnCannotBeConfiguredAway() {
    var properties =
        new SinkClients(config("mine", 1, List.of())).consumerProperties(0, Reading.GROUP);

    assertThat(properties)
        .containsEntry("enable.auto.commit", "false")
        .containsEntry("auto.offset.reset", "earliest")
        .containsEntry("allow.auto.create.topics", "false")
        .containsEntry("group.protocol", "classic")
        .containsEntry("bootstrap.servers", "kafka:9092")
        .containsEntry("max.poll.records", "77");
  }

  @Test
  void atTheTailThereIsNoGroup() {
    var properties =
        new SinkClients(config("mine", 1, List.of())).consumerProperties(0, Reading.TAIL);

    assertThat(properties)
        .doesNotContainKey("group.id")
        .containsEntry("enable.auto.commit", "false")
        .containsEntry("auto.offset.reset", "latest");
  }

  private static SinkConfig config(String name, int workers, List<String> topics) {
    return new SinkConfig(
        name,
        "kafka:9092",
        Map.of(
            "enable.auto.commit", "true",
            "auto.offset.reset", "latest",
            "max.poll.records", "77",
            "sasl.jaas.config", "s3cret"),
        new TopicSettings("eu.", 1, OptionalInt.empty()),
        topics,
        workers,
        "127.0.0.1",
        0,
        Map.of("token", "s3cret"));
  }
}
