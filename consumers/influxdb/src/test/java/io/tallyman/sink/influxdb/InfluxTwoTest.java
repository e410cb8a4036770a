package io.tallyman.sink.influxdb;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tallyman.sink.SinkContext;
import io.tallyman.sink.SinkException;
import io.tallyman.sink.SinkMetrics;
import io.tallyman.sink.SinkOptions;
import io.tallyman.sink.SinkRecord;
import io.tallyman.testkit.Images;
import io.tallyman.testkit.Samples;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;

/** InfluxDB 2 itself, where its image can be had; the log says whether it could. */
@Tag("docker")
class InfluxTwoTest {

  private static final String IMAGE = "influxdb:2.7";
  private static final int PORT = 8086;

  static Stream<String> images() {
    return Stream.of(IMAGE).filter(Images::canUse);
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("images")
  void keepsASampleOnceHoweverOftenItIsWritten(String image) throws Exception {
    try (var influx = new GenericContainer<>(image)) {
      influx
          .withExposedPorts(PORT)
          .withEnv(
              Map.of(
                  "DOCKER_INFLUXDB_INIT_MODE", "setup",
                  "DOCKER_INFLUXDB_INIT_USERNAME", "admin",
                  "DOCKER_INFLUXDB_INIT_PASSWORD", "not-a-secret",
                  "DOCKER_INFLUXDB_INIT_ORG", "quay",
                  "DOCKER_INFLUXDB_INIT_BUCKET", "tally",
                  "DOCKER_INFLUXDB_INIT_ADMIN_TOKEN", "token"))
          .waitingFor(Wait.forHttp("/ready").forPort(PORT));
      influx.start();
      var url = "http://%s:%d".formatted(influx.getHost(), influx.getMappedPort(PORT));
      var records = List.of(Samples.sinkRecord(Samples.stats().build(), 0));

      write(records, options(url, "tally", "token"));
      write(records, options(url, "tally", "token"));

      assertThat(usedBytes(url)).containsOnlyOnce("67108864");
      assertThatThrownBy(() -> write(records, options(url, "nowhere", "token")))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("nowhere");
      assertThatThrownBy(() -> write(records, options(url, "tally", "wrong")))
          .isInstanceOf(SinkException.CredentialsRefused.class);
    }
  }

  private static Map<String, String> options(String url, String bucket, String token) {
    var options = new HashMap<String, String>();
    options.put("url", url);
    options.put("org", "quay");
    options.put("bucket", bucket);
    options.put("token", token);
    return options;
  }

  private static void write(List<SinkRecord> records, Map<String, String> options)
      throws SinkException {
    var provider = new InfluxProvider();
    try (var sink = new InfluxSink()) {
      sink.open(
          new SinkContext(
              "influxdb",
              SinkOptions.of(provider.options(), options),
              provider.topics(),
              "",
              SinkMetrics.NOOP));
      sink.put(records);
      sink.flush();
    }
  }

  private static String usedBytes(String url) throws Exception {
    var query =
        "from(bucket: \"tally\") |> range(start: 2026-01-01T00:00:00Z, stop: 2027-01-01T00:00:00Z)"
            + " |> filter(fn: (r) => r._measurement == \"container_memory\""
            + " and r._field == \"used_bytes\")";
    try (var http = HttpClient.newHttpClient()) {
      return http.send(
              HttpRequest.newBuilder(URI.create(url + "/api/v2/query?org=quay"))
                  .header("Authorization", "Token token")
                  .header("Content-Type", "application/vnd.flux")
                  .header("Accept", "application/csv")
                  .POST(BodyPublishers.ofString(query))
                  .build(),
              BodyHandlers.ofString(UTF_8))
          .body();
    }
  }
}
