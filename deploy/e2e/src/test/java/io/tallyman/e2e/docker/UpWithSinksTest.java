package io.tallyman.e2e.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import io.tallyman.testkit.FreePort;
import io.tallyman.testkit.InfluxDbExtension;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Sinks beside everything else in one process, on a simulated engine and real stores. */
@Tag("kafka")
@Tag("influxdb")
class UpWithSinksTest {

  private static final Duration LONG = Duration.ofMinutes(2);
  private static final Pattern SINK =
      Pattern.compile(" +Sink +(\\S+), (http://\\S+?)/health/readiness .*");

  @RegisterExtension static final InfluxDbExtension influx = new InfluxDbExtension();

  @TempDir Path directory;

  private final HttpClient http = HttpClient.newHttpClient();
  private final MongoServer mongo = new MongoServer(new MemoryBackend());
  private final String mongoUri = mongo.bindAndGetConnectionString();
  private int prometheusPort;

  @AfterEach
  void stop() {
    mongo.shutdownNow();
    http.close();
  }

  @Test
  void threeStoresFillAndADeadOneIsTold() throws Exception {
    var database = influx.newDatabase();
    try (var client = MongoClients.create(mongoUri);
        var up = up(withStores(database, InfluxDbExtension.ADMIN_PASSWORD))) {
      up.awaitStarted();
      await().atMost(LONG).until(() -> hasSamples(database));
      await().atMost(LONG).until(() -> count(client, "first", "stats") > 5);
      await()
          .atMost(LONG)
          .ignoreExceptions()
          .until(() ->
              get("http://127.0.0.1:%d/metrics".formatted(prometheusPort))
                  .body()
                  .contains("container_memory_working_set_bytes{"));
      await().atMost(LONG).until(() -> count(client, "first", "containers") > 0);
      await().atMost(LONG).until(() -> count(client, "first", "hosts") == 1);
      for (var sink : List.of("influxdb", "mongodb", "prometheus")) {
        await().atMost(LONG).until(() -> health(up, sink).statusCode() == 200);
        var written = "tallyman_sink_written_records_total{sink=\"" + sink + "\"}";
        await()
            .atMost(LONG)
            .until(() -> get(address(up, sink) + "/metrics").body().contains(written));
      }

      // Another of a kind that runs already, under a name of its own.
      try (var second =
          run(
              "sink",
              "mongodb",
              "--name",
              "second",
              "--port",
              "0",
              "--kafka",
              up.kafka(),
              "--uri",
              mongoUri,
              "--database",
              "second")) {
        await().atMost(LONG).until(() -> count(client, "second", "stats") > 5);
        second.signal("TERM");
        assertThat(second.ends(LONG)).as(second::text).isTrue();
        assertThat(second.exitCode()).as(second::text).isZero();
      }

      try (var wrong =
          run(
              "sink",
              "influxdb",
              "--log-level",
              "error",
              "--port",
              "0",
              "--kafka",
              up.kafka(),
              "--url",
              "nowhere")) {
        assertThat(wrong.ends(LONG)).as(wrong::text).isTrue();
        assertThat(wrong.exitCode()).as(wrong::text).isEqualTo(2);
        assertThat(wrong.errors())
            .singleElement()
            .asString()
            .startsWith("tallyman sink influxdb: sink influxdb: option url must be such as");
      }

      influx.stop();
      try {
        await()
            .atMost(LONG)
            .until(() -> {
              var health = health(up, "influxdb");
              return health.statusCode() == 503
                  && health.body().contains("InfluxDB at " + influx.url());
            });
        assertThat(get(address(up, "influxdb") + "/health/liveness").statusCode()).isEqualTo(200);
        await().atMost(LONG).until(() -> health(up, "mongodb").statusCode() == 200);
      } finally {
        influx.start();
      }
      await().atMost(LONG).until(() -> health(up, "influxdb").statusCode() == 200);
      up.signal("TERM");
      assertThat(up.ends(LONG)).as(up::text).isTrue();
      assertThat(up.exitCode()).as(up::text).isZero();
    }
  }

