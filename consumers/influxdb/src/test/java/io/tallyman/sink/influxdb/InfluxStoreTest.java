package io.tallyman.sink.influxdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tallyman.sink.CountingSinkMetrics;
import io.tallyman.sink.SinkContext;
import io.tallyman.sink.SinkException;
import io.tallyman.sink.SinkOptions;
import io.tallyman.sink.SinkRecord;
import io.tallyman.testkit.InfluxDbExtension;
import io.tallyman.testkit.Samples;
import io.tallyman.v1.ContainerStats;
import io.tallyman.v1.Network;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What an InfluxDB 1 holds afterwards. */
@Tag("influxdb")
class InfluxStoreTest {

  private static final int BATCH = 5_000;

  @RegisterExtension static final InfluxDbExtension influx = new InfluxDbExtension();

  private final CountingSinkMetrics metrics = new CountingSinkMetrics();
  private String database = "";

  @BeforeEach
  void newDatabase() {
    database = influx.newDatabase();
  }

  private InfluxSink open(String... options) throws SinkException {
    var given = new HashMap<String, String>();
    given.put("url", influx.url());
    given.put("database", database);
    given.put("username", InfluxDbExtension.ADMIN);
    given.put("password", InfluxDbExtension.ADMIN_PASSWORD);
    for (int i = 0; i < options.length; i += 2) {
      given.put(options[i], options[i + 1]);
    }
    var provider = new InfluxProvider();
    var sink = new InfluxSink();
    sink.open(
        new SinkContext(
            "influxdb", SinkOptions.of(provider.options(), given), provider.topics(), "", metrics));
    return sink;
  }

  private void write(List<SinkRecord> records, String... options) throws SinkException {
    try (var sink = open(options)) {
      for (int i = 0; i < records.size(); i += BATCH) {
        sink.put(records.subList(i, Math.min(i + BATCH, records.size())));
        sink.flush();
      }
    }
  }

  private List<List<String>> rows(String query) {
    return StoredSeries.rows(influx, database, query);
  }

  @Test
  void ofFiveThousandLinesWithOneBadAllOthersAreStored() throws SinkException {
    var records = new ArrayList<SinkRecord>();
    for (int i = 0; i < 5_000; i++) {
      var stats = Samples.stats().setContainerId(Samples.containerId(i));
      if (i == 3_210) {
        stats.setContainerName("x".repeat(70_000));
      }
      records.add(Samples.sinkRecord(stats.build(), i));
    }

    var rejection =
        catchThrowableOfType(
            SinkException.Rejected.class, () -> write(records, "fields", "usage_bytes"));

    assertThat(rejection.reasons()).containsOnlyKeys(records.get(3_210));
    assertThat(rejection.reasons().get(records.get(3_210))).contains("max key length exceeded");
    assertThat(rows("SELECT count(usage_bytes) FROM container_memory"))
        .containsExactly(List.of("4999"));
  }

  @Test
  void aFieldOfAnotherTypeIsTheRecordsFaultAlone() throws SinkException {
    influx.query(
        database,
        "CREATE RETENTION POLICY forever ON "
            + database
            + " DURATION INF REPLICATION 1 SHARD DURATION 1000w DEFAULT");
    var first = Samples.sinkRecord(Samples.stats().build(), 0);
    write(List.of(first), "layout", "docker_stats");
    // What the service of that name writes: integers as floats.
    influx.query(database, "SELECT mem_used * 1.0 AS mem_total INTO other FROM docker_stats");
    var conflicting =
        Samples.sinkRecord(Samples.stats().setContainerId(Samples.containerId(1)).build(), 1);

    influx.query(database, "DROP MEASUREMENT docker_stats");
    influx.query(database, "SELECT * INTO docker_stats FROM other");
    var rejection =
        catchThrowableOfType(
            SinkException.Rejected.class,
            () ->
                write(
                    List.of(conflicting, Samples.sinkRecord(Samples.event().build(), 2)),
                    "layout",
                    "docker_stats"));

    assertThat(rejection.reasons()).containsOnlyKeys(conflicting);
    assertThat(rejection.reasons().get(conflicting)).contains("field type conflict");
    assertThat(rows("SELECT event_id FROM container_event")).hasSize(1);
  }

  @Test
  void whatNoPointCanTellIsTheRecordsFaultAlone() throws SinkException {
    var beyondNanos = Samples.stats().setSampledAt(Instant.parse("2500-01-01T00:00:00Z")).build();
    var zeroTime = Samples.state().setStartedAt(Instant.parse("0001-01-01T00:00:00Z")).build();
    var bad =
        List.of(
            Samples.sinkRecord(beyondNanos, 0),
            Samples.sinkRecord(zeroTime, 1),
            new SinkRecord(
                "docker.stats.v1",
                "a host",
                null,
                new ConsumerRecord<>("docker.stats.v1", 0, 2, null, null)));
    var records = new ArrayList<>(bad);
    records.add(Samples.sinkRecord(Samples.stats().build(), 3));

    var rejection = catchThrowableOfType(SinkException.Rejected.class, () -> write(records));

    assertThat(rejection.reasons()).containsOnlyKeys(bad);
    assertThat(rejection.reasons().get(bad.getFirst())).contains("2500-01-01T00:00:00Z");
    assertThat(rows("SELECT count(usage_nanos) FROM container_cpu")).containsExactly(List.of("1"));
    assertThat(rows("SELECT state FROM container_state")).isEmpty();
  }

