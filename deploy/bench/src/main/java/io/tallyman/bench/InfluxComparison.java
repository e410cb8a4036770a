package io.tallyman.bench;

import com.sun.net.httpserver.HttpServer;
import io.tallyman.sink.RecordSink;
import io.tallyman.sink.SinkRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The InfluxDB sink against {@code curl} that sends the very requests that the sink makes, rendered
 * and compressed before, over one connection.
 */
final class InfluxComparison implements AutoCloseable {

  /** Of a whole run; what is missing after it never comes. */
  private static final Pattern COUNT = Pattern.compile("\\[\"[^\"]*\",(\\d+)]");

  private static final double REQUIRED = 0.6;
  private static final int NO_BODY = -1;

  private final Path directory;
  private final InfluxServer server;
  private final HttpServer recorder;
  private final RecordSink recording;
  private final RecordSink sink;
  private final List<Path> recorded = new ArrayList<>();
  private long lines;

  private InfluxComparison(Path directory) throws IOException {
    this.directory = directory;
    this.server = InfluxServer.start(directory);
    server.makeDatabase("sink");
    server.makeDatabase("curl");
    this.recorder =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    recorder.createContext(
        "/",
        exchange -> {
          byte[] body = exchange.getRequestBody().readAllBytes();
          if (body.length > 0) {
            Path file = directory.resolve("request-%04d.gz".formatted(recorded.size()));
            Files.write(file, body);
            recorded.add(file);
          }
          exchange.getResponseHeaders().add("X-Influxdb-Version", "1.6");
          exchange.sendResponseHeaders(204, NO_BODY);
          exchange.close();
        });
    recorder.start();
    this.recording = open("http://127.0.0.1:" + recorder.getAddress().getPort());
    this.sink = open(server.url());
  }

  private static RecordSink open(String url) {
    return BenchSinks.open("influxdb", Map.of("url", url, "database", "sink"));
  }

  /** Runs it: one round for what the JVM has to compile, not counted, and then the others. */
  static void measure(Report report, Path directory, int rounds, int samplesPerRound) {
    try (InfluxComparison comparison = new InfluxComparison(directory)) {
      Race cold = new Race();
      comparison.round(cold, 0, samplesPerRound);
      comparison.lines = 0;
      Race warm = new Race();
      for (int round = 1; round <= rounds; round++) {
        comparison.round(warm, round * samplesPerRound, samplesPerRound);
      }
      comparison.report(report, cold, warm, (rounds + 1L) * samplesPerRound);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void round(Race race, int from, int samples) throws IOException {
    List<List<SinkRecord>> batches = BenchSinks.batches(from, samples);
    Race.Side ours = () -> BenchSinks.write(sink, batches);
    if (from == 0) {
      // Nothing may have run before, so that the first round is as cold as can be.
      double seconds = ours.seconds();
      ours = () -> seconds;
    }
    recorded.clear();
    BenchSinks.write(recording, batches);
    Path requests = writeRequests();
    for (List<SinkRecord> batch : batches) {
      lines += batch.size() * (long) LINES_PER_SAMPLE;
    }
    race.round(ours, () -> curl(requests));
  }

  /** Processor, memory, network, block devices, processes. */
  private static final int LINES_PER_SAMPLE = 5;

  /** One process and one connection for all requests of a round. */
  private Path writeRequests() throws IOException {
    StringBuilder config = new StringBuilder();
    for (Path file : recorded) {
      if (!config.isEmpty()) {
        config.append("next\n");
      }
      config.append(
          """
          url = "%s/write?precision=ns&db=curl"
          header = "Content-Encoding: gzip"
          header = "Content-Type: text/plain; charset=utf-8"
          data-binary = "@%s"
          silent
          show-error
          fail
          """
              .formatted(server.url(), file));
    }
    return Files.writeString(directory.resolve("curl.conf"), config);
  }

  private static double curl(Path requests) {
    long start = System.nanoTime();
    try {
      Process curl = new ProcessBuilder("curl", "-K", requests.toString()).inheritIO().start();
      if (curl.waitFor() != 0) {
        throw new BenchException("curl could not write");
      }
    } catch (IOException e) {
      throw new BenchException("curl cannot be run: is it installed?", e);
    } catch (InterruptedException e) {
      throw new BenchException("interrupted", e);
    }
    return Race.secondsSince(start);
  }

  private void report(Report report, Race cold, Race warm, long samples) {
    long ours = count("sink");
    report
        .add("InfluxDB: points, after a first round that is not counted", lines)
        .add("InfluxDB: points a second, sink", warm.ourRate(lines), 0)
        .add("InfluxDB: points a second, curl of the same requests", warm.peerRate(lines), 0)
        .add("InfluxDB: sink / curl", warm.ratio(), 2)
        .add("InfluxDB: sink / curl by round: min / median / max", warm.minMedianMax())
        .add("InfluxDB: sink / curl in the first round, the JVM cold", cold.ratio(), 2)
        .require(warm.ratio() >= REQUIRED, "the InfluxDB sink has less than 0.6 of curl's speed")
        .require(ours == samples, "the sink stored %d of %d samples".formatted(ours, samples))
        .require(count("curl") == samples, "curl did not store every sample");
  }

  private long count(String database) {
    String answer = server.query("SELECT count(usage_nanos) FROM " + database + "..container_cpu");
    Matcher matcher = COUNT.matcher(answer);
    return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
  }

  @Override
  public void close() {
    sink.close();
    recording.close();
    recorder.stop(0);
    server.close();
  }
}
