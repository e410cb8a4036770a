package io.tallyman.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.LoggerContext;
import io.tallyman.sink.RecordSink;
import io.tallyman.sink.SinkOption;
import io.tallyman.sink.SinkProvider;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class SinkPathTest {

  @TempDir Path directory;

  @Test
  void aJarBringsItsCommandAndItsKeys() throws IOException {
    jar("own.jar", Own.class);

    for (var run :
        List.of(
            run(Map.of(), "sink", "--help", "--set", path()),
            run(Map.of("TALLYMAN_SINK_PATH", directory.toString()), "sink", "--help"))) {
      assertThat(run.err()).isEmpty();
      assertThat(run.out()).contains("own", "Keeps nothing", "stdout");
    }
    var help = run(Map.of(), "sink", "own", "--set", path(), "--help");
    assertThat(help.out()).contains("--colour", "Default: grey");
  }

  @Test
  void theFileOfTheSettingsMaySayWhereAndSetItsKeys() throws IOException {
    jar("own.jar", Own.class);
    var config = directory.resolve("tallyman.yml");
    Files.writeString(
        config, "tallyman:\n  sink.path: %s\n  own:\n    colour: red\n".formatted(directory));

    var run = run(Map.of(), "sink", "own", "--config", config.toString());

    // All that is missing is Kafka.
    assertThat(run.err()).contains("tallyman.kafka.bootstrap-servers is not set");
  }

  @Test
  void theDataDirectoryHasAPlaceForThem() throws IOException {
    Files.createDirectory(directory.resolve("sinks"));
    jar("sinks/own.jar", Own.class);

    assertThat(run(Map.of("TALLYMAN_DATA_DIR", directory.toString()), "sink", "--help").out())
        .contains("Keeps nothing");
    assertThat(run(Map.of(), "sink", "own", "--data-dir=" + directory).err())
        .contains("tallyman.kafka.bootstrap-servers is not set");
    assertThat(
            run(
                    Map.of(),
                    "up",
                    "--simulate",
                    "--sink",
                    "nothing",
                    "--data-dir",
                    directory.toString())
                .err())
        .contains(", own, ");
  }

  @Test
  void namesThatAreTakenOrEmptyAreRefused() throws IOException {
    jar("own.jar", Stdout.class);
    assertRefused("two sinks are named 'stdout'");

    jar("own.jar", Nameless.class);
    assertRefused("has no usable name: ''");

    jar("own.jar", Own.class);
    jar("twin.jar", Twin.class);
    assertRefused("two sinks are named 'own'");
  }

  @Test
  void anOptionThatHidesAnotherIsRefused() throws IOException {
    jar("own.jar", Greedy.class);

    assertRefused("the sink greedy has an option with the flag --config, which is taken");
  }

  @Test
  void aJarThatNamesAClassItHasNotIsRefused() throws IOException {
    jar("own.jar", "com.example.Missing");

    assertRefused("com.example.Missing");
  }

  @Test
  void aPathThatIsNotThereIsRefusedAndOtherCommandsDoNotCare() {
    var set = "tallyman.sink.path=" + directory.resolve("none");

    assertThat(run(Map.of(), "sink", "stdout", "--set", set))
        .isEqualTo(
            new Run(
                2,
                "",
                "tallyman sink: tallyman.sink.path: %s is no directory%n"
                    .formatted(directory.resolve("none"))));
    assertThat(run(Map.of(), "topics", "describe", "--set", set).err())
        .doesNotContain("is no directory");
  }

  private void assertRefused(String why) {
    var run = run(Map.of(), "sink", "stdout", "--set", path());
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).startsWith("tallyman sink: tallyman.sink.path: ").contains(why);
    assertThat(run.err().lines()).hasSize(1);
  }

  private String path() {
    return "tallyman.sink.path=" + directory;
  }

  private static Run run(Map<String, String> environment, String... args) {
    await().until(() -> LoggerFactory.getILoggerFactory() instanceof LoggerContext);
    var out = new StringWriter();
    var err = new StringWriter();
    int exitCode =
        Tallyman.run(
            environment,
            new StopSignal(),
            new PrintWriter(out, true),
            new PrintWriter(err, true),
            args);
    return new Run(exitCode, out.toString(), err.toString());
  }

  private void jar(String name, Class<?> provider) throws IOException {
    jar(name, provider.getName());
  }

  /** The class itself is on the class path of the tests. */
  private void jar(String name, String provider) throws IOException {
    try (var jar = new JarOutputStream(Files.newOutputStream(directory.resolve(name)))) {
      jar.putNextEntry(new JarEntry("META-INF/services/" + SinkProvider.class.getName()));
      jar.write(provider.getBytes(java.nio.charset.StandardCharsets.UTF_8));
      jar.closeEntry();
    }
  }

  /** A sink of somebody else. */
  public static class Own implements SinkProvider {
    @Override
    public String name() {
      return "own";
    }

    @Override
    public String description() {
      return "Keeps nothing";
    }

    @Override
    public List<SinkOption> options() {
      return List.of(SinkOption.of("colour", "grey", "Colour of what is not kept"));
    }

    @Override
    public List<String> topics() {
      return List.of("docker.events.v1");
    }

    @Override
    public RecordSink create() {
      throw new UnsupportedOperationException();
    }
  }

  /** Has the same name. */
  public static final class Twin extends Own {}

  /** Has a name that comes with the program. */
  public static final class Stdout extends Own {
    @Override
    public String name() {
      return "stdout";
    }
  }

  /** Has no name. */
  public static final class Nameless extends Own {
    @Override
    public String name() {
      return "";
    }
  }

  /** Wants a flag that every command has. */
  public static final class Greedy extends Own {
    @Override
    public String name() {
      return "greedy";
    }

    @Override
    public List<SinkOption> options() {
      return List.of(SinkOption.of("config", null, "Name of something else"));
    }
  }
}
