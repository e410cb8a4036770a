package io.tallyman.e2e;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Locator.FilterOptions;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.ColorScheme;
import io.tallyman.broker.BrokerConfig;
import io.tallyman.broker.EmbeddedBroker;
import io.tallyman.query.QueryAccess;
import io.tallyman.query.QueryApplication;
import io.tallyman.query.QueryConfig;
import io.tallyman.query.RunningQuery;
import io.tallyman.query.topology.Retention;
import io.tallyman.schemas.TopicSettings;
import io.tallyman.testkit.Samples;
import io.tallyman.v1.Action;
import io.tallyman.v1.ContainerEvent;
import io.tallyman.v1.ContainerState;
import io.tallyman.v1.ContainerStats;
import io.tallyman.v1.HostStatus;
import io.tallyman.v1.Origin;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** A broker, the query service, records of one host, and a browser. */
final class DashboardHarness implements AutoCloseable {

  static final String HOST_ID = "host-of-the-dashboard";
  static final int INTERVAL_MILLIS = 1000;

  private final EmbeddedBroker broker;
  private final RunningQuery query;
  private final KafkaProducer<byte[], byte[]> producer;
  private final ScheduledExecutorService beats = Executors.newSingleThreadScheduledExecutor();
  private final Browser browser;
  private long sequence;

  private DashboardHarness(Path directory, QueryAccess access) {
    broker = EmbeddedBroker.start(new BrokerConfig(directory.resolve("kafka"), 0));
    query =
        QueryApplication.start(
            new QueryConfig(
                broker.bootstrapServers(),
                Map.of(),
                new TopicSettings("", 1, OptionalInt.empty()),
                "query",
                "127.0.0.1",
                0,
                directory.resolve("state"),
                Retention.DEFAULT,
                true),
            access);
    producer =
        new KafkaProducer<>(
            Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                broker.bootstrapServers(),
                ProducerConfig.LINGER_MS_CONFIG,
                0),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    browser = Browser.start();
    PlaywrightAssertions.setDefaultAssertionTimeout(Browser.PATIENCE_MILLIS);
  }

  /** With no host yet. */
  static DashboardHarness startEmpty(Path directory) {
    return new DashboardHarness(directory, QueryAccess.open());
  }

  static DashboardHarness start(Path directory) {
    return start(directory, QueryAccess.open());
  }

  static DashboardHarness start(Path directory, QueryAccess access) {
    DashboardHarness harness = new DashboardHarness(directory, access);
    harness.send(heartbeat());
    harness.goOnToBeat();
    return harness;
  }

  /** Opens the page at a route, such as {@code #/hosts}. */
  Page open(int width, int height, ColorScheme scheme, String route) {
    return open(width, height, scheme, route, ZoneId.of("UTC"));
  }

  /** Opens it for a reader whose clock is that of a zone. */
  Page open(int width, int height, ColorScheme scheme, String route, ZoneId zone) {
    Page page = browser.open(width, height, scheme, zone);
    page.navigate(query.url() + "/" + route);
    return page;
  }

  /** What pages complained of so far. */
  List<String> complaints() {
    return browser.complaints();
  }

  void stopKafka() {
    beats.shutdownNow();
    broker.close();
  }

  static Locator row(Page page, String name) {
    return page.locator("tr[data-id]")
        .filter(new FilterOptions().setHas(page.locator(".c-name .name").getByText(name)));
  }

  /** Without it all would look old on a machine that is slow. */
  private void goOnToBeat() {
    var _ =
        beats.scheduleWithFixedDelay(
            () -> {
              var _ = producer.send(Samples.toSend("", heartbeat()));
            },
            INTERVAL_MILLIS,
            INTERVAL_MILLIS,
            TimeUnit.MILLISECONDS);
  }

  private static HostStatus heartbeat() {
    return Samples.hostStatus()
        .setHostId(HOST_ID)
        .setIntervalMillis(INTERVAL_MILLIS)
        .setAsOf(now())
        .build();
  }

  /** A container with a state and a reading. */
  void runs(int n, String name) {
    send(state(n, name, "running").build(), reading(n, name, now(), 1.5).build());
  }

  static ContainerState.Builder state(int n, String name, String state) {
    return Samples.state()
        .setHostId(HOST_ID)
        .setContainerId(Samples.containerId(n))
        .setContainerName(name)
        .setState(state)
        .setAsOf(now());
  }

  static ContainerStats.Builder reading(int n, String name, Instant at, double cpuPercent) {
    return Samples.stats()
        .setHostId(HOST_ID)
        .setContainerId(Samples.containerId(n))
        .setContainerName(name)
        .setSampledAt(at)
        .setTick(at)
        .setIntervalMillis(INTERVAL_MILLIS)
        .setCpu(Samples.cpu().setPercent(cpuPercent).build());
  }

  ContainerEvent.Builder event(int n, String name, Action action, Instant time) {
    return Samples.event()
        .setEventId("%032x".formatted(++sequence))
        .setHostId(HOST_ID)
        .setContainerId(Samples.containerId(n))
        .setContainerName(name)
        .setAction(action)
        .setRawAction(action.name().toLowerCase(Locale.ROOT))
        .setExitCode(null)
        .setOrigin(Origin.LIVE)
        .setTime(time)
        .setTimeNanos(time.toEpochMilli() * 1_000_000);
  }

  void happens(int n, String name, Action action, @Nullable Integer exitCode) {
    send(event(n, name, action, now()).setExitCode(exitCode).build());
  }

  /** Returns when the broker has them all. */
  void send(SpecificRecord... records) {
    List<Future<?>> sent = new ArrayList<>();
    for (SpecificRecord record : records) {
      sent.add(producer.send(Samples.toSend("", record)));
    }
    try {
      for (Future<?> next : sent) {
        next.get();
      }
    } catch (InterruptedException | ExecutionException e) {
      throw new AssertionError("the broker did not take a record", e);
    }
  }

  /** A zone where today and last night are the same at whatever time of day a test runs. */
  static ZoneId whereItIsNoon() {
    int east = 12 - ZonedDateTime.now(ZoneOffset.UTC).getHour();
    return ZoneId.of("Etc/GMT%+d".formatted(-east));
  }

  static Instant now() {
    return Instant.now().truncatedTo(ChronoUnit.MICROS);
  }

  @Override
  public void close() {
    beats.shutdownNow();
    browser.close();
    producer.close(Duration.ZERO);
    query.close();
    broker.close();
  }
}
