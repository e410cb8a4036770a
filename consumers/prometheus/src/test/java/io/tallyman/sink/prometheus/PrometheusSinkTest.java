package io.tallyman.sink.prometheus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tallyman.sink.CountingSinkMetrics;
import io.tallyman.sink.Reading;
import io.tallyman.sink.RecordSink;
import io.tallyman.sink.SinkContext;
import io.tallyman.sink.SinkException;
import io.tallyman.sink.SinkOptions;
import io.tallyman.sink.SinkProviders;
import io.tallyman.sink.SinkRecord;
import io.tallyman.testkit.RecordSinkContract;
import io.tallyman.testkit.Samples;
import io.tallyman.v1.ContainerStats;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

class PrometheusSinkTest extends RecordSinkContract {

  private final CountingSinkMetrics metrics = new CountingSinkMetrics();
  private PrometheusSink sink = new PrometheusSink(() -> Samples.TIME);

  @Override
  protected RecordSink newSink() {
    sink = new PrometheusSink(() -> Samples.TIME);
    return sink;
  }

  @Override
  protected SinkContext context() {
    return context("port", "0");
  }

  private SinkContext context(String... options) {
    var given = new HashMap<String, String>();
    for (int i = 0; i < options.length; i += 2) {
      given.put(options[i], options[i + 1]);
    }
    given.putIfAbsent("port", "0");
    var provider = new PrometheusProvider();
    return new SinkContext(
        "prometheus", SinkOptions.of(provider.options(), given), provider.topics(), "", metrics);
  }

  /**
   * Of all records it shows samples alone, and not that of the container whose tombstone the
   * contract puts before, with the same time.
   */
  @Override
  protected boolean holds(SinkRecord record) {
    if (!(record.value() instanceof ContainerStats stats)) {
      return true;
    }
    boolean gone = stats.getContainerId().equals(Samples.containerId(1));
    return gone
        != get("/metrics").body().contains("container_id=\"" + stats.getContainerId() + "\"");
  }

  private HttpResponse<String> get(String path) {
    return request("GET", path);
  }

  private HttpResponse<String> request(String method, String path) {
    try (var client = HttpClient.newHttpClient()) {
      var uri = URI.create("http://127.0.0.1:" + sink.port() + path);
      return client.send(
          HttpRequest.newBuilder(uri).method(method, HttpRequest.BodyPublishers.noBody()).build(),
          HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Test
  void isFoundByItsNameAndReadsTheTail() {
    var provider = SinkProviders.of(getClass().getClassLoader()).named("prometheus");

    assertThat(provider.reading()).isEqualTo(Reading.TAIL);
    assertThat(provider.topics())
        .containsExactly("docker.stats.v1", "docker.containers.v1", "docker.hosts.v1");
  }

  /** {@code -Dtallyman.golden.write=true} writes the file. */
  @Test
  void everySeriesIsAsItWas() throws SinkException, IOException {
    var file = Path.of("src/test/resources/exposition.txt");
    var opened = openSink();
    opened.put(
        List.of(
            Samples.sinkRecord(Samples.state().build(), 0),
            Samples.sinkRecord(Samples.stats().build(), 1),
            // Of another container, of which little is known.
            Samples.sinkRecord(
                Samples.stats()
                    .setContainerId(Samples.containerId(2))
                    .setContainerName("a \"b\"\\\nc")
                    .setImage(null)
                    .setProject(null)
                    .setService(null)
                    .setEngineVersion(null)
                    .setLabels(Map.of("1.a-b", "x", "role", "db"))
                    .setCpu(null)
                    .setMemory(Samples.memory().setSwapBytes(null).build())
                    .setNetworks(List.of())
                    .setBlockIo(List.of(Samples.blockIo().setDevice(null).build()))
                    .setPids(null)
                    .setPressure(null)
                    .build(),
                2)));

    var response = get("/metrics");
    var text = response.body();

    if (Boolean.getBoolean("tallyman.golden.write")) {
      Files.createDirectories(file.getParent());
      Files.writeString(file, text);
    }
    assertThat(text).isEqualTo(Files.readString(file));
    assertThat(response.headers().firstValue("Content-Type"))
        .contains("text/plain; version=0.0.4; charset=utf-8");
  }

  @Test
  void seriesGoWithTheContainerAndWithTheHost() throws SinkException {
    var opened = openSink();
    opened.put(samples(3));
    assertThat(get("/metrics").body()).contains("name=\"container-0\"", "name=\"container-2\"");

    opened.put(List.of(Samples.tombstone(Samples.containerId(0), 9)));
    assertThat(get("/metrics").body())
        .doesNotContain("name=\"container-0\"")
        .contains("name=\"container-2\"");
  }

  @Test
  void whatWasReplayedIsNotShown() throws SinkException {
    var opened = openSink();
    var replayed = samples(2);
    replayed.forEach(record -> record.headers().add("tallyman-replay", new byte[] {'1'}));

    opened.put(replayed);

    assertThat(get("/metrics").body()).doesNotContain("container_cpu_usage_seconds_total{");
    assertThat(metrics.figures().ignored()).containsEntry("replayed", 2L);
  }

  @Test
  void aFleetCanBeSplitByHost() throws SinkException {
    newSink();
    sink.open(context("hosts", "db-*, 4711"));
    sink.put(
        List.of(
            Samples.sinkRecord(Samples.stats().setHostName("db-1").build(), 0),
            Samples.sinkRecord(Samples.stats().setHostName("web.db-1").build(), 1),
            Samples.sinkRecord(Samples.stats().setHostName("x").setHostId("4711").build(), 2)));
    var text = get("/metrics").body();
    sink.close();

    assertThat(text).contains("host=\"db-1\"", "host=\"x\"").doesNotContain("web.db-1");
  }

  @Test
  void twoOfTheSameNameAndIdAreShownOnce() throws SinkException {
    var opened = openSink();
    opened.put(
        List.of(
            Samples.sinkRecord(Samples.stats().setHostId("clone-1").build(), 0),
            Samples.sinkRecord(Samples.stats().setHostId("clone-2").build(), 1)));

    assertThat(get("/metrics").body().lines().filter(line -> line.startsWith("tx_bytes{")))
        .hasSize(1);
  }

  @Test
  void compressesForThoseWhoAsk() throws Exception {
    openSink().put(samples(100));

    try (var client = HttpClient.newHttpClient()) {
      var response =
          client.send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + sink.port() + "/metrics"))
                  .header("Accept-Encoding", "gzip")
                  .build(),
              HttpResponse.BodyHandlers.ofInputStream());
      assertThat(response.headers().firstValue("Content-Encoding")).contains("gzip");
      try (var text = new GZIPInputStream(response.body())) {
        assertThat(text.readAllBytes()).isNotEmpty();
      }
    }
  }

  @Test
  void servesNothingElse() throws SinkException {
    openSink();

    assertThat(get("/").statusCode()).isEqualTo(404);
    assertThat(request("POST", "/metrics").statusCode()).isEqualTo(405);
  }

  @Test
  void aPortThatIsTakenIsSaid() throws SinkException {
    openSink();
    var taken = Integer.toString(sink.port());
    var second = new PrometheusSink(() -> Samples.TIME);

    assertThatThrownBy(() -> second.open(context("port", taken)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("cannot listen at")
        .hasMessageContaining(taken);
    assertThatThrownBy(() -> second.open(context("max-series", "0")))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
