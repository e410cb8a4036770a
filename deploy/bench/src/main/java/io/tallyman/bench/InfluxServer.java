package io.tallyman.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/** The InfluxDB 1 of this machine ({@code influxd} on the PATH), with a directory of its own. */
final class InfluxServer implements AutoCloseable {

  private static final Duration START = Duration.ofSeconds(30);

  private final HttpClient http = HttpClient.newHttpClient();
  private final Process process;
  private final String url;

  private InfluxServer(Process process, String url) {
    this.process = process;
    this.url = url;
  }

  static InfluxServer start(Path directory) {
    try {
      int port = freePort();
      Path config = directory.resolve("influxdb.conf");
      Files.writeString(config, config(directory, freePort(), port));
      Process process =
          new ProcessBuilder("influxd", "-config", config.toString())
              .redirectErrorStream(true)
              .redirectOutput(directory.resolve("influxd.log").toFile())
              .start();
      InfluxServer server = new InfluxServer(process, "http://127.0.0.1:" + port);
      server.awaitStart();
      return server;
    } catch (IOException e) {
      throw new BenchException("influxd (InfluxDB 1) cannot be run: is it installed?", e);
    }
  }

  private static String config(Path directory, int rpcPort, int port) {
    return """
    reporting-disabled = true
    bind-address = "127.0.0.1:%d"
    [meta]
      dir = "%s/meta"
    [data]
      dir = "%s/data"
      wal-dir = "%s/wal"
      query-log-enabled = false
    [monitor]
      store-enabled = false
    [http]
      bind-address = "127.0.0.1:%d"
      log-enabled = false
    """
        .formatted(rpcPort, directory, directory, directory, port);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private void awaitStart() {
    Instant deadline = Instant.now().plus(START);
    while (true) {
      try {
        http.send(
            HttpRequest.newBuilder(URI.create(url + "/ping")).build(), BodyHandlers.discarding());
        return;
      } catch (IOException e) {
        if (!process.isAlive() || Instant.now().isAfter(deadline)) {
          close();
          throw new BenchException("influxd does not start", e);
        }
        Pause.millis(50);
      } catch (InterruptedException e) {
        close();
        throw new BenchException("interrupted", e);
      }
    }
  }

  String url() {
    return url;
  }

  void makeDatabase(String name) {
    query("CREATE DATABASE " + name);
  }

  /** The answer, in JSON. */
  String query(String query) {
    String form = "q=" + URLEncoder.encode(query, StandardCharsets.UTF_8);
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url + "/query"))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(BodyPublishers.ofString(form))
            .build();
    try {
      return http.send(request, BodyHandlers.ofString()).body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new BenchException("interrupted", e);
    }
  }

  @Override
  public void close() {
    http.close();
    process.destroy();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
