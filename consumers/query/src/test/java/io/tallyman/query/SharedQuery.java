package io.tallyman.query;

import static org.awaitility.Awaitility.await;

import io.tallyman.query.topology.Retention;
import io.tallyman.schemas.TopicSettings;
import io.tallyman.testkit.KafkaExtension;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A whole service on a real broker with two hosts, {@code h1} and {@code h2}, one for all classes
 * of a JVM: each test has containers of its own.
 */
final class SharedQuery implements BeforeAllCallback {

  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(SharedQuery.class);
  private static final Duration STARTED = Duration.ofSeconds(60);
  private static final int PARTITIONS = 3;

  private final KafkaExtension kafka = new KafkaExtension();
  private @Nullable Shared shared;

  @Override
  public void beforeAll(ExtensionContext context) {
    // Before the service, so that it is closed after it.
    kafka.beforeAll(context);
    shared =
        context
            .getRoot()
            .getStore(NAMESPACE)
            .getOrComputeIfAbsent(Shared.class, key -> new Shared(kafka), Shared.class);
  }

  RunningQuery service() {
    return shared().service;
  }

  HttpClientOf http() {
    return shared().http;
  }

  FleetPublisher fleet() {
    return shared().fleet;
  }

  String bootstrapServers() {
    return kafka.bootstrapServers();
  }

  private Shared shared() {
    return Objects.requireNonNull(shared, "not registered: a static field it must be");
  }

  /** Closed by JUnit after the last class. */
  private static final class Shared implements AutoCloseable {

    private final Path directory;
    private final QueryConfig config;
    private final RunningQuery service;
    private final HttpClientOf http;
    private final FleetPublisher fleet;

    Shared(KafkaExtension kafka) {
      try {
        directory = Files.createTempDirectory("tallyman-test-query");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      String prefix = kafka.uniquePrefix();
      config =
          new QueryConfig(
              kafka.bootstrapServers(),
              Map.of(),
              new TopicSettings(prefix, PARTITIONS, OptionalInt.empty()),
              "test",
              "127.0.0.1",
              0,
              directory,
              Retention.DEFAULT,
              true);
      service = QueryApplication.start(config);
      http = new HttpClientOf(service.url());
      fleet = new FleetPublisher(kafka.bootstrapServers(), prefix);
      await().atMost(STARTED).until(() -> service.state() == QueryState.RUNNING);
      fleet.send(FleetRecords.host("h1", Instant.now()), FleetRecords.host("h2", Instant.now()));
    }

    @Override
    public void close() throws IOException {
      fleet.close();
      http.close();
      service.close();
      StreamsThreads.awaitEnd(config.applicationId());
      try (Stream<Path> files = Files.walk(directory)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(file);
        }
      }
    }
  }
}
