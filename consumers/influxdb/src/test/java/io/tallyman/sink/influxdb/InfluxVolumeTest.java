package io.tallyman.sink.influxdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallyman.sink.SinkContext;
import io.tallyman.sink.SinkException;
import io.tallyman.sink.SinkMetrics;
import io.tallyman.sink.SinkOptions;
import io.tallyman.sink.SinkRecord;
import io.tallyman.testkit.InfluxDbExtension;
import io.tallyman.testkit.RecordedSamples;
import io.tallyman.testkit.Samples;
import io.tallyman.v1.ContainerStats;
import io.tallyman.v1.Cpu;
import io.tallyman.v1.Memory;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.avro.generic.IndexedRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Many samples, as they were recorded and told of many containers and times, written twice with a
 * crash in the middle: count and sum of every number of every container against those that the test
 * makes of the records.
 */
@Tag("influxdb")
class InfluxVolumeTest {

  private static final int BATCH = 5_000;
  private static final int CONTAINERS = 100;

  /** Numbers that are a device's name. */
  private static final List<String> TAGS = List.of("major", "minor");

  private static final List<String> MEASUREMENTS =
      List.of(
          "container_cpu",
          "container_memory",
          "container_network",
          "container_blockio",
          "container_pids");

  private static final Logger log = LoggerFactory.getLogger(InfluxVolumeTest.class);

  @RegisterExtension static final InfluxDbExtension influx = new InfluxDbExtension();

  private String database = "";

  @Test
  void fiftyThousandSamplesLeaveTheSameSumsAfterACrashAndAReplay() throws SinkException {
    check(50_000);
  }

  @Test
  @Tag("soak")
  @Timeout(value = 2, unit = TimeUnit.HOURS)
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

    long start = System.nanoTime();
    write(0, samples);
    assertThat(stored()).isEqualTo(expected);
    long written = System.nanoTime();

    // The process dies after half of it, and its successor begins before what was committed last.
    write(0, samples / 2);
    write(samples / 2 - BATCH, samples);
    assertThat(stored()).isEqualTo(expected);
    log.info(
        "InfluxDB 1: {} samples written and compared in {} ms, again with a crash in {} ms; each time {} sums, checksum {}",
        samples,
        (written - start) / 1_000_000,
        (System.nanoTime() - written) / 1_000_000,
        expected.size(),
        Integer.toHexString(expected.hashCode()));
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
    var recorded = RecordedSamples.nth(i);
    // Sums of eighths are exact, in whatever order they are made.
    return recorded
        .setContainerId(Samples.containerId(i % CONTAINERS))
        .setContainerName("container-" + i % CONTAINERS)
        .setSampledAt(Samples.TIME.plusSeconds(tick * 5L))
        .setCpu(
            Cpu.newBuilder(recorded.getCpu())
                .setUsageNanos(1_000L * i)
                .setPercent(i % 7 == 0 ? null : (i % 800) / 8.0)
                .setPercentOfLimit(null)
                .build())
        .setMemory(
            Memory.newBuilder(recorded.getMemory())
                .setUsageBytes(4_096L * (i % 1_000))
                .setPercent((i % 80) / 8.0)
                .build())
        .build();
  }

  private static void add(
      ContainerStats sample, Map<String, BigDecimal> sums, Map<String, Long> counts) {
    var container = sample.getContainerId();
    add(container, "container_cpu", sample.getCpu(), sums, counts);
    add(container, "container_memory", sample.getMemory(), sums, counts);
    add(container, "container_pids", sample.getPids(), sums, counts);
    sample
        .getNetworks()
        .forEach(network -> add(container, "container_network", network, sums, counts));
    sample
        .getBlockIo()
        .forEach(device -> add(container, "container_blockio", device, sums, counts));
  }

  private static void add(
      String container,
      String measurement,
      IndexedRecord part,
      Map<String, BigDecimal> sums,
      Map<String, Long> counts) {
    for (var field : part.getSchema().getFields()) {
      if (part.get(field.pos()) instanceof Number number && !TAGS.contains(field.name())) {
        var name =
            "%s %s.%s"
                .formatted(
                    container,
                    measurement,
                    field.name().replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT));
        sums.merge(name, new BigDecimal(number.toString()), BigDecimal::add);
        counts.merge(name, 1L, Long::sum);
      }
    }
  }

  /** Count and sum of each numeric field but those that only the point has. */
  private Map<String, String> stored() {
    var stored = new TreeMap<String, String>();
    for (int n = 0; n < CONTAINERS; n++) {
      var container = Samples.containerId(n);
      for (var measurement : MEASUREMENTS) {
        var fields =
            StoredSeries.onlyRow(
                influx,
                database,
                "SELECT count(*), sum(*) FROM %s WHERE container_id = '%s'"
                    .formatted(measurement, container));
        fields.forEach((column, value) -> {
          var field = column.replaceFirst("^sum_", "");
          boolean sum = !field.equals(column) && !value.equals("null");
          if (sum && !field.equals("interval_nanos")) {
            stored.put(
                "%s %s.%s".formatted(container, measurement, field),
                fields.get("count_" + field)
                    + " "
                    + new BigDecimal(value).stripTrailingZeros().toPlainString());
          }
        });
      }
    }
    return stored;
  }
}
