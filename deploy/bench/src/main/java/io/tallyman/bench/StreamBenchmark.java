package io.tallyman.bench;

import io.tallyman.broker.BrokerConfig;
import io.tallyman.broker.EmbeddedBroker;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What it costs the query service to tell many clients what happens. */
@Command(
    name = "stream",
    mixinStandardHelpOptions = true,
    description =
        "More and more clients of the live stream of a fleet that goes on, each time beside as many"
            + " clients of a constant frame of the same size from the same server.")
final class StreamBenchmark implements Callable<Integer> {

  private static final Duration READY = Duration.ofMinutes(1);
  private static final Duration SERVED = Duration.ofSeconds(30);
  private static final double MIB = 1 << 20;
  private static final String STREAM = "/api/v1/stream";
  private static final int WARM_UP_CLIENTS = 20;

  /** So many are enough to tell their cost from the service's own. */
  private static final int MANY = 100;

  private static final double MOST = 1.5;

  /** Where ticks and events fall into frames differs a little from run to run. */
  private static final double ENCODED_MORE = 1.3;

  @Option(names = "--containers", defaultValue = "1000", description = "Default 1000.")
  private int containers;

  @Option(
      names = "--clients",
      split = ",",
      defaultValue = "1,50,500",
      description = "In rising order. Default 1,50,500.")
  private int[] clients = {};

  @Option(names = "--seconds", defaultValue = "20", description = "For each. Default 20.")
  private int seconds;

  @Mixin private Results results = new Results();

  private final Clock clock = Clock.systemUTC();

  /** What one window came to. */
  private record Window(double cpuShare, long encoded, long sent) {}

  @Override
  public Integer call() {
    Path directory = Directories.make();
    try (EmbeddedBroker broker =
            EmbeddedBroker.start(new BrokerConfig(directory.resolve("kafka"), 0));
        QueryProcess query = QueryProcess.start(broker.bootstrapServers(), directory);
        QueryFleet fleet = new QueryFleet(broker.bootstrapServers(), containers);
        RequestLoad load = new RequestLoad(query.url())) {
      load.awaitReady(READY);
      fleet.announce(clock.instant());
      Report report =
          new Report("stream")
              .add("containers", containers)
              .add("readings a second", containers / QueryFleet.INTERVAL.toSeconds());
      new Run(query, fleet, load, report).all();
      return results.deliver(report);
    } finally {
      Directories.delete(directory);
    }
  }

  /** Of one service. */
  private final class Run {

    private final QueryProcess query;
    private final QueryFleet fleet;
    private final RequestLoad load;
    private final Report report;
    private Instant newest = Instant.MIN;
    private int told;

    Run(QueryProcess query, QueryFleet fleet, RequestLoad load, Report report) {
      this.query = query;
      this.fleet = fleet;
      this.load = load;
      this.report = report;
    }

    void all() {
      int bytes = warmUp();
      report
          .add("bytes of a frame of readings", bytes)
          .add("service's CPU a second without clients (ms)", window().cpuShare() * 1000, 0);
      double first = Double.NaN;
      for (int count : clients) {
        String name = count == 1 ? "1 client: " : count + " clients: ";
        Window constant = constant(count, bytes);
        Window own = own(count, name);
        double ratio = own.cpuShare() / constant.cpuShare();
        first = Double.isNaN(first) ? own.encoded() : first;
        report
            .add(name + "frames encoded, frames sent", own.encoded() + ", " + own.sent())
            .add(name + "service's CPU a second (ms)", own.cpuShare() * 1000, 0)
            .add(name + "… with constant frames (ms)", constant.cpuShare() * 1000, 0)
            .add(name + "CPU against constant frames", ratio, 2)
            .require(own.encoded() <= first * ENCODED_MORE, name + "more frames were encoded")
            .require(count < MANY || ratio <= MOST, name + "they cost more than writing does");
      }
    }

