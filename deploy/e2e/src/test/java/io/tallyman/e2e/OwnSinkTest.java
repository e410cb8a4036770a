package io.tallyman.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tallyman.testkit.KafkaExtension;
import io.tallyman.testkit.Samples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The example of a sink of one's own, as a jar on the sink path of the command. */
@Tag("kafka")
class OwnSinkTest {

  private static final Duration LONG = Duration.ofMinutes(2);
  private static final Path EXAMPLE = Path.of("../../consumers/examples/target");

  @RegisterExtension static final KafkaExtension kafka = new KafkaExtension();

  @TempDir Path directory;

  @Test
  void aJarOnTheSinkPathRunsAndCommits() throws Exception {
    Files.createDirectory(directory.resolve("sinks"));
    Files.copy(jar(), directory.resolve("sinks/own.jar"));
    var prefix = kafka.uniquePrefix();
    kafka.createTopics(prefix);
    kafka.send(List.of(Samples.toSend(prefix, Samples.death().build())));
    var file = directory.resolve("events.txt");

    var sink =
        command(
            "sink",
            "file",
            "--data-dir",
            directory.toString(),
            "--kafka",
            kafka.bootstrapServers(),
            "--topic-prefix",
            prefix,
            "--port",
            "0",
            "--path",
            file.toString());
    try {
      await()
          .atMost(LONG)
          .until(() ->
              !sink.isAlive()
                  || kafka.committed("tallyman." + prefix + "file").values().contains(1L));

      assertThat(sink.isAlive()).as(this::log).isTrue();
      assertThat(Files.readAllLines(file))
          .singleElement()
          .asString()
          .startsWith(prefix + "docker.events.v1-0@0\t{")
          .contains("\"rawAction\":\"die\"");
      sink.destroy();
      assertThat(sink.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(sink.exitValue()).as(this::log).isZero();
    } finally {
      sink.destroyForcibly().onExit().join();
    }
  }

  @Test
  void helpTellsItsOptions() throws Exception {
    var help =
        command("sink", "file", "--help", "--set", "tallyman.sink.path=" + jar().getParent());

    assertThat(help.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(log()).contains("Appends every event to a file", "--path");
  }

  private static Path jar() throws IOException {
    try (Stream<Path> files = Files.list(EXAMPLE)) {
      return files
          .filter(file -> file.getFileName().toString().matches("tallyman-example-sink-.*\\.jar"))
          .findFirst()
          .orElseThrow(() -> new AssertionError("no jar in " + EXAMPLE + ": run Maven's verify"));
    }
  }

  private Process command(String... args) throws IOException {
    var line =
        Stream.concat(
                Stream.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:TieredStopAtLevel=1",
                    "-cp",
                    System.getProperty("java.class.path"),
                    "io.tallyman.cli.Tallyman"),
                Stream.of(args))
            .toList();
    return new ProcessBuilder(line)
        .redirectErrorStream(true)
        .redirectOutput(directory.resolve("log").toFile())
        .start();
  }

  private String log() {
    try {
      return Files.readString(directory.resolve("log"), UTF_8);
    } catch (IOException e) {
      return e.toString();
    }
  }
}
