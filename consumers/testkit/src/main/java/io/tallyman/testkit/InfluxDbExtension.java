package io.tallyman.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A real InfluxDB 1 with authentication, for one test class, which tags itself {@code influxdb}; it
 * fails where {@code influxd} is not installed. {@code TALLYMAN_TEST_INFLUXD} names another binary.
 *
 * <p>Declare it as {@code @RegisterExtension static final InfluxDbExtension influx = new
 * InfluxDbExtension()}. Each test works in a {@linkplain #newDatabase database of its own}.
 */
public final class InfluxDbExtension implements BeforeAllCallback, AfterAllCallback {

  /** A user who may do everything, and the password. */
  public static final String ADMIN = "admin";

  public static final String ADMIN_PASSWORD = "not-a-secret";

  private static final String CREDENTIALS =
      Base64.getEncoder().encodeToString((ADMIN + ":" + ADMIN_PASSWORD).getBytes(UTF_8));
  private static final AtomicInteger DATABASES = new AtomicInteger();

  private final HttpClient http = HttpClient.newHttpClient();
  private int port;
  private @Nullable ServerProcess server;

  @Override
  public void beforeAll(ExtensionContext context) {
    server = new ServerProcess("influxdb");
    server.startOnFreePorts(() -> {
      port = FreePort.next();
      writeConfig(server().directory(), FreePort.next());
      start();
    });
    query(
        "",
        "CREATE USER %s WITH PASSWORD '%s' WITH ALL PRIVILEGES".formatted(ADMIN, ADMIN_PASSWORD));
  }

  private void writeConfig(Path directory, int rpcPort) {
    var config =
        """
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
          auth-enabled = true
          log-enabled = false
        """
            .formatted(rpcPort, directory, directory, directory, port);
    try {
      Files.writeString(directory.resolve("influxdb.conf"), config);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
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

  /** Starts it again, with all that it had. */
  public void start() {
    var executable = Objects.requireNonNullElse(System.getenv("TALLYMAN_TEST_INFLUXD"), "influxd");
    server().start(List.of(executable, "-config", "influxdb.conf"), URI.create(url() + "/ping"));
  }

  public void stop() {
    server().stop();
  }

  private ServerProcess server() {
    return Objects.requireNonNull(server, "the extension is not registered as a static field");
  }

  /** An empty database. */
  public String newDatabase() {
    var name = "test" + DATABASES.incrementAndGet();
    query("", "CREATE DATABASE " + name);
    return name;
  }

  /** A user who may write to a database, and read it. */
  public void createUser(String name, String password, String database) {
    query("", "CREATE USER %s WITH PASSWORD '%s'".formatted(name, password));
    query("", "GRANT ALL ON %s TO %s".formatted(database, name));
  }

  public void changePassword(String name, String password) {
    query("", "SET PASSWORD FOR %s = '%s'".formatted(name, password));
  }

  /** The answer in JSON, times in nanoseconds; errors of the query are in it. */
  public String query(String database, String query) {
    var form = "epoch=ns&db=%s&q=%s".formatted(database, URLEncoder.encode(query, UTF_8));
    var request =
        HttpRequest.newBuilder(URI.create(url() + "/query"))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .header("Authorization", "Basic " + CREDENTIALS)
            .POST(BodyPublishers.ofString(form))
            .build();
    try {
      var response = http.send(request, BodyHandlers.ofString());
      if (response.statusCode() != 200) {
        throw new IllegalStateException(query + ": " + response.body());
      }
      return response.body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