  @Test
  void aSinkThatFailsStopsOnlyItself() throws Exception {
    var database = influx.newDatabase();
    try (var client = MongoClients.create(mongoUri);
        var up = up(withStores(database, "wrong"))) {
      up.awaitStarted();
      await().atMost(LONG).until(() -> up.output().toString().contains("the rest goes on"));
      long before = count(client, "first", "stats");
      await().atMost(LONG).until(() -> count(client, "first", "stats") > before + 5);
      assertThat(get(address(up, "influxdb") + "/health/liveness").statusCode()).isEqualTo(503);

      up.signal("TERM");
      assertThat(up.ends(LONG)).as(up::text).isTrue();
      assertThat(up.exitCode()).as(up::text).isEqualTo(1);
      assertThat(up.errors().getLast())
          .startsWith("tallyman up: the sink influxdb stopped: InfluxDB at ")
          .contains("refuses the credentials");
    }
  }

  @Test
  void whenItsReaderHasGoneItEndsWell() throws Exception {
    var line = String.join(" ", command(List.of("--sink", "stdout")));
    try (var up =
        UpProcess.start(
            directory, List.of("bash", "-o", "pipefail", "-c", line + " | head -n 3"))) {
      assertThat(up.ends(LONG)).as(up::text).isTrue();

      assertThat(up.exitCode()).as(up::text).isZero();
      assertThat(up.output()).hasSize(3).allMatch(json -> json.startsWith("{\"topic\":"));
      assertThat(up.errors())
          .contains("Stopping …")
          .noneMatch(said -> said.startsWith("tallyman up:") || said.contains("ERROR"));
    }
  }

  private List<String> withStores(String database, String password) throws IOException {
    prometheusPort = FreePort.next();
    var options = new ArrayList<String>();
    for (var kind : List.of("influxdb", "mongodb", "prometheus")) {
      options.addAll(List.of("--sink", kind));
    }
    Stream.of(
            "influxdb.url=" + influx.url(),
            "influxdb.database=" + database,
            "influxdb.username=" + InfluxDbExtension.ADMIN,
            "influxdb.password=" + password,
            "mongodb.uri=" + mongoUri,
            "mongodb.database=first",
            "prometheus.port=" + prometheusPort)
        .forEach(setting -> options.addAll(List.of("--set", "tallyman." + setting)));
    return options;
  }

  private UpProcess up(List<String> options) throws IOException {
    return UpProcess.start(directory, command(options));
  }

  private List<String> command(List<String> options) {
    var command = new ArrayList<>(program());
    command.addAll(
        List.of("up", "--simulate", "5", "--interval", "1s", "--port", "0", "--kafka-port", "0"));
    command.addAll(options);
    return command;
  }

  private UpProcess run(String... args) throws IOException {
    var command = new ArrayList<>(program());
    command.addAll(List.of(args));
    return UpProcess.start(directory, command);
  }

  private static List<String> program() {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:TieredStopAtLevel=1",
        "-cp",
        System.getProperty("java.class.path"),
        "io.tallyman.cli.Tallyman");
  }

  private boolean hasSamples(String database) {
    return influx
        .query(database, "SELECT count(usage_nanos) FROM container_cpu")
        .contains("\"values\"");
  }

  private static long count(MongoClient client, String database, String collection) {
    return client.getDatabase(database).getCollection(collection).countDocuments(new Document());
  }

  private HttpResponse<String> health(UpProcess up, String sink) {
    return get(address(up, sink) + "/health/readiness");
  }

  private static String address(UpProcess up, String sink) {
    return up.output().stream()
        .map(SINK::matcher)
        .filter(matcher -> matcher.matches() && matcher.group(1).equals(sink))
        .map(matcher -> matcher.group(2))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no address of " + sink + ":\n" + up.text()));
  }

  private HttpResponse<String> get(String address) {
    try {
      return http.send(
          HttpRequest.newBuilder(URI.create(address)).timeout(Duration.ofSeconds(30)).build(),
          BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(address, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }
}
