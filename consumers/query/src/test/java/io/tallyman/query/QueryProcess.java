package io.tallyman.query;

import io.tallyman.query.topology.Retention;
import io.tallyman.schemas.TopicSettings;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** A query service in a process of its own, which ends when its parent does. */
final class QueryProcess implements AutoCloseable {

  private static final String READY = "url ";

  private final Process process;
  private final URI url;

  private QueryProcess(Process process, URI url) {
    this.process = process;
    this.url = url;
  }

  /** Arguments: Kafka's address, topic prefix, partitions, state directory, token, TLS's files. */
  public static void main(String[] args) throws IOException {
    QueryConfig config =
        new QueryConfig(
            args[0],
            Map.of(),
            new TopicSettings(args[1], Integer.parseInt(args[2]), OptionalInt.empty()),
            "shared",
            "127.0.0.1",
            0,
            Path.of(args[3]),
            Retention.DEFAULT,
            false);
    QueryAccess access =
        new QueryAccess(List.of(args[4]), new QueryAccess.Tls(Path.of(args[5]), Path.of(args[6])));
    try (RunningQuery query = QueryApplication.start(config, access)) {
      System.out.println(READY + query.url());
      while (System.in.read() >= 0) {
        // Until the parent closes it.
      }
    }
  }

  /** Returns when the port is bound. */
  static QueryProcess start(
      String kafka, String prefix, int partitions, Path state, String token, QueryAccess.Tls tls)
      throws IOException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                QueryProcess.class.getName(),
                kafka,
                prefix,
                Integer.toString(partitions),
                state.toString(),
                token,
                tls.certificate().toString(),
                tls.key().toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    // Not closed: the process would be told that nobody reads.
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.startsWith(READY)) {
        Thread.ofVirtual().start(() -> lines.lines().forEach(ignored -> {}));
        return new QueryProcess(process, URI.create(line.substring(READY.length())));
      }
    }
    throw new IllegalStateException(
        "The process ended with " + process.onExit().join().exitValue());
  }

  URI url() {
    return url;
  }

  /** As {@code kill -9}. */
  void kill() {
    process.destroyForcibly().onExit().orTimeout(20, java.util.concurrent.TimeUnit.SECONDS).join();
  }

  /** Lets it say good-bye. */
  @Override
  public void close() throws IOException {
    process.getOutputStream().close();
    try {
      if (!process.waitFor(Duration.ofSeconds(10))) {
        kill();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      kill();
    }
  }
}
