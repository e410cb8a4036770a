package io.tallyman.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tallyman.cli.Tallyman.Surroundings;
import io.tallyman.cli.settings.Catalogue;
import io.tallyman.schemas.TallymanDeserializer;
import io.tallyman.v1.ContainerStats;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

@Tag("kafka")
class UpTest {

  private static final Duration PATIENCE = Duration.ofSeconds(90);

  @TempDir Path directory;

  /** A command that runs until it is told to stop. */
  private static final class Up implements AutoCloseable {
    private static final Pattern DASHBOARD = Pattern.compile("Dashboard +(http://\\S+)/");
    private static final Pattern KAFKA = Pattern.compile("Kafka +(\\S+)");

    private final StopSignal stop = new StopSignal();
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final CompletableFuture<Integer> exitCode;
    private final HttpClient http = HttpClient.newHttpClient();

    Up(Path directory, String... more) {
      List<String> args = new ArrayList<>(List.of("up", "--data-dir", directory.toString()));
      args.addAll(List.of("--simulate", "10", "--port", "0", "--kafka-port", "0"));
      args.addAll(List.of("--interval", "1s"));
      args.addAll(List.of(more));
      CommandLine commandLine =
          Tallyman.commandLine(new Surroundings(Map.of(), stop, Catalogue.builtIn()));
      commandLine.setOut(new PrintWriter(out, true));
      commandLine.setErr(new PrintWriter(err, true));
      exitCode =
          CompletableFuture.supplyAsync(
              () -> commandLine.execute(args.toArray(String[]::new)),
              task -> Thread.ofPlatform().name("up-test").start(task));
      await().atMost(PATIENCE).until(() -> exitCode.isDone() || out.toString().contains("Ctrl-C"));
      assertThat(err.toString()).isEmpty();
    }

    private String printed(Pattern pattern) {
      Matcher matcher = pattern.matcher(out.toString());
      assertThat(matcher.find()).as("%s in %s", pattern, out).isTrue();
      return matcher.group(1);
    }

    String kafka() {
      return printed(KAFKA);
    }

    JsonNode get(String path) throws IOException, InterruptedException {
      HttpResponse<byte[]> response =
          http.send(
              HttpRequest.newBuilder(URI.create(printed(DASHBOARD) + path)).build(),
              HttpResponse.BodyHandlers.ofByteArray());
      return new ObjectMapper().readTree(response.body());
    }

    String agentMetrics(int port) throws IOException, InterruptedException {
      URI address = URI.create("http://127.0.0.1:" + port + "/metrics");
      return http.send(
              HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString())
          .body();
    }

    Set<String> containerIds() throws IOException, InterruptedException {
      Set<String> ids = new HashSet<>();
      get("/api/v1/containers?limit=1000")
          .path("items")
          .forEach(item -> ids.add(item.path("containerId").asText()));
      return ids;
    }

    int stop() {
      stop.request();
      return exitCode.orTimeout(60, TimeUnit.SECONDS).join();
    }

    @Override
    public void close() {
      stop();
      http.close();
    }
  }

  @Test
  void simulatedContainersGoThroughKafkaToTheQueryServiceAndStayAfterARestart() throws Exception {
    List<Duration> stops = new ArrayList<>();
    String event;
    try (Up up = new Up(directory)) {
      assertThat(up.out.toString())
          .contains("simulated", "Dashboard", "kcat", "sink stdout", directory.toString());
      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(up.containerIds()).hasSizeGreaterThanOrEqualTo(10));
      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(statsIds(up.kafka())).hasSizeGreaterThanOrEqualTo(10));
      await()
          .atMost(PATIENCE)
          .untilAsserted(() ->
              assertThat(up.get("/api/v1/hosts").at("/items/0/hostId").asText())
                  .matches("simulated-[0-9a-f-]{36}"));
      assertThat(up.get("/api/v1/service").path("simulated").asBoolean()).isTrue();
      await().atMost(PATIENCE).until(() -> !up.get("/api/v1/events").path("items").isEmpty());
      event = up.get("/api/v1/events").path("items").path(0).path("eventId").asText();

      Run second = Run.of("up", "--simulate", "--data-dir", directory.toString(), "--port", "0");
      assertThat(second.exitCode()).isEqualTo(1);
      assertThat(second.err()).hasLineCount(1).contains("another 'tallyman up'", "--data-dir");

