package io.tallyman.sink.prometheus;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tallyman.sink.SinkContext;
import io.tallyman.sink.SinkMetrics;
import io.tallyman.sink.SinkOptions;
import io.tallyman.sink.SinkRecord;
import io.tallyman.testkit.PrometheusExtension;
import io.tallyman.testkit.Samples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A Prometheus of the distribution scrapes the sink. */
@Tag("prometheus")
class ScrapeTest {

  private static final Duration LONG = Duration.ofSeconds(60);
  private static final String OTHER = "shop-db-1";
  private static final Pattern RULE = Pattern.compile("record: (\\S+)");
  private static final ObjectMapper JSON = new ObjectMapper();

  @RegisterExtension final PrometheusExtension prometheus = new PrometheusExtension();

  @Test
  void theLinterFindsNoFault() throws IOException {
    assertThat(
            prometheus.checkMetrics(Files.readString(Path.of("src/test/resources/exposition.txt"))))
        .isEmpty();
  }

  @Test
  void everyQueryOfADashboardHasRowsAndSeriesVanish() throws Exception {
    var rules = Files.readString(Path.of("src/test/resources/cadvisor-dashboard.rules.yml"));
    var provider = new PrometheusProvider();
    try (var sink = new PrometheusSink(Clock.systemUTC());
        var ticks = Executors.newSingleThreadScheduledExecutor()) {
      sink.open(
          new SinkContext(
              "prometheus",
              SinkOptions.of(provider.options(), Map.of("port", "0")),
              provider.topics(),
              "",
              SinkMetrics.NOOP));
      sink.put(List.of(Samples.sinkRecord(Samples.state().build(), 0)));
      var start = Instant.now();
      var _ =
          ticks.scheduleAtFixedRate(
              () -> sink.put(tick(Duration.between(start, Instant.now()).toMillis())),
              0,
              200,
              TimeUnit.MILLISECONDS);
      prometheus.start("127.0.0.1:" + sink.port(), rules);

      var names = new TreeSet<String>();
      RULE.matcher(rules).results().forEach(match -> names.add(match.group(1)));
      assertThat(names).hasSizeGreaterThan(10);
      for (var name : names) {
        await(name).atMost(LONG).until(() -> !rows(name).isEmpty());
      }
      // A rule has no value while too few scrapes are in its range, as after a pause of the
      // machine.
      await()
          .atMost(LONG)
          .ignoreExceptions()
          .untilAsserted(() ->
              assertThat(value("dashboard:cpu_by_name{name=\"shop-web-1\"}"))
                  .isBetween(40.0, 60.0));
      await()
          .atMost(LONG)
          .ignoreExceptions()
          .untilAsserted(() -> {
            assertThat(value("dashboard:memory_working_set{name=\"shop-web-1\"}"))
                .isEqualTo(66.0 * 1024 * 1024);
            assertThat(value("dashboard:running")).isEqualTo(2);
            assertThat(rows("dashboard:project").getFirst().path("metric").path("project").asText())
                .isEqualTo("shop");
          });

      ticks.shutdown();
      assertThat(ticks.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
      // One is gone, and not by its silence: the other is as silent and stays.
      sink.put(List.of(tombstone(Samples.CONTAINER_ID, Instant.now())));
      await()
          .atMost(LONG)
          .untilAsserted(() -> assertThat(names("container_last_seen")).containsExactly(OTHER));
      // A sample whose next is due soon: after three intervals no series is left.
      sink.put(List.of(sample(Samples.containerId(2), 0, 100)));
      await().atMost(LONG).until(() -> rows("container_last_seen").isEmpty());
    }
  }

  private static SinkRecord tombstone(String containerId, Instant time) {
    var record = Samples.tombstone(containerId, 1);
    record.headers().remove("ce_time").add("ce_time", time.toString().getBytes(UTF_8));
    return record;
  }

  /** Two containers that use half a processor. */
  private static List<SinkRecord> tick(long millis) {
    return List.of(
        sample(Samples.CONTAINER_ID, millis, LONG.toMillis()),
        sample(Samples.containerId(2), millis, LONG.toMillis()));
  }

  private static SinkRecord sample(String id, long millis, long intervalMillis) {
    var stats =
        Samples.stats()
            .setContainerId(id)
            .setContainerName(id.equals(Samples.CONTAINER_ID) ? "shop-web-1" : OTHER)
            .setSampledAt(Instant.now())
            .setIntervalMillis(intervalMillis)
            .setCpu(
                Samples.cpu()
                    .setUsageNanos(millis * 500_000)
                    .setPeriods(millis / 10)
                    .setThrottledPeriods(millis / 20)
                    .build())
            .setNetworks(
                List.of(Samples.network("eth0").setRxBytes(millis).setTxBytes(2 * millis).build()))
            .setBlockIo(
                List.of(Samples.blockIo().setReadBytes(millis).setWriteBytes(millis).build()))
            .build();
    return Samples.sinkRecord(stats, 0);
  }

  private List<String> names(String expression) throws IOException {
    return rows(expression).stream()
        .map(row -> row.path("metric").path("name").asText())
        .distinct()
        .toList();
  }

  private List<JsonNode> rows(String expression) throws IOException {
    var rows = new ArrayList<JsonNode>();
    JSON.readTree(prometheus.query(expression)).path("data").path("result").forEach(rows::add);
    return rows;
  }

  private double value(String expression) throws IOException {
    return rows(expression).getFirst().path("value").get(1).asDouble();
  }
}
