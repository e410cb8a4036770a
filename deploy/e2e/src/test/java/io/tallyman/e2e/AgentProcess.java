package io.tallyman.e2e;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * {@code tallyman agent} as a process, and everything that it leaves: what it says, the files of
 * its data directory, and what stands on the topics, byte for byte.
 */
public final class AgentProcess implements AutoCloseable {

  /** As the application's own configuration, but for the level of the root logger. */
  private static final String TRACE_ALL =
      """
      <configuration>
        <appender name="stderr" class="ch.qos.logback.core.ConsoleAppender">
          <target>System.err</target>
          <encoder><pattern>%level %logger - %msg%n</pattern></encoder>
        </appender>
        <logger name="com.github.dockerjava.zerodep.shaded" level="OFF"/>
        <root level="TRACE"><appender-ref ref="stderr"/></root>
      </configuration>
      """;

  private static final Pattern ADDRESS = Pattern.compile("Agent: (http://\\S+)");

  private static final Pattern PAYLOAD = Pattern.compile("\"payload\":\"([A-Za-z0-9+/=]*)\"");

  private final Path directory;
  private final Path log;
  private final Process process;

  private AgentProcess(Path directory, Path log, Process process) {
    this.directory = directory;
    this.log = log;
    this.process = process;
  }

  /** Starts it; what it leaves goes below the directory. */
  public static AgentProcess start(
      Path directory, URI engine, String bootstrapServers, String... options) throws IOException {
    return start(directory, engine, bootstrapServers, List.of(), options);
  }

  /** Starts one that logs all it can, from the first moment on. */
  public static AgentProcess traced(
      Path directory, URI engine, String bootstrapServers, String... options) throws IOException {
    Files.createDirectories(directory);
    Path logback = Files.writeString(directory.resolve("trace.xml"), TRACE_ALL);
    return start(
        directory,
        engine,
        bootstrapServers,
        List.of("-Dlogback.configurationFile=" + logback),
        options);
  }

  private static AgentProcess start(
      Path directory, URI engine, String bootstrapServers, List<String> jvm, String... options)
      throws IOException {
    Files.createDirectories(directory);
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx256m", "--enable-native-access=ALL-UNNAMED"));
    command.addAll(jvm);
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path"), "io.tallyman.cli.Tallyman", "agent"));
    command.addAll(List.of("--docker-host", engine.toString(), "--kafka", bootstrapServers));
    command.addAll(List.of("--interval", "1s", "--port", "0"));
    command.addAll(List.of("--data-dir", directory.resolve("data").toString()));
    command.addAll(List.of(options));
    Path log = directory.resolve("log-" + System.nanoTime());
    return new AgentProcess(
        directory,
        log,
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start());
  }

  /** Where it serves; waits until it says so. */
  public URI http() {
    await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> log().contains("Agent: ") || !process.isAlive());
    Matcher matcher = ADDRESS.matcher(log());
    assertThat(matcher.find()).as(log()).isTrue();
    return URI.create(matcher.group(1));
  }

  /** What it serves there. */
  public String get(String path) throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client
          .send(
              HttpRequest.newBuilder(http().resolve(path)).build(),
              HttpResponse.BodyHandlers.ofString())
          .body();
    }
  }

  /** All that it has said so far. */
  public String log() {
    try {
      return Files.readString(log, ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Each file of its data directory with its bytes as text. */
  public Map<String, String> files() throws IOException {
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(directory.resolve("data"))) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        files.put(file.toString(), withPayloads(Files.readString(file, ISO_8859_1)));
      }
    }
    return files;
  }

  /** Records that were set aside are kept in Base64, where nothing could be found. */
  private static String withPayloads(String text) {
    StringBuilder all = new StringBuilder(text);
    PAYLOAD
        .matcher(text)
        .results()
        .forEach(match ->
            all.append(new String(Base64.getDecoder().decode(match.group(1)), ISO_8859_1)));
    return all.toString();
  }

  /** All keys, headers and values of each topic, as text. */
  public static Map<String, String> topics(String bootstrapServers) {
    Map<String, StringBuilder> texts = new HashMap<>();
    Map<String, Object> config =
        Map.of("bootstrap.servers", bootstrapServers, "auto.offset.reset", "earliest");
    try (var consumer =
        new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.listTopics().values().stream()
              .flatMap(List::stream)
              .map(info -> new TopicPartition(info.topic(), info.partition()))
              .toList();
      consumer.assign(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (ends.entrySet().stream()
          .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        consumer
            .poll(Duration.ofMillis(100))
            .forEach(record -> {
              StringBuilder text = texts.computeIfAbsent(record.topic(), t -> new StringBuilder());
              for (byte[] part : new byte[][] {record.key(), record.value()}) {
                text.append(part == null ? "" : new String(part, ISO_8859_1)).append('\n');
              }
              record.headers().forEach(h -> text.append(new String(h.value(), UTF_8)).append('\n'));
            });
      }
    }
    Map<String, String> all = new TreeMap<>();
    texts.forEach((topic, text) -> all.put(topic, text.toString()));
    return all;
  }

  /** Stops it as an operator does; gives the exit code. */
  public int stop() throws InterruptedException {
    process.destroy();
    return exitCode();
  }

  /** Waits until it has ended. */
  public int exitCode() throws InterruptedException {
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      throw new AssertionError("the agent does not end");
    }
    return process.exitValue();
  }

  /** Returns when it is gone and writes no more. */
  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
