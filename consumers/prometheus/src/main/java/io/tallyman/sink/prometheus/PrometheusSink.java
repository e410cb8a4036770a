package io.tallyman.sink.prometheus;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tallyman.schemas.Topics;
import io.tallyman.sink.RecordSink;
import io.tallyman.sink.SinkContext;
import io.tallyman.sink.SinkMetrics;
import io.tallyman.sink.SinkOptions;
import io.tallyman.sink.SinkRecord;
import io.tallyman.v1.ContainerState;
import io.tallyman.v1.ContainerStats;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the newest sample of each container in memory and shows it to whoever scrapes. It is never
 * away and rejects nothing; what was replayed is old news, and is counted and dropped.
 */
final class PrometheusSink implements RecordSink {

  static final String REPLAYED = "replayed";

  private static final String REPLAY_HEADER = "tallyman-replay";

  private final InstantSource clock;
  private @Nullable LatestContainers latest;
  private @Nullable ScrapeServer server;
  private HostChoice hosts = HostChoice.of("*");
  private SinkMetrics metrics = SinkMetrics.NOOP;

  PrometheusSink(InstantSource clock) {
    this.clock = clock;
  }

  /** Checks what can be said of the options without listening. */
  static void check(SinkOptions options) {
    var _ = HostChoice.of(options.required(PrometheusProvider.HOSTS));
    var _ = maxSeries(options);
    var _ = address(options);
  }

  @Override
  public void open(SinkContext context) {
    var options = context.options();
    hosts = HostChoice.of(options.required(PrometheusProvider.HOSTS));
    metrics = context.metrics();
    var containers = new LatestContainers(maxSeries(options), clock);
    latest = containers;
    var address = address(options);
    try {
      server = new ScrapeServer(address, () -> exposition(containers));
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "cannot listen at %s (options host and port): %s".formatted(address, e.getMessage()), e);
    }
  }

  private static int maxSeries(SinkOptions options) {
    int maxSeries = options.integer(PrometheusProvider.MAX_SERIES);
    if (maxSeries < 1) {
      throw new IllegalArgumentException("option max-series must be 1 or more, not " + maxSeries);
    }
    return maxSeries;
  }

  private static InetSocketAddress address(SinkOptions options) {
    var host = options.required(PrometheusProvider.HOST);
    int port = options.integer(PrometheusProvider.PORT);
    try {
      var address = new InetSocketAddress(host, port);
      if (!address.isUnresolved()) {
        return address;
      }
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("option port must be 0 to 65535, not " + port, e);
    }
    throw new IllegalArgumentException("option host is no address of this machine: " + host);
  }

  /** Where it listens. */
  int port() {
    return Objects.requireNonNull(server, "not open").port();
  }

  private static String exposition(LatestContainers latest) {
    var text = new StringBuilder(1 << 16);
    ExpositionFormat.write(text, latest.containers());
    ExpositionFormat.writeOne(
        text,
        "tallyman_prometheus_series",
        "gauge",
        "Series of containers that are shown.",
        latest.series());
    ExpositionFormat.writeOne(
        text,
        "tallyman_prometheus_refused_samples_total",
        "counter",
        "Samples that are not shown because there would be more series than max-series.",
        latest.refused());
    return text.toString();
  }

  @Override
  public void put(List<SinkRecord> batch) {
    var containers = Objects.requireNonNull(latest, "not open");
    containers.prune();
    int replayed = 0;
    for (var record : batch) {
      if (record.headers().lastHeader(REPLAY_HEADER) != null) {
        replayed++;
      } else {
        show(record, containers);
      }
    }
    if (replayed > 0) {
      metrics.ignored(REPLAYED, replayed);
    }
  }

  private void show(SinkRecord record, LatestContainers containers) {
    switch (record.value()) {
      case null -> remove(record, containers);
      case ContainerStats stats -> {
        if (hosts.has(stats.getHostId(), stats.getHostName())) {
          containers.accept(stats);
        }
      }
      case ContainerState state -> {
        if (hosts.has(state.getHostId(), state.getHostName())) {
          containers.accept(state);
        }
      }
      // There is no metric of the others.
      default -> {}
    }
  }

  private static void remove(SinkRecord record, LatestContainers containers) {
    var key = record.key();
    if (key == null) {
      return;
    }
    if (record.topic().equals(Topics.HOSTS.name())) {
      containers.forgetHost(key);
    } else {
      containers.removed(key, removedAt(record));
    }
  }

  private static Instant removedAt(SinkRecord record) {
    var header = record.headers().lastHeader("ce_time");
    if (header == null || header.value() == null) {
      return record.appendTime();
    }
    try {
      return Instant.parse(new String(header.value(), UTF_8));
    } catch (DateTimeException e) {
      return record.appendTime();
    }
  }

  @Override
  public void flush() {}

  @Override
  public void close() {
    if (server != null) {
      server.close();
      server = null;
    }
  }
}
