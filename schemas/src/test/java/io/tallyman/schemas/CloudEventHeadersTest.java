package io.tallyman.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallyman.v1.AlertPhase;
import io.tallyman.v1.ContainerAlert;
import io.tallyman.v1.ContainerEvent;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.header.Headers;
import org.junit.jupiter.api.Test;

class CloudEventHeadersTest {

  private static final String C = SampleRecords.CONTAINER;

  @Test
  void anEventIsNamedByItsAction() {
    assertThat(headers(SampleRecords.event()))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "ce_specversion", "1.0",
                "ce_id", SampleRecords.event().getEventId(),
                "ce_source", "urn:docker:host:host-1",
                "ce_type", "io.tallyman.container.die.v1",
                "ce_subject", C,
                "ce_time", "2023-11-14T22:13:20.123456789Z",
                "content-type", "application/vnd.confluent.avro"));
  }

  @Test
  void detailsOfAnActionAreNoPartOfItsType() {
    ContainerEvent event =
        ContainerEvent.newBuilder(SampleRecords.event())
            .setRawAction("health_status: healthy")
            .build();
    assertThat(headers(event)).containsEntry("ce_type", "io.tallyman.container.health_status.v1");
  }

  @Test
  void statsAreNamedByHostContainerAndTime() {
    assertThat(headers(SampleRecords.stats()))
        .containsEntry("ce_id", "host-1/" + C + "/1700000000123456")
        .containsEntry("ce_type", "io.tallyman.container.stats.v1")
        .containsEntry("ce_subject", C)
        .containsEntry("ce_time", "2023-11-14T22:13:20.123456Z");
  }

  @Test
  void aStateIsNamedByItsPlaceInTheHostsOrder() {
    assertThat(headers(SampleRecords.state()))
        .containsEntry("ce_id", "host-1/" + C + "/3/43")
        .containsEntry("ce_type", "io.tallyman.container.state.v1")
        .containsEntry("ce_subject", C);
  }

  @Test
  void aHeartbeatIsNamedByRunAndTime() {
    assertThat(headers(SampleRecords.host()))
        .containsEntry("ce_id", "host-1/run-7/1700000000123456")
        .containsEntry("ce_type", "io.tallyman.host.status.v1")
        .containsEntry("ce_subject", "host-1");
  }

  @Test
  void aGapIsOfItsHost() {
    assertThat(headers(SampleRecords.gap()))
        .containsEntry("ce_id", SampleRecords.gap().getGapId())
        .containsEntry("ce_type", "io.tallyman.host.gap.v1")
        .containsEntry("ce_subject", "host-1");
  }

  @Test
  void beginAndEndOfAnAlertAreTwoEvents() {
    ContainerAlert raised = SampleRecords.alert();
    ContainerAlert cleared =
        ContainerAlert.newBuilder(raised).setPhase(AlertPhase.CLEARED).setTick(null).build();
    assertThat(headers(raised))
        .containsEntry("ce_id", raised.getAlertId() + "/raised")
        .containsEntry("ce_type", "io.tallyman.container.alert.v1")
        .containsEntry("ce_subject", C)
        .containsEntry("ce_time", "2023-11-14T22:13:25Z");
    assertThat(headers(cleared)).containsEntry("ce_id", raised.getAlertId() + "/cleared");
  }

  @Test
  void tombstonesTellTheirHostAndTime() {
    Instant time = SampleRecords.TIME;
    assertThat(asMap(CloudEventHeaders.containerTombstone("host-1", C, time)))
        .containsEntry("ce_id", "host-1/" + C + "/removed/1700000000123456")
        .containsEntry("ce_source", "urn:docker:host:host-1")
        .containsEntry("ce_type", "io.tallyman.container.state.v1")
        .containsEntry("ce_subject", C)
        .containsEntry("ce_time", "2023-11-14T22:13:20.123456Z");
    assertThat(asMap(CloudEventHeaders.hostTombstone("host-1", time)))
        .containsEntry("ce_id", "host-1/removed/1700000000123456")
        .containsEntry("ce_type", "io.tallyman.host.status.v1")
        .containsEntry("ce_subject", "host-1");
  }

  @Test
  void everyRecordHasAllSevenAndNoneThatReadersTakeForASchemaId() {
    for (SpecificRecord record : SampleRecords.all()) {
      assertThat(headers(record).keySet())
          .containsExactlyInAnyOrder(
              "ce_specversion",
              "ce_id",
              "ce_source",
              "ce_type",
              "ce_subject",
              "ce_time",
              "content-type");
    }
  }

  private static Map<String, String> headers(SpecificRecord record) {
    return asMap(CloudEventHeaders.headersFor(record));
  }

  private static Map<String, String> asMap(Headers headers) {
    Map<String, String> map = new LinkedHashMap<>();
    headers.forEach(
        header -> map.put(header.key(), new String(header.value(), StandardCharsets.UTF_8)));
    return map;
  }
}