      stops.add(stopped(up));
    }
    int agentPort = freePort();
    try (Up again = new Up(directory, "--set", "tallyman.agent.port=" + agentPort)) {
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> assertThat(again.get("/api/v1/events?limit=1000").toString()).contains(event));
      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(again.get("/api/v1/hosts").path("items")).hasSize(1));
      assertThat(again.agentMetrics(agentPort)).contains("tallyman_agent_stats_ticks_total");
      stops.add(stopped(again));
    }
    // A machine that is busy with other things can stall for seconds once.
    assertThat(stops).anyMatch(taken -> taken.compareTo(Duration.ofSeconds(5)) < 0);
  }

  /** How long it took to stop. */
  private static Duration stopped(Up up) {
    long startNanos = System.nanoTime();
    assertThat(up.stop()).isZero();
    return Duration.ofNanos(System.nanoTime() - startNanos);
  }

  @Test
  void aTakenPortIsToldBeforeAnythingIsWritten() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = String.valueOf(taken.getLocalPort());
      Path data = directory.resolve("none");
      for (List<String> flags :
          List.of(List.of("--port", port), List.of("--kafka-port", port, "--port", "0"))) {
        List<String> args = new ArrayList<>(List.of("up", "--simulate"));
        args.addAll(List.of("--data-dir", data.toString()));
        args.addAll(flags);
        Run run = Run.of(args.toArray(String[]::new));
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).hasLineCount(1).contains("127.0.0.1:" + port, flags.getFirst());
      }
      assertThat(data).doesNotExist();
    }
  }

  @Test
  void aWrongOptionOfASinkIsToldBeforeAnythingIsWritten() {
    Path data = directory.resolve("none");
    List<String> args = new ArrayList<>(List.of("up", "--simulate", "--port", "0"));
    args.addAll(List.of("--data-dir", data.toString(), "--kafka-port", "0"));
    args.addAll(List.of("--sink", "stdout", "--set", "tallyman.stdout.format=xml"));
    Run run = Run.of(args.toArray(String[]::new));

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).hasLineCount(1).contains("sink stdout: option format is 'xml'");
    assertThat(data).doesNotExist();
  }

  @Test
  void aQueryServiceThatCannotBeStartedIsToldBeforeAnythingIsWritten() {
    Path data = directory.resolve("none");
    Map<String, String> wrong =
        Map.of(
            "tallyman.query.host=0.0.0.0",
            "tallyman.query.tokens",
            "tallyman.query.tokens=short",
            "fewer than 16",
            "tallyman.query.tls.cert=" + data,
            "tallyman.query.tls.key belong together",
            "tallyman.query.retention.raw=48h",
            "tallyman.query.retention.raw is longer");
    wrong.forEach((setting, told) -> {
      List<String> args = new ArrayList<>(List.of("up", "--simulate", "--port", "0"));
      args.addAll(List.of("--data-dir", data.toString(), "--kafka-port", "0", "--set", setting));
      Run run = Run.of(args.toArray(String[]::new));
      assertThat(run.exitCode()).isNotZero();
      assertThat(run.err()).hasLineCount(1).contains(told);
    });
    assertThat(data).doesNotExist();
  }

  @Test
  void anEngineThatWasNamedButIsNotThereIsAnError() {
    Path data = directory.resolve("none");
    String socket = "unix://" + directory.resolve("no.sock");
    for (Map<String, String> environment :
        List.of(Map.of("TALLYMAN_DOCKER_HOST", socket), Map.of("DOCKER_HOST", socket))) {
      Run run = Run.of(environment, "up", "--data-dir", data.toString(), "--port", "0");
      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(run.err()).hasLineCount(1).contains("no.sock", "does not exist");
    }
    assertThat(data).doesNotExist();
  }

  @Test
  void aDataDirectoryThatCannotBeUsedIsAnError() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "");
    Run run = Run.of("up", "--simulate", "--data-dir", file.toString(), "--port", "0");
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).hasLineCount(1).contains(file.toString(), "--data-dir");
    try (Stream<Path> left = Files.list(directory)) {
      assertThat(left).containsExactly(file);
    }
  }

  /** One below those that systems take for outgoing connections. */
  private static int freePort() {
    return IntStream.generate(() -> ThreadLocalRandom.current().nextInt(10_000, 30_000))
        .limit(100)
        .filter(UpTest::isFree)
        .findFirst()
        .orElseThrow();
  }

  private static boolean isFree(int port) {
    try (ServerSocket _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static Set<String> statsIds(String kafka) {
    TallymanDeserializer values = new TallymanDeserializer();
    Map<String, Object> config = Map.of("bootstrap.servers", kafka);
    values.configure(config, false);
    Set<String> ids = new HashSet<>();
    try (KafkaConsumer<String, SpecificRecord> consumer =
        new KafkaConsumer<>(config, new StringDeserializer(), values)) {
      TopicPartition partition = new TopicPartition("docker.stats.v1", 0);
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      consumer
          .poll(Duration.ofSeconds(5))
          .forEach(record -> ids.add(((ContainerStats) record.value()).getContainerId()));
    }
    return ids;
  }
}
