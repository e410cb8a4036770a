package io.tallyman.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A real Prometheus for each test of a class, which tags itself {@code prometheus}; it fails where
 * {@code prometheus} or {@code promtool} is not installed.
 */
public final class PrometheusExtension implements BeforeEachCallback, AfterEachCallback {

  private final HttpClient http = HttpClient.newHttpClient();
  private int port;
  private @Nullable ServerProcess server;

  @Override
  public void beforeEach(ExtensionContext context) {
    server = new ServerProcess("prometheus");
  }

  @Override
  public void afterEach(ExtensionContext context) {
    if (server != null) {
      server.close();
    }
  }

  /**
   * Starts it; it scrapes every second.
   *
   * @param target {@code host:port}
   * @param rules a file of recording rules
   */
  public void start(String target, String rules) {
    var prepared = prepared();
    write("rules.yml", rules);
    write(
        "prometheus.yml",
        """
        global:
          scrape_interval: 1s
          evaluation_interval: 1s
        rule_files: [rules.yml]
        scrape_configs:
          - job_name: tallyman
            static_configs:
              - targets: ['%s']
        """
            .formatted(target));
    prepared.startOnFreePorts(() -> {
      port = FreePort.next();
      prepared.start(
          List.of(
              "prometheus",
              "--config.file=prometheus.yml",
              "--storage.tsdb.path=data",
              "--web.listen-address=127.0.0.1:" + port),
          URI.create("http://127.0.0.1:" + port + "/-/ready"));
    });
  }

  /** The answer to an instant query, in JSON. */
  public String query(String expression) {
    try {
      var uri =
          URI.create(
              "http://127.0.0.1:%d/api/v1/query?query=%s"
                  .formatted(port, URLEncoder.encode(expression, UTF_8)));
      return http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()).body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** What {@code promtool check metrics} says of an exposition; empty when all is well. */
  public String checkMetrics(String exposition) {
    try {
      var text = write("metrics.txt", exposition);
      var process =
          new ProcessBuilder("promtool", "check", "metrics")
              .redirectErrorStream(true)
              .redirectInput(text.toFile())
              .start();
      var said = new String(process.getInputStream().readAllBytes(), UTF_8);
      int exitCode = process.waitFor();
      return exitCode == 0 ? said : "exit code " + exitCode + ": " + said;
    } catch (IOException e) {
      throw new IllegalStateException("promtool cannot be run: is it installed?", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private Path write(String name, String text) {
    try {
      return Files.writeString(prepared().directory().resolve(name), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ServerProcess prepared() {
    if (server == null) {
      throw new IllegalStateException("the extension is not registered");
    }
    return server;
  }
}
