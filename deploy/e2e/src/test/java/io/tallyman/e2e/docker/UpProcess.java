package io.tallyman.e2e.docker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** {@code tallyman up} as a process of its own, and what it says and serves. */
final class UpProcess implements AutoCloseable {

  /** A line and when it came. */
  record Line(Instant at, String text) {}

  private static final Duration START_LIMIT = Duration.ofMinutes(2);
  private static final Pattern DASHBOARD = Pattern.compile(" +Dashboard +(http://\\S+)/");
  private static final Pattern KAFKA = Pattern.compile(" +Kafka +(\\S+:\\d+).*");
  private static final Pattern BROKER_UP = Pattern.compile(".*Kafka serves .*");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http = HttpClient.newHttpClient();
  private final List<Line> output = new CopyOnWriteArrayList<>();
  private final List<Line> errors = new CopyOnWriteArrayList<>();
  private final Process process;
  private final List<Thread> readers;

  private UpProcess(Process process) {
    this.process = process;
    this.readers =
        List.of(
            collect(process.getInputStream(), output), collect(process.getErrorStream(), errors));
  }

  /** Starts it with an empty environment but for PATH, the JDK, the engine and {@code HOME}. */
  static UpProcess start(Path home, List<String> command) throws IOException {
    var builder = new ProcessBuilder(command).directory(home.toFile());
    builder.environment().keySet().retainAll(List.of("PATH", "DOCKER_HOST", "LANG"));
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("HOME", home.toString());
    return new UpProcess(builder.start());
  }

  /** Waits until it has said where it serves. */
  UpProcess awaitStarted() {
    await()
        .atMost(START_LIMIT)
        .pollInterval(Duration.ofMillis(50))
        .until(() -> find(output, KAFKA).isPresent() || !process.isAlive());
    if (!process.isAlive()) {
      throw new AssertionError("up did not start:\n" + text());
    }
    return this;
  }

  /** When the broker served, which is earlier than the rest. */
  Instant brokerUpAt() {
    return find(errors, BROKER_UP).orElseThrow().at();
  }

  String kafka() {
    return group(KAFKA);
  }

  String dashboard() {
    return group(DASHBOARD);
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  List<ProcessHandle> descendants() {
    return process.descendants().toList();
  }

  int kafkaPort() {
    return Integer.parseInt(kafka().substring(kafka().lastIndexOf(':') + 1));
  }

  List<String> output() {
    return output.stream().map(Line::text).toList();
  }

  List<String> errors() {
    return errors.stream().map(Line::text).toList();
  }

  /** Everything that it said, for messages of tests. */
  String text() {
    return String.join("\n", output()) + "\n--- standard error\n" + String.join("\n", errors());
  }

  /** A GET on the query service, whose answer is missing while that says to try again later. */
  JsonNode get(String path) {
    try {
      var request =
          HttpRequest.newBuilder(URI.create(dashboard() + path))
              .timeout(Duration.ofSeconds(30))
              .build();
      var response = http.send(request, BodyHandlers.ofByteArray());
      if (response.statusCode() == 503) {
        return MissingNode.getInstance();
      }
      if (response.statusCode() != 200) {
        throw new AssertionError(path + " answered " + response.statusCode());
      }
      return JSON.readTree(response.body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  /** Sends a signal by name, such as INT. */
  void signal(String name) throws IOException, InterruptedException {
    var kill =
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).inheritIO().start();
    if (kill.waitFor() != 0) {
      throw new AssertionError("no process to signal");
    }
  }

  /** Waits for the end and for the last of what it said. */
  boolean ends(Duration within) throws InterruptedException {
    if (!process.waitFor(within.toMillis(), TimeUnit.MILLISECONDS)) {
      return false;
    }
    for (var reader : readers) {
      reader.join(Duration.ofSeconds(30));
    }
    return true;
  }

  int exitCode() {
    return process.exitValue();
  }

  @Override
  public void close() {
    try {
      process.destroy();
      if (!ends(Duration.ofSeconds(30))) {
        process.destroyForcibly();
        ends(Duration.ofSeconds(30));
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    http.shutdownNow();
  }

  private String group(Pattern pattern) {
    var matcher = pattern.matcher(find(output, pattern).orElseThrow().text());
    if (!matcher.matches()) {
      throw new IllegalStateException();
    }
    return matcher.group(1);
  }

  private static Optional<Line> find(List<Line> lines, Pattern pattern) {
    return lines.stream().filter(line -> pattern.matcher(line.text()).matches()).findFirst();
  }

  private static Thread collect(InputStream stream, List<Line> into) {
    return Thread.ofVirtual()
        .start(() -> {
          try (var lines = new BufferedReader(new InputStreamReader(stream, UTF_8))) {
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
              into.add(new Line(Instant.now(), line));
            }
          } catch (IOException e) {
            // The process was ended from here.
          }
        });
  }
}
