package io.tallyman.sink.influxdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallyman.sink.SinkContext;
import io.tallyman.sink.SinkException;
import io.tallyman.sink.SinkMetrics;
import io.tallyman.sink.SinkOptions;
import io.tallyman.sink.SinkRecord;
import io.tallyman.testkit.InfluxDbExtension;
import io.tallyman.testkit.Samples;
import io.tallyman.v1.ContainerStats;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.avro.generic.IndexedRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Many samples, written twice with a crash in the middle, against sums that the test keeps. */
@Tag("influxdb")
class InfluxVolumeTest {

  private static final int BATCH = 5_000;
  private static final int CONTAINERS = 100;

  @RegisterExtension static final InfluxDbExtension influx = new InfluxDbExtension();

  private String database = "";

  @Test
  void fiftyThousandSamplesLeaveTheSameSumsAfterACrashAndAReplay() throws SinkException {
    check(50_000);
  }

  @Test
  @Tag("soak")
  void aMillionSamplesLeaveTheSameSumsAfterACrashAndAReplay() throws SinkException {
    check(1_000_000);
  }

  private void check(int samples) throws SinkException {
    database = influx.newDatabase();
    var expected = new TreeMap<String, String>();
    var sums = new TreeMap<String, BigDecimal>();
    var counts = new TreeMap<String, Long>();
    for (int i = 0; i < samples; i++) {
      add(sample(i), sums, counts);
    }
    sums.forEach((field, sum) ->
        expected.put(field, counts.get(field) + " " + sum.stripTrailingZeros().toPlainString()));

    write(0, samples);
    assertThat(stored()).isEqualTo(expected);

    // The process dies after half of it, and its successor begins before what was committed last.
    write(0, samples / 2);
    write(samples / 2 - BATCH, samples);
    assertThat(stored()).isEqualTo(expected);
  }

  private void write(int from, int to) throws SinkException {
    var provider = new InfluxProvider();
    try (var sink = new InfluxSink()) {
      sink.open(
          new SinkContext(
              "influxdb",
              SinkOptions.of(
                  provider.options(),
                  Map.of(
                      "url",
                      influx.url(),
                      "database",
                      database,
                      "username",
                      InfluxDbExtension.ADMIN,
                      "password",
                      InfluxDbExtension.ADMIN_PASSWORD)),
              provider.topics(),
              "",
              SinkMetrics.NOOP));
      for (int start = from; start < to; start += BATCH) {
        var batch = new ArrayList<SinkRecord>(BATCH);
        for (int i = start; i < Math.min(start + BATCH, to); i++) {
          batch.add(Samples.sinkRecord(sample(i), i));
        }
        sink.put(batch);
        sink.flush();
      }
    }
  }

  /** Of a fleet that is read every five seconds. */
  private static ContainerStats sample(int i) {
    int tick = i / CONTAINERS;
    return Samples.stats()
        .setContainerId(Samples.containerId(i % CONTAINERS))
        .setContainerName("container-" + i % CONTAINERS)
        .setSampledAt(Samples.TIME.plusSeconds(tick * 5L))
        .setCpu(
            Samples.cpu()
                .setUsageNanos(1_000L * i)
                .setPercent(i % 7 == 0 ? null : (i % 800) / 8.0)
                .setPerCpuNanos(List.of())
                .build())
        .setMemory(Samples.memory().setUsageBytes(4_096L * (i % 1_000)).build())
        .setNetworks(
            i % 3 == 0 ? List.of() : List.of(Samples.network("eth0").setRxBytes((long) i).build()))
        .setPressure(null)
        .build();
  }

  private static void add(
      ContainerStats sample, Map<String, BigDecimal> sums, Map<String, Long> counts) {
    add("container_cpu", sample.getCpu(), sums, counts);
    add("container_memory", sample.getMemory(), sums, counts);
    sample.getNetworks().forEach(network -> add("container_network", network, sums, counts));
  }

  private static void add(
      String measurement,
      IndexedRecord part,
      Map<String, BigDecimal> sums,
      Map<String, Long> counts) {
    for (var field : part.getSchema().getFields()) {
      if (part.get(field.pos()) instanceof Number number) {
        var name =
            measurement + "." + field.name().replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
        sums.merge(name, new BigDecimal(number.toString()), BigDecimal::add);
        counts.merge(name, 1L, Long::sum);
      }
    }
  }

  /** Count and sum of each numeric field but those that only the point has. */
  private Map<String, String> stored() {
    var stored = new TreeMap<String, String>();
    for (var measurement : List.of("container_cpu", "container_memory", "container_network")) {
      var fields =
          StoredSeries.onlyRow(influx, database, "SELECT count(*), sum(*) FROM " + measurement);
      fields.forEach((column, value) -> {
        if (column.startsWith("sum_")) {
          var field = column.substring("sum_".length());
          if (!field.equals("interval_nanos")) {
            stored.put(
                measurement + "." + field,
                fields.get("count_" + field)
                    + " "
                    + new BigDecimal(value).stripTrailingZeros().toPlainString());
          }
        }
      });
    }
    return stored;
  }
}