    /** Returns the bytes of a frame that has a reading of each container. */
    private int warmUp() {
      try (Clients warm = new Clients(WARM_UP_CLIENTS, STREAM)) {
        Window _ = window();
        fleet.flush();
        warm.await("no readings came", each -> !isBehind(each));
        return warm.all.stream().mapToInt(StreamClient::longest).max().orElseThrow();
      }
    }

    private Window constant(int count, int size) {
      try (Clients constant = new Clients(count, ConstantFrames.PATH + "/" + size)) {
        constant.await("no constant frame came", each -> each.frames() > 0);
        return window();
      }
    }

    private Window own(int count, String name) {
      try (Clients own = new Clients(count, STREAM)) {
        own.await("no snapshot came", each -> each.frames() > 0);
        int[] before = own.frames();
        int toldBefore = told;
        Window window = window();
        fleet.flush();
        int due = told - toldBefore;
        boolean whole = own.reached(each -> each.events() >= due && !isBehind(each));
        int[] frames = own.frames();
        Arrays.setAll(frames, n -> frames[n] - before[n]);
        int[] events = own.all.stream().mapToInt(StreamClient::events).toArray();
        long cut = own.all.stream().filter(StreamClient::isCut).count();
        report
            .add(name + "cut", cut)
            .add(name + "events told", due)
            .add(name + "events that came to each: min / max", minMax(events))
            .add(name + "frames that came to each: min / max", minMax(frames))
            .add(name + "MiB that came to all", own.bytes() / MIB, 0)
            .require(cut == 0, name + "some were cut")
            .require(whole, name + "not all heard every event and saw the newest readings");
        return window;
      }
    }

    private boolean isBehind(StreamClient client) {
      return client.newest().isEmpty() || Instant.parse(client.newest()).isBefore(newest);
    }

    /** Goes on with the fleet for a while: a reading of each container at each tick, and events. */
    private Window window() {
      long encoded = counter("encoded");
      long sent = counter("sent");
      double cpu = query.cpuSeconds();
      long begun = System.nanoTime();
      for (int second = 0; second < seconds; second++) {
        if (second % QueryFleet.INTERVAL.toSeconds() == 0) {
          newest = clock.instant().truncatedTo(ChronoUnit.MICROS);
          fleet.tick(newest);
        }
        fleet.event(told++, clock.instant());
        Pause.untilNanos(begun + (second + 1) * 1_000_000_000L);
      }
      double share = (query.cpuSeconds() - cpu) / Race.secondsSince(begun);
      return new Window(share, counter("encoded") - encoded, counter("sent") - sent);
    }

    private long counter(String name) {
      String metric = "tallyman_query_stream_frames_" + name + "_total ";
      return new String(load.get("/metrics"), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> line.startsWith(metric))
          .mapToLong(line -> (long) Double.parseDouble(line.substring(metric.length())))
          .sum();
    }

    /** Clients that listen to the same. */
    private final class Clients implements AutoCloseable {

      final List<StreamClient> all = new ArrayList<>();

      Clients(int count, String path) {
        for (int n = 0; n < count; n++) {
          all.add(StreamClient.open(query.url(), path));
        }
      }

      void await(String otherwise, Predicate<StreamClient> condition) {
        if (!reached(condition)) {
          throw new BenchException(otherwise + " within " + SERVED);
        }
      }

      boolean reached(Predicate<StreamClient> condition) {
        long begun = System.nanoTime();
        while (!all.stream().allMatch(condition)) {
          if (System.nanoTime() - begun > SERVED.toNanos()) {
            return false;
          }
          Pause.millis(50);
        }
        return true;
      }

      int[] frames() {
        return all.stream().mapToInt(StreamClient::frames).toArray();
      }

      long bytes() {
        return all.stream().mapToLong(StreamClient::bytes).sum();
      }

      @Override
      public void close() {
        all.forEach(StreamClient::close);
      }
    }
  }

  private static String minMax(int[] values) {
    return Arrays.stream(values).min().orElse(0) + " / " + Arrays.stream(values).max().orElse(0);
  }
}
