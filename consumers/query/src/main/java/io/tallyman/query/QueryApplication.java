package io.tallyman.query;

import io.micronaut.context.ApplicationContext;
import io.micronaut.http.server.exceptions.ServerStartupException;
import io.micronaut.runtime.server.EmbeddedServer;
import io.tallyman.query.http.HttpPeers;
import io.tallyman.query.http.RequestTimeout;
import io.tallyman.query.live.LiveFeed;
import io.tallyman.query.state.FleetStreams;
import io.tallyman.query.state.StreamsSettings;
import io.tallyman.query.topology.Intake;
import io.tallyman.query.topology.RecordDecoder;
import io.tallyman.query.view.Containers;
import io.tallyman.query.view.FleetReader;
import io.tallyman.query.view.Histories;
import io.tallyman.query.view.Hosts;
import io.tallyman.query.view.Timelines;
import io.tallyman.query.view.Usages;
import io.tallyman.schemas.TallymanDeserializer;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/** Starts the query service. */
public final class QueryApplication {

  private static final String DEVELOPMENT = "development";
  private static final String CERTIFICATE = "query";

  /** So that many requests share the work of reading what is newest. */
  private static final Duration FLEET_MAX_AGE = Duration.ofMillis(500);

  /** A stretch of time does not change much in as long as the shortest usual interval. */
  private static final Duration USAGE_MAX_AGE = Duration.ofSeconds(5);

  private QueryApplication() {}

  /** Starts with {@link QueryAccess#open()}. */
  public static RunningQuery start(QueryConfig config) {
    return start(config, QueryAccess.open());
  }

  /**
   * Binds the HTTP port and begins to restore state in the background: until that is done, requests
   * for data get 503. Kafka need not be reachable yet.
   *
   * @throws QueryStartException when the port cannot be bound, or would be open to everyone
   */
  public static RunningQuery start(QueryConfig config, QueryAccess access) {
    return start(config, access, InstantSource.system());
  }

  static RunningQuery start(QueryConfig config, QueryAccess access, InstantSource clock) {
    return start(config, access, clock, RequestTimeout.DEFAULT);
  }

  static RunningQuery start(
      QueryConfig config, QueryAccess access, InstantSource clock, RequestTimeout timeout) {
    access.check(config.httpHost());
    RecordDecoder decoder = new RecordDecoder(() -> deserializer(config));
    Intake intake = new Intake(decoder);
    QueryMetrics metrics = new QueryMetrics();
    HttpPeers peers = new HttpPeers(access);
    FleetStreams streams = new FleetStreams(config, intake, peers, metrics::follow);
    FleetReader reader =
        new FleetReader(
            streams, decoder, config.topics().prefix(), intake.newest(), clock, FLEET_MAX_AGE);
    Containers containers = new Containers(reader);
    LiveFeed feed = new LiveFeed(config, decoder, containers, streams::state);
    metrics.follow(streams, feed, intake.unreadable());
    ApplicationContext context =
        ApplicationContext.builder()
            .deduceEnvironment(false)
            .environmentPropertySource(false)
            .banner(false)
            .properties(properties(config, access))
            .singletons(
                config,
                access,
                streams,
                reader,
                containers,
                feed,
                intake.unreadable(),
                metrics.registry(),
                new Hosts(reader, intake.conflicts()),
                timeout,
                new Histories(reader, containers, config.retention()),
                new Usages(reader, config.retention(), USAGE_MAX_AGE),
                new Timelines(reader, containers))
            .build();
    EmbeddedServer server = bind(context, config);
    streams.start(server.getPort());
    feed.start();
    return new RunningQuery(
        url(config, access, server.getPort()), context, streams, feed, decoder, peers, metrics);
  }

  /** Version of this program; {@code development} where it does not run from its jar. */
  public static String version() {
    return Objects.requireNonNullElse(
        QueryApplication.class.getPackage().getImplementationVersion(), DEVELOPMENT);
  }

  private static EmbeddedServer bind(ApplicationContext context, QueryConfig config) {
    try {
      context.start();
      return context.getBean(EmbeddedServer.class).start();
    } catch (ServerStartupException e) {
      context.close();
      throw new QueryStartException(
          "Port %d of %s cannot be bound; is it in use, or another host's? Choose another with --port"
              .formatted(config.httpPort(), config.httpHost()),
          e);
    }
  }

  private static Map<String, Object> properties(QueryConfig config, QueryAccess access) {
    int port = config.httpPort() == 0 ? -1 : config.httpPort();
    Map<String, Object> properties = new HashMap<>();
    properties.put("tallyman.part.query", true);
    properties.put("micronaut.server.host", config.httpHost());
    properties.put("micronaut.server.port", port);
    properties.put("micronaut.router.static-resources.dashboard.paths", "classpath:public");
    properties.put("micronaut.router.static-resources.dashboard.mapping", "/**");
    // Pages from elsewhere are refused by a filter of ours, in the shape of our errors.
    properties.put("micronaut.server.cors.localhost-pass-through", true);
    // Of a library that other parts of one process bring along.
    properties.put("endpoints.all.enabled", false);
    properties.put("micronaut.server.max-request-size", "64KB");
    properties.put("micronaut.server.idle-timeout", "60s");
    properties.put("micronaut.netty.event-loops.default.shutdown-quiet-period", "0s");
    properties.put("micronaut.netty.event-loops.default.shutdown-timeout", "1s");
    if (access.tls() != null) {
      properties.put("micronaut.server.ssl.enabled", true);
      properties.put("micronaut.server.ssl.port", port);
      properties.put("micronaut.server.ssl.key-name", CERTIFICATE);
      String certificate = "micronaut.certificate.file." + CERTIFICATE;
      properties.put(certificate + ".format", "PEM");
      properties.put(certificate + ".path", access.tls().key());
      properties.put(certificate + ".certificate-path", access.tls().certificate());
    }
    return properties;
  }

  private static Deserializer<SpecificRecord> deserializer(QueryConfig config) {
    Deserializer<SpecificRecord> deserializer = new TallymanDeserializer();
    deserializer.configure(StreamsSettings.clients(config), false);
    return deserializer;
  }

  private static URI url(QueryConfig config, QueryAccess access, int port) {
    String host = config.httpHost();
    @Nullable String name =
        switch (host) {
          case "0.0.0.0", "::", "[::]" -> "localhost";
          default -> host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
        };
    return URI.create((access.tls() == null ? "http://" : "https://") + name + ":" + port);
  }
}
