package io.tallyman.sink.influxdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallyman.sink.SinkRecord;
import io.tallyman.testkit.Samples;
import io.tallyman.v1.AlertPhase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One container of one host, and every line that is written of it. */
class LayoutGoldenTest {

  /** {@code -Dtallyman.golden.write=true} writes the files. */
  @ParameterizedTest
  @EnumSource(Layout.class)
  void everyLineIsAsItWas(Layout layout) throws IOException {
    var file =
        Path.of(
            "src/test/resources/golden",
            layout.name().toLowerCase(Locale.ROOT) + ".line-protocol.txt");
    var mapper = new RecordMapper(layout, FieldChoice.of("all", layout));
    var lines = new StringBuilder();
    for (var record : records()) {
      mapper.map(record).forEach(point -> lines.append(LineProtocol.line(point)));
    }
    if (Boolean.getBoolean("tallyman.golden.write")) {
      Files.createDirectories(file.getParent());
      Files.writeString(file, lines);
    }
    assertThat(lines.toString()).isEqualTo(Files.readString(file));
  }

  private static List<SinkRecord> records() {
    var detailed =
        Samples.memory().setDetail(Map.of("pgpgin", 7L, "total_rss_huge", 0L, "rss", 1L)).build();
    var twoInterfaces = List.of(Samples.network("eth0").build(), Samples.network("eth1").build());
    List<SpecificRecord> values =
        List.of(
            Samples.stats().build(),
            // Of another container, of which little is known.
            Samples.stats()
                .setContainerId(Samples.containerId(2))
                .setContainerName(null)
                .setImage("registry:5000/team/app@sha256:00")
                .setProject(null)
                .setService(null)
                .setLabels(Map.of())
                .setState(null)
                .setCpu(Samples.cpu().setPercent(null).setPerCpuNanos(List.of()).build())
                .setMemory(detailed)
                .setNetworks(twoInterfaces)
                .setBlockIo(List.of())
                .setPids(null)
                .setPressure(null)
                .setIntervalNanos(null)
                .setReset(true)
                .build(),
            Samples.event().build(),
            Samples.death().build(),
            Samples.state().build(),
            Samples.hostStatus().build(),
            Samples.gap().build(),
            Samples.alert().build(),
            Samples.alert()
                .setPhase(AlertPhase.CLEARED)
                .setObservedPercent(12.5)
                .setTick(Samples.TIME.plusSeconds(60))
                .build());
    var records = new ArrayList<SinkRecord>();
    values.forEach(value -> records.add(Samples.sinkRecord(value, records.size())));
    records.add(Samples.tombstone(Samples.CONTAINER_ID, records.size()));
    return records;
  }
}
