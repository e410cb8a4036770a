package io.tallyman.sink.influxdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.tallyman.sink.SinkContext;
import io.tallyman.sink.SinkException;
import io.tallyman.sink.SinkMetrics;
import io.tallyman.sink.SinkOptions;
import io.tallyman.sink.SinkRecord;
import io.tallyman.testkit.Samples;
import io.tallyman.testkit.VictoriaMetricsExtension;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The second endpoint, on a server that has it. */
@Tag("victoriametrics")
class VictoriaMetricsTest {

  @RegisterExtension
  static final VictoriaMetricsExtension victoria = new VictoriaMetricsExtension();

  private static void write(List<SinkRecord> records) throws SinkException {
    var provider = new InfluxProvider();
    try (var sink = new InfluxSink()) {
      sink.open(
          new SinkContext(
              "influxdb",
              SinkOptions.of(provider.options(), Map.of("url", victoria.url())),
              provider.topics(),
              "",
              SinkMetrics.NOOP));
      sink.put(records);
      sink.flush();
    }
  }

  @Test
  void samplesAreStoredAndTheVersionIsFoundOut() throws SinkException, IOException {
    var sample = Samples.sinkRecord(Samples.stats().build(), 0);

    write(List.of(sample));
    write(List.of(sample));

    var lines =
        victoria
            .export("container_memory_used_bytes{container_name=\"shop-web-1\"}")
            .lines()
            .toList();
    assertThat(lines).hasSize(1);
    var series = new ObjectMapper().readTree(lines.getFirst());
    assertThat(series.path("metric").path("host").asText()).isEqualTo("quay-1");
    assertThat(series.path("values")).isNotEmpty().allMatch(value -> value.asLong() == 67_108_864);
    assertThat(series.path("timestamps"))
        .allMatch(time -> time.asLong() == Samples.TIME.toEpochMilli());
  }

  /** Of bad lines it tells only these: it answers 204 to what it cannot parse. */
  @Test
  void aLineThatIsTooLongIsRejected() {
    var good = Samples.sinkRecord(Samples.stats().setContainerName("good").build(), 0);
    var bad = Samples.sinkRecord(Samples.stats().setContainerName("x".repeat(300_000)).build(), 1);

    var rejection =
        catchThrowableOfType(SinkException.Rejected.class, () -> write(List.of(good, bad)));

    assertThat(rejection.reasons()).containsOnlyKeys(bad);
    assertThat(victoria.export("container_memory_used_bytes{container_name=\"good\"}"))
        .isNotBlank();
  }
}
