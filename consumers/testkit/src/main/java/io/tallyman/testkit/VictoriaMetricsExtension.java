package io.tallyman.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A real VictoriaMetrics for one test class, which tags itself {@code victoriametrics}; it fails
 * where {@code victoria-metrics} is not installed. {@code TALLYMAN_TEST_VICTORIAMETRICS} names
 * another binary.
 */
public final class VictoriaMetricsExtension implements BeforeAllCallback, AfterAllCallback {

  private final HttpClient http = HttpClient.newHttpClient();
  private int port;
  private @Nullable ServerProcess server;

  @Override
  public void beforeAll(ExtensionContext context) {
    server = new ServerProcess("victoriametrics");
    var executable =
        Objects.requireNonNullElse(
            System.getenv("TALLYMAN_TEST_VICTORIAMETRICS"), "victoria-metrics");
    var process = server;
    process.startOnFreePorts(() -> {
      port = FreePort.next();
      process.start(
          List.of(
              executable,
              "-httpListenAddr=127.0.0.1:" + port,
              "-storageDataPath=data",
              "-retentionPeriod=100y"),
          URI.create(url() + "/health"));
    });
  }

  @Override
  public void afterAll(ExtensionContext context) {
    if (server != null) {
      server.close();
    }
  }

  /** Where it listens. */
  public String url() {
    return "http://127.0.0.1:" + port;
  }

  /** All samples of all series that match, a JSON object a line, after a flush. */
  public String export(String match) {
    get("/internal/force_flush");
    return get("/api/v1/export?match[]=" + URLEncoder.encode(match, UTF_8));
  }

  private String get(String path) {
    try {
      var uri = URI.create(url() + path.replace("[]", "%5B%5D"));
      return http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()).body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
