package io.tallyman.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tallyman.broker.BrokerConfig;
import io.tallyman.broker.EmbeddedBroker;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How long the query service takes to answer, against what its server takes for as many bytes. */
@Command(
    name = "query",
    mixinStandardHelpOptions = true,
    description =
        "A fleet with its history in the query service, which goes on reading it: answers at a fixed"
            + " rate, each beside a constant body of the same size from the same server.")
final class QueryBenchmark implements Callable<Integer> {

  private static final Duration LOADED = Duration.ofMinutes(15);
  private static final Duration WARM_UP = Duration.ofSeconds(5);
  private static final double MOST = 3;
  private static final int UNSHARED = 10;

  /** Reads every minute of every container once for all who ask within some seconds. */
  private static final String STRETCH = "/totals?by=project&from=-1h";

  @Option(names = "--containers", defaultValue = "1000", description = "Default 1000.")
  private int containers;

  @Option(names = "--minutes", defaultValue = "60", description = "Of history. Default 60.")
  private int minutes;

  @Option(names = "--rate", defaultValue = "200", description = "Requests a second. Default 200.")
  private int rate;

  @Option(names = "--seconds", defaultValue = "15", description = "For each path. Default 15.")
  private int seconds;

  @Mixin private Results results = new Results();

  private final ObjectMapper mapper = new ObjectMapper();
  private final Clock clock = Clock.systemUTC();

  @Override
  public Integer call() throws IOException {
    Path directory = Directories.make();
    try (EmbeddedBroker broker =
            EmbeddedBroker.start(new BrokerConfig(directory.resolve("kafka"), 0));
        QueryProcess query = QueryProcess.start(broker.bootstrapServers(), directory);
        QueryFleet fleet = new QueryFleet(broker.bootstrapServers(), containers);
        RequestLoad load = new RequestLoad(query.url())) {
      Report report =
          new Report("query")
              .add("containers", containers)
              .add("history (min)", minutes)
              .add("requests a second", rate);
      report.add("to take the history in (s)", load(fleet, load), 1);
      try (Ticker _ = new Ticker(fleet, clock)) {
        paths().forEach((name, path) -> compare(name, path, load, report));
        report.add(
            "/totals of an hour that nobody asked for before (µs): min / median / p99 / max",
            unshared(load).minMedianP99Max());
      }
      return results.deliver(report);
    } finally {
      Directories.delete(directory);
    }
  }

  private Map<String, String> paths() {
    Map<String, String> paths = new LinkedHashMap<>();
    paths.put("/totals", "/api/v1/totals");
    paths.put("/containers?limit=100", "/api/v1/containers?limit=100");
    paths.put("/containers/{id}/stats of 1 h", "/api/v1/containers/" + QueryFleet.id(1) + "/stats");
    paths.put(STRETCH, "/api/v1/totals?by=project&from=-1h");
    return paths;
  }

  private void compare(String name, String path, RequestLoad load, Report report) {
    int bytes = load.get(path).length;
    String constant = ConstantBody.PATH + "/" + bytes;
    load.run(path, rate, WARM_UP);
    load.run(constant, rate, WARM_UP);
    // Each half of the time, in turns, so that neither has the quieter machine.
    Duration half = Duration.ofMillis(seconds * 500L);
    RequestLoad.Measured bare = load.run(constant, rate, half);
    RequestLoad.Measured own = load.run(path, rate, half);
    own = own.and(load.run(path, rate, half));
    bare = bare.and(load.run(constant, rate, half));
    double ratio = own.latency().at(0.99) / bare.latency().at(0.99);
    report
        .add(name + " (bytes)", bytes)
        .add(name + " (µs): min / median / p99 / max", own.latency().minMedianP99Max())
        .add(name + ", constant body (µs)", bare.latency().minMedianP99Max())
        .add(name + ", p99 against the constant body", ratio, 2)
        .require(own.failed() + bare.failed() == 0, name + ": some requests failed")
        .require(
            ratio <= MOST || name.equals(STRETCH),
            name + " takes more than three times as long at p99");
  }

  /** Each stretch is another, so that none was read for an earlier request. */
  private static Quantiles unshared(RequestLoad load) {
    double[] micros = new double[UNSHARED];
    for (int n = 0; n < UNSHARED; n++) {
      long begun = System.nanoTime();
      byte[] _ = load.get("/api/v1/totals?by=project&to=-1m&from=-" + (60 - n) + "m");
      micros[n] = (System.nanoTime() - begun) / 1e3;
    }
    return Quantiles.of(micros);
  }

  /** Seconds until all is answered from state. */
  private double load(QueryFleet fleet, RequestLoad load) {
    long begun = System.nanoTime();
    Instant end = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    load.awaitReady(LOADED);
    fleet.announce(end);
    for (Instant time = end.minus(Duration.ofMinutes(minutes));
        time.isBefore(end);
        time = time.plus(QueryFleet.INTERVAL)) {
      fleet.tick(time);
    }
    fleet.flush();
    Instant last = end.minus(QueryFleet.INTERVAL);
    String newest = "/api/v1/containers/" + QueryFleet.id(containers - 1);
    while (!isKnown(load.get(newest), last)) {
      if (System.nanoTime() - begun > LOADED.toNanos()) {
        throw new BenchException("the history was not taken in within " + LOADED);
      }
      Pause.millis(200);
    }
    return (System.nanoTime() - begun) / 1e9;
  }

  private boolean isKnown(byte[] container, Instant sampled) {
    try {
      JsonNode sampledAt = mapper.readTree(container).at("/stats/sampledAt");
      return sampledAt.isTextual() && !Instant.parse(sampledAt.asText()).isBefore(sampled);
    } catch (IOException e) {
      throw new BenchException("the service did not answer in JSON", e);
    }
  }
}
