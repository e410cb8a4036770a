package io.tallyman.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How long a newcomer waits for the first figure. */
@Command(
    name = "start-up",
    mixinStandardHelpOptions = true,
    description =
        "From exec of ./tallyman up --simulate 10, built before and on a new data directory, to the"
            + " first reading on /api/v1/containers.")
final class StartUp implements Callable<Integer> {

  private static final int CONTAINERS = 10;
  private static final long POLL_MILLIS = 20;
  private static final Duration TOO_LONG = Duration.ofMinutes(2);
  private static final Duration STOP = Duration.ofSeconds(15);

  @Option(names = "--runs", defaultValue = "5", description = "Default 5.")
  private int runs;

  @Mixin private Results results = new Results();

  private final ObjectMapper mapper = new ObjectMapper();

  /** Milliseconds since exec; the last one since the signal to stop. */
  private record Run(double answer, double firstReading, double allReadings, double stop) {}

  @Override
  public Integer call() {
    Path script = Launcher.script();
    // The first run may build, which is not what is measured.
    once(script);
    Run[] all = new Run[runs];
    for (int run = 0; run < runs; run++) {
      all[run] = once(script);
    }
    return results.deliver(
        new Report("start-up")
            .add("runs", runs)
            .add("simulated containers", CONTAINERS)
            .add("to the first answer over HTTP (ms): min / median / max", line(all, Run::answer))
            .add("to the first reading (ms): min / median / max", line(all, Run::firstReading))
            .add(
                "to a reading of every container (ms): min / median / max",
                line(all, Run::allReadings))
            .add("from SIGTERM to exit (ms): min / median / max", line(all, Run::stop)));
  }

  private static String line(Run[] runs, ToDoubleFunction<Run> figure) {
    return Quantiles.of(Arrays.stream(runs).mapToDouble(figure).toArray()).minMedianMax();
  }

  private Run once(Path script) {
    Path directory = Directories.make();
    try {
      int port = freePort();
      URI list = URI.create("http://127.0.0.1:" + port + "/api/v1/containers?limit=1000");
      File output = directory.resolve("output").toFile();
      long begun = System.nanoTime();
      Process up = start(script, directory, port, output);
      try (HttpClient client = HttpClient.newHttpClient()) {
        double answer = -1;
        double first = -1;
        while (true) {
          JsonNode items = items(client, list);
          double now = (System.nanoTime() - begun) / 1e6;
          long read = count(items);
          answer = answer < 0 && items.isArray() ? now : answer;
          first = first < 0 && read > 0 ? now : first;
          if (read >= CONTAINERS) {
            return new Run(answer, first, now, stop(up));
          }
          if (!up.isAlive() || now > TOO_LONG.toMillis()) {
            throw new BenchException("tallyman up did not show its containers");
          }
          Pause.millis(POLL_MILLIS);
        }
      } finally {
        stop(up);
      }
    } finally {
      Directories.delete(directory);
    }
  }

  private static Process start(Path script, Path directory, int port, File output) {
    List<String> command =
        List.of(
            script.toString(),
            "up",
            "--simulate",
            Integer.toString(CONTAINERS),
            "--port",
            Integer.toString(port),
            "--data-dir",
            directory.resolve("data").toString());
    try {
      return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output).start();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start " + script, e);
    }
  }

  private static double stop(Process up) {
    long begun = System.nanoTime();
    up.destroy();
    try {
      if (!up.waitFor(STOP.toSeconds(), TimeUnit.SECONDS)) {
        up.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      throw new BenchException("interrupted", e);
    }
    return (System.nanoTime() - begun) / 1e6;
  }

  private static long count(JsonNode items) {
    long read = 0;
    for (JsonNode item : items) {
      read += item.path("stats").isObject() ? 1 : 0;
    }
    return read;
  }

  /** The list's items; a missing node while there is no answer. */
  private JsonNode items(HttpClient client, URI list) {
    try {
      HttpRequest request = HttpRequest.newBuilder(list).timeout(Duration.ofSeconds(5)).build();
      return mapper
          .readTree(client.send(request, HttpResponse.BodyHandlers.ofByteArray()).body())
          .path("items");
    } catch (IOException e) {
      return mapper.missingNode();
    } catch (InterruptedException e) {
      throw new BenchException("interrupted", e);
    }
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