  @Test
  void whatIsOlderThanTheRetentionIsCounted() throws SinkException {
    influx.query(
        database,
        "CREATE RETENTION POLICY short ON %s DURATION 1d REPLICATION 1 DEFAULT"
            .formatted(database));
    var records = new ArrayList<SinkRecord>();
    var now = Instant.now();
    for (int i = 0; i < 20; i++) {
      records.add(
          Samples.sinkRecord(
              Samples.stats()
                  .setContainerId(Samples.containerId(i))
                  .setSampledAt(i < 5 ? now.minusSeconds(200_000 + i) : now)
                  .build(),
              i));
    }

    write(records);

    assertThat(metrics.figures().ignored()).containsEntry("older than the store's retention", 5L);
    assertThat(rows("SELECT count(usage_nanos) FROM container_cpu")).containsExactly(List.of("15"));
  }

  @Test
  void aMissingDatabaseIsSaidAtOpen() {
    assertThatThrownBy(() -> open("database", "nowhere"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("has no database 'nowhere'");
  }

  @Test
  void namesThatWouldBreakALineComeBackAsTheyWere() throws SinkException {
    var name = "a b,c=d\"e\\f";
    write(
        List.of(
            Samples.sinkRecord(Samples.stats().setContainerName(name).build(), 0),
            Samples.sinkRecord(Samples.death().setHealth("\"it\\is\",\nbad").build(), 1)));

    assertThat(StoredSeries.all(influx, database).keySet())
        .anyMatch(place -> place.startsWith("container_cpu{") && place.contains(name));
    assertThat(rows("SELECT health FROM container_event"))
        .containsExactly(List.of("\"it\\is\",\nbad"));
  }

  @Test
  void theStatspoutLayoutAnswersItsDashboard() throws SinkException {
    var other = Samples.stats().setHostId("other-host").setHostName("quay-2").build();
    write(
        List.of(Samples.sinkRecord(Samples.stats().build(), 0), Samples.sinkRecord(other, 1)),
        "layout",
        "statspout");

    for (var measurement : List.of("cpu_usage", "mem_usage", "tx_bytes", "rx_bytes")) {
      assertThat(
              rows("SELECT count(value) FROM " + measurement + " WHERE container = 'shop-web-1'"))
          .as(measurement)
          .containsExactly(List.of("2"));
    }
    assertThat(rows("SELECT value FROM tx_bytes WHERE host = 'quay-2'"))
        .containsExactly(List.of("2000000"));
    assertThat(rows("SHOW FIELD KEYS FROM rx_bytes")).containsExactly(List.of("integer"));
  }

  @Test
  void theTelegrafLayoutAnswersItsDashboard() throws SinkException {
    write(
        List.of(
            Samples.sinkRecord(Samples.stats().build(), 0),
            Samples.sinkRecord(Samples.state().build(), 1),
            Samples.sinkRecord(Samples.hostStatus().build(), 2)),
        "layout",
        "telegraf");

    assertThat(
            rows(
                "SELECT mean(usage_percent) FROM docker_container_cpu WHERE host =~ /quay/ AND cpu ="
                    + " 'cpu-total' GROUP BY container_name"))
        .containsExactly(List.of("25"));
    assertThat(rows("SELECT last(usage) FROM docker_container_mem WHERE container_image = 'nginx'"))
        .containsExactly(List.of("67108864"));
    assertThat(rows("SELECT last(rx_bytes) FROM docker_container_net WHERE network = 'total'"))
        .containsExactly(List.of("1000000"));
    assertThat(
            rows(
                "SELECT last(io_service_bytes_recursive_write) FROM docker_container_blkio WHERE"
                    + " device = 'total'"))
        .containsExactly(List.of("8192000"));
    assertThat(rows("SELECT last(n_containers_running) FROM docker WHERE engine_host = 'quay-1'"))
        .containsExactly(List.of("3"));
    assertThat(
            rows(
                "SELECT last(restart_count) FROM docker_container_status WHERE container_status ="
                    + " 'running'"))
        .containsExactly(List.of("1"));
  }

  @Test
  void everyFieldIsWhatTheRecordSaysAlsoAfterACrashAndAReplay() throws SinkException {
    long seed = System.nanoTime();
    var samples = randomSamples(new Random(seed), 300);
    var records = new ArrayList<SinkRecord>();
    samples.forEach(sample -> records.add(Samples.sinkRecord(sample, records.size())));
    var expected = ReferenceModel.of(samples);

    write(records);
    assertThat(StoredSeries.all(influx, database)).as("seed %d", seed).isEqualTo(expected);

    var crashed = open();
    crashed.put(records.subList(0, 150));
    crashed.close();
    write(records.subList(100, 300));
    assertThat(StoredSeries.all(influx, database)).as("seed %d", seed).isEqualTo(expected);
  }

  private static List<ContainerStats> randomSamples(Random random, int count) {
    var samples = new ArrayList<ContainerStats>();
    for (int i = 0; i < count; i++) {
      var networks =
          random.nextBoolean()
              ? List.of(Samples.network("eth0").setRxBytes(random.nextLong() >>> 1).build())
              : List.<Network>of();
      samples.add(
          Samples.stats()
              .setContainerId(Samples.containerId(random.nextInt(7)))
              .setSampledAt(Samples.TIME.plusMillis(i * 1_000L + random.nextInt(1_000)))
              .setCpu(
                  random.nextInt(5) == 0
                      ? null
                      : Samples.cpu()
                          .setUsageNanos(random.nextLong() >>> 1)
                          .setPercent(random.nextBoolean() ? null : random.nextInt(4_000) / 8.0)
                          .build())
              .setMemory(
                  Samples.memory()
                      .setUsageBytes(random.nextLong() >>> 1)
                      .setSwapBytes(random.nextBoolean() ? null : 0L)
                      .build())
              .setNetworks(networks)
              .setReset(random.nextBoolean())
              .build());
    }
    return samples;
  }
}
