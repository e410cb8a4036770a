package io.tallyman.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("kafka")
class EarlyStopTest {

  @TempDir Path directory;

  /** {@code up}, in a process that is told to end as soon as it has taken its data directory. */
  static final class Hasty {

    private Hasty() {}

    public static void main(String[] args) {
      Path data = Path.of(args[0]);
      Thread.ofPlatform()
          .daemon()
          .start(() -> {
            while (!Files.exists(data)) {
              Thread.onSpinWait();
            }
            System.exit(0);
          });
      Tallyman.main(
          new String[] {
            "up", "--simulate", "2", "--data-dir", args[0], "--port", "0", "--kafka-port", "0"
          });
    }
  }

  @Test
  void upThatIsToldToStopWhileItStartsEndsSoonAndWithoutAnError() throws Exception {
    Path said = directory.resolve("said");
    Process process = start(said);
    try {
      // It would end after the hook gave up, too, but then with 1.
      assertThat(process.waitFor(2, TimeUnit.MINUTES)).as("it ends").isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(Files.readString(said)).doesNotContain("Exception", "unexpected");
    assertThat(process.exitValue()).isZero();
  }

  private Process start(Path said) throws IOException {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-Xmx256m",
            "-cp",
            System.getProperty("java.class.path"),
            Hasty.class.getName(),
            directory.resolve("data").toString());
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(said.toFile())
        .start();
  }
}
