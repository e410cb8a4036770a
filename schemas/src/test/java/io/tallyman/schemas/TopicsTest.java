package io.tallyman.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tallyman.v1.HostStatus;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class TopicsTest {

  private static final long DAY_MILLIS = 86_400_000;

  @Test
  void theCatalogueIsTheContracts() {
    assertThat(Topics.all())
        .extracting(topic ->
            "%s %s %s %s %d"
                .formatted(
                    topic.name(),
                    topic.key(),
                    topic.valueType() == null ? "-" : topic.valueType().getSimpleName(),
                    topic.cleanup().policy(),
                    topic.retention() == null ? -1 : topic.retention().toDays()))
        .containsExactly(
            "docker.events.v1 HOST_ID ContainerEvent delete 30",
            "docker.stats.v1 HOST_ID ContainerStats delete 7",
            "docker.containers.v1 CONTAINER_ID ContainerState compact,delete 7",
            "docker.hosts.v1 HOST_ID HostStatus compact,delete 7",
            "docker.gaps.v1 HOST_ID StreamGap delete 90",
            "docker.alerts.v1 HOST_ID ContainerAlert delete 30",
            "docker.schemas.v1 SCHEMA_ID - compact -1");
  }

  @Test
  void everyTopicStampsRecordsItself() {
    assertThat(Topics.all())
        .allSatisfy(topic ->
            assertThat(topic.config())
                .containsEntry("message.timestamp.type", "LogAppendTime")
                .containsEntry("compression.type", "producer"));
  }

  @Test
  void retentionAndCleanupBecomeKafkasKeys() {
    assertThat(Topics.STATS.config())
        .containsEntry("cleanup.policy", "delete")
        .containsEntry("retention.ms", Long.toString(7 * DAY_MILLIS))
        .doesNotContainKey("segment.ms");
    assertThat(Topics.CONTAINERS.config())
        .containsEntry("cleanup.policy", "compact,delete")
        .containsEntry("retention.ms", Long.toString(7 * DAY_MILLIS))
        .containsKey("segment.ms");
    assertThat(Topics.SCHEMAS.config())
        .containsEntry("cleanup.policy", "compact")
        .doesNotContainKey("retention.ms");
  }

  @Test
  void schemasAreInOnePartitionAndTheRestInTwelve() {
    assertThat(Topics.SCHEMAS.partitions()).isEqualTo(1);
    assertThat(Topics.records()).allSatisfy(t -> assertThat(t.partitions()).isEqualTo(12));
  }

  @Test
  void aPrefixGoesBeforeTheName() {
    assertThat(Topics.EVENTS.withPrefix("acme.").name()).isEqualTo("acme.docker.events.v1");
    assertThat(Topics.EVENTS.withPrefix("")).isEqualTo(Topics.EVENTS);
    assertThatThrownBy(() -> Topics.EVENTS.withPrefix("a b"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a bdocker.events.v1");
  }

  @Test
  void deadLettersAreNamedByTopicAndSink() {
    Topic deadLetter = Topics.deadLetter("acme.docker.stats.v1", "influxdb");
    assertThat(deadLetter.name()).isEqualTo("acme.docker.stats.v1.dlq.influxdb");
    assertThat(deadLetter.config())
        .containsEntry("cleanup.policy", "delete")
        .containsEntry("retention.ms", Long.toString(30 * DAY_MILLIS));
  }

  @Test
  void topicsAreFoundByNameAndRecord() {
    assertThat(Topics.named("docker.gaps.v1")).contains(Topics.GAPS);
    assertThat(Topics.named("docker.gaps.v2")).isEmpty();
    assertThat(Topics.ofRecord(HostStatus.getClassSchema())).contains(Topics.HOSTS);
  }

  @Test
  void settingsBelowOneAreRefused() {
    assertThatThrownBy(() -> new TopicSettings("", 0, OptionalInt.empty()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new TopicSettings("", 1, OptionalInt.of(0)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
