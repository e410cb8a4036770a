package io.tallyman.e2e;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator.FilterOptions;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.ColorScheme;
import io.tallyman.broker.BrokerConfig;
import io.tallyman.broker.EmbeddedBroker;
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
import io.tallyman.v1.Origin;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page in a real browser, fed through a real broker and the query service. */
@Tag("browser")
@Tag("kafka")
class DashboardTest {

  private static final String HOST_ID = "host-of-the-dashboard";
  private static final double PATIENCE_MILLIS = 60_000;

  @TempDir Path directory;

  private EmbeddedBroker broker;
  private RunningQuery query;
  private KafkaProducer<byte[], byte[]> producer;
  private Browser browser;
  private long sequence;

  @BeforeEach
  void start() {
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
                true));
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
    PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE_MILLIS);
    send(Samples.hostStatus().setHostId(HOST_ID).setIntervalMillis(1000).setAsOf(now()).build());
  }

  @AfterEach
  void stop() {
    browser.close();
    producer.close(Duration.ZERO);
    query.close();
    broker.close();
  }

  @Test
  void showsContainersTheirUseAndWhatHappensToThem() {
    runs(1, "web");
    runs(2, "database");
    Page page = open(1366, 768, ColorScheme.LIGHT);

    assertThat(row(page, "web")).isVisible();
    assertThat(row(page, "database")).isVisible();
    assertThat(page.locator("#simulated")).isVisible();
    assertThat(page.locator("#freshness")).containsText("live");
    assertThat(page.locator("#total-containers")).hasText("2");

    reads(1, "web", 12.34);
    assertThat(row(page, "web")).containsText("12.3 %");
    assertThat(row(page, "web")).containsText("MiB");

    runs(3, "latecomer");
    happens(3, "latecomer", Action.START, null);
    assertThat(row(page, "latecomer")).isVisible();

    send(state(3, "latecomer", "exited"));
    happens(3, "latecomer", Action.DIE, 137);
    assertThat(row(page, "latecomer")).hasCount(0);
    assertThat(page.locator("#events li").first()).containsText("exit code 137");

    send(state(2, "renamed", "running"));
    happens(2, "renamed", Action.RENAME, null);
    assertThat(row(page, "renamed")).isVisible();
    assertThat(row(page, "database")).hasCount(0);
    assertThat(browser.complaints()).isEmpty();
  }

  @Test
  void saysThatNothingNewComesWhileKafkaIsAway() {
    runs(1, "web");
    Page page = open(1024, 768, ColorScheme.DARK);
    assertThat(row(page, "web")).isVisible();

    broker.close();
    assertThat(page.locator("#stale")).isVisible();
    assertThat(page.locator("#stale")).containsText("Nothing new has come from Kafka since");
    String freshness = page.locator("#freshness").textContent();
    assertThat(freshness).startsWith("as of");
    String asOf =
        String.valueOf(
            page.evaluate("fetch('api/v1/service').then(r => r.json()).then(s => s.asOf)"));
    page.waitForResponse(response -> response.url().endsWith("/api/v1/service"), () -> {});
    assertThat(page.locator("#freshness").textContent()).isEqualTo(freshness);
    assertThat(
            String.valueOf(
                page.evaluate("fetch('api/v1/service').then(r => r.json()).then(s => s.asOf)")))
        .isEqualTo(asOf);
    assertThat(row(page, "web")).hasClass("stale");
  }

  @Test
  void isUsableByKeyboardAndOnASmallScreen() {
    IntStream.rangeClosed(1, 300).forEach(n -> runs(n, "service-%03d".formatted(n)));
    Page page = open(360, 800, ColorScheme.DARK);
    assertThat(row(page, "service-001")).isVisible();
    assertThat(page.locator("#total-containers")).hasText("300");
    assertThat((Integer) page.evaluate("document.documentElement.scrollWidth"))
        .isLessThanOrEqualTo(360);
    assertThat(page.locator("tr[data-id]").count()).as("rows in the document").isBetween(5, 60);

    row(page, "service-001").focus();
    page.keyboard().press("End");
    assertThat(row(page, "service-300")).isFocused();
    page.keyboard().press("ArrowUp");
    assertThat(row(page, "service-299")).isFocused();
    page.keyboard().press("Enter");
    assertThat(page.locator("dialog")).isVisible();
    assertThat(page.locator("dialog")).containsText(Samples.containerId(299));
    page.keyboard().press("Escape");
    assertThat(page.locator("dialog")).isHidden();

    page.keyboard().press("/");
    page.keyboard().type("service-042");
    assertThat(page.locator("tr[data-id]")).hasCount(1);
    assertThat(row(page, "service-042")).isVisible();
    assertThat(browser.complaints()).isEmpty();
  }

  private Page open(int width, int height, ColorScheme scheme) {
    Page page = browser.open(width, height, scheme);
    page.navigate(query.url().toString());
    return page;
  }

  private static Locator row(Page page, String name) {
    return page.locator("tr[data-id]")
        .filter(new FilterOptions().setHas(page.locator(".c-name .name").getByText(name)));
  }

  private void runs(int n, String name) {
    send(state(n, name, "running"));
    reads(n, name, 1.5);
  }

  private static ContainerState state(int n, String name, String state) {
    return Samples.state()
        .setHostId(HOST_ID)
        .setContainerId(Samples.containerId(n))
        .setContainerName(name)
        .setState(state)
        .setAsOf(now())
        .build();
  }

  private void reads(int n, String name, double percent) {
    ContainerStats.Builder stats =
        Samples.stats()
            .setHostId(HOST_ID)
            .setContainerId(Samples.containerId(n))
            .setContainerName(name)
            .setSampledAt(now())
            .setTick(now())
            .setIntervalMillis(1000)
            .setCpu(Samples.cpu().setPercent(percent).build());
    send(stats.build());
  }

  private void happens(int n, String name, Action action, @Nullable Integer exitCode) {
    ContainerEvent.Builder event =
        Samples.event()
            .setEventId("%032x".formatted(++sequence))
            .setHostId(HOST_ID)
            .setContainerId(Samples.containerId(n))
            .setContainerName(name)
            .setAction(action)
            .setRawAction(action.name().toLowerCase(Locale.ROOT))
            .setExitCode(exitCode)
            .setOrigin(Origin.LIVE)
            .setTime(now())
            .setTimeNanos(now().toEpochMilli() * 1_000_000);
    send(event.build());
  }

  private void send(SpecificRecord record) {
    try {
      producer.send(Samples.toSend("", record)).get();
    } catch (InterruptedException | ExecutionException e) {
      throw new AssertionError("the broker did not take a record", e);
    }
  }

  private static Instant now() {
    return Instant.now().truncatedTo(ChronoUnit.MICROS);
  }
}
