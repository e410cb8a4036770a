package io.tallyman.sink.influxdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tallyman.testkit.Samples;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FieldChoiceTest {

  private static Set<String> written(Layout layout, String fields) {
    var mapper = new RecordMapper(layout, FieldChoice.of(fields, layout));
    var written = new TreeSet<String>();
    for (var point : mapper.map(Samples.sinkRecord(Samples.stats().build(), 0))) {
      point.fields().keySet().forEach(field -> written.add(point.measurement() + "." + field));
    }
    return written;
  }

  @Test
  void essentialIsWhatTheFirstDashboardShows() {
    assertThat(written(Layout.TALLYMAN, "essential"))
        .containsExactly(
            "container_blockio.device_name",
            "container_blockio.read_bytes",
            "container_blockio.write_bytes",
            "container_cpu.percent",
            "container_memory.limit_bytes",
            "container_memory.percent",
            "container_memory.used_bytes",
            "container_network.rx_bytes",
            "container_network.tx_bytes",
            "container_pids.current");
    assertThat(written(Layout.DOCKER_STATS, "ESSENTIAL"))
        .containsExactly(
            "docker_stats.cpu_percent",
            "docker_stats.mem_total",
            "docker_stats.mem_used",
            "docker_stats.net_in_bytes",
            "docker_stats.net_out_bytes");
  }

  @Test
  void aListNamesFieldsAndMeasurements() {
    assertThat(written(Layout.TALLYMAN, "usage_nanos, container_pids"))
        .containsExactly(
            "container_cpu.usage_nanos",
            "container_cpu_core.usage_nanos",
            "container_pids.current",
            "container_pids.limit");
    assertThat(written(Layout.STATSPOUT, "cpu_usage")).containsExactly("cpu_usage.value");
  }

  @Test
  void aPointIsNotWrittenForItsTextAlone() {
    assertThat(written(Layout.TELEGRAF, "usage_percent"))
        .containsExactly(
            "docker_container_cpu.container_id",
            "docker_container_cpu.usage_percent",
            "docker_container_mem.container_id",
            "docker_container_mem.usage_percent");
  }

  @Test
  void anUnknownNameIsRefused() {
    assertThatThrownBy(() -> FieldChoice.of("usage_nanos,cpu_percent", Layout.TALLYMAN))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("layout tallyman has no field 'cpu_percent'");
    assertThatThrownBy(() -> FieldChoice.of(" , ", Layout.TALLYMAN))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @EnumSource(Layout.class)
  void everyNameThatIsWrittenCanBeChosen(Layout layout) {
    var mapper = new RecordMapper(layout, FieldChoice.of("all", layout));
    var stats =
        Samples.stats().setMemory(Samples.memory().setDetail(Map.of("pgpgin", 7L)).build()).build();
    for (var point : mapper.map(Samples.sinkRecord(stats, 0))) {
      point
          .fields()
          .forEach((name, value) -> {
            if (!(value instanceof String) && !name.equals("value")) {
              assertThat(layout.samples().knows(name)).as(name).isTrue();
            }
          });
      assertThat(layout.samples().knows(point.measurement())).isTrue();
    }
    assertThat(layout.samples().essential()).allMatch(layout.samples()::knows);
  }
}
