package io.tallyman.e2e;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static io.tallyman.e2e.DashboardHarness.now;
import static io.tallyman.e2e.DashboardHarness.row;
import static io.tallyman.e2e.DashboardHarness.whereItIsNoon;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import io.tallyman.testkit.Samples;
import io.tallyman.v1.Action;
import io.tallyman.v1.AlertPhase;
import io.tallyman.v1.ContainerAlert;
import io.tallyman.v1.ContainerEvent;
import io.tallyman.v1.ContainerState;
import io.tallyman.v1.ContainerStats;
import io.tallyman.v1.HostStatus;
import io.tallyman.v1.Pressure;
import io.tallyman.v1.Resource;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the README shows, of a fleet that has an hour behind it. {@code
 * -Dtallyman.readme.write=true} writes the pictures.
 */
@Tag("browser")
@Tag("kafka")
class DashboardScreenshotTest {

  private static final Path PICTURES = Path.of("..", "..", "consumers", "query");
  private static final Duration STEP = Duration.ofSeconds(15);
  private static final int STEPS = 236;
  private static final int LIVE_SECONDS = 62;
  private static final boolean WRITE = Boolean.getBoolean("tallyman.readme.write");

  /** Whose day it is: a test must not depend on the time of day. */
  private static final ZoneId READER = WRITE ? ZoneOffset.UTC : whereItIsNoon();

  @TempDir Path directory;

  /** A container, how much it uses on average, and its limit of memory. */
  private record Member(
      String name, String project, String image, int host, double cpu, long mib, long limitMib) {}

  private static final List<Member> MEMBERS =
      List.of(
          new Member("shop-api-1", "shop", "registry.example/shop/api:4.2.0", 1, 46, 412, 768),
          new Member("shop-web-1", "shop", "nginx:1.27", 1, 11, 96, 0),
          new Member("shop-db-1", "shop", "postgres:17", 2, 31, 884, 2048),
          new Member("shop-cache-1", "shop", "valkey/valkey:8", 2, 6, 143, 0),
          new Member(
              "shop-checkout-1", "shop", "registry.example/shop/checkout:4.2.0", 3, 27, 351, 0),
          new Member(
              "media-transcoder-1",
              "media",
              "registry.example/media/transcoder:1.9",
              1,
              128,
              430,
              512),
          new Member(
              "media-thumbnails-1",
              "media",
              "registry.example/media/thumbnails:1.9",
              2,
              24,
              202,
              0),
          new Member("media-queue-1", "media", "rabbitmq:4", 3, 9, 154, 0),
          new Member("metrics-prometheus-1", "metrics", "prom/prometheus:v3.5.0", 3, 14, 681, 0),
          new Member("metrics-grafana-1", "metrics", "grafana/grafana:12.1.0", 3, 4, 204, 0),
          new Member("mail-relay-1", "mail", "registry.example/mail/relay:2.0", 2, 3, 58, 0),
          new Member("mail-filter-1", "mail", "registry.example/mail/filter:2.0", 1, 17, 240, 512));

  @Test
  void theReadmesPicturesShowAFleetAtWork() {
    try (DashboardHarness fleet = DashboardHarness.startEmpty(directory)) {
      Instant begin = now().minus(STEP.multipliedBy(STEPS));
      fleet.send(records(fleet, begin));
      Page page = fleet.open(1440, 900, ColorScheme.LIGHT, "", READER);
      assertThat(row(page, "media-transcoder-1")).isVisible();
      assertThat(page.locator("#usage li").first()).containsText("media");
      assertThat(page.locator("#restarts li").first()).containsText("media-transcoder-1");
      assertThat(page.locator("#notices li").first()).containsText("CPU at 162 %");
      if (WRITE) {
        live(fleet, page, begin);
      }
      picture(page, "dashboard.png");

      String id = Samples.containerId(6);
      Page container = fleet.open(1440, 900, ColorScheme.DARK, "#/container/" + id);
      assertThat(container.locator(".chart canvas")).hasCount(6);
      assertThat(container.locator(".mark.bad").first()).isVisible();
      picture(container, "container.png");
      assertThat(fleet.complaints()).isEmpty();
    }
  }

  /** Sends readings until the sparklines have their points. */
  private static void live(DashboardHarness fleet, Page page, Instant begin) {
    for (int second = 0; second < LIVE_SECONDS; second++) {
      double elapsed = Duration.between(begin, now()).toMillis() / 1000.0;
      for (int n = 1; n <= MEMBERS.size(); n++) {
        fleet.send(reading(n, begin, elapsed));
      }
      heartbeats().forEach(fleet::send);
      page.waitForTimeout(1000);
    }
  }

  private static void picture(Page page, String name) {
    page.waitForTimeout(1500);
    Page.ScreenshotOptions options = new Page.ScreenshotOptions();
    if (WRITE) {
      options.setPath(PICTURES.resolve(name));
    }
    assertThat(page.screenshot(options).length).as(name).isGreaterThan(20_000);
  }

  private static SpecificRecord[] records(DashboardHarness fleet, Instant begin) {
    List<SpecificRecord> records = new ArrayList<>(heartbeats());
    for (int n = 0; n < MEMBERS.size(); n++) {
      Member member = MEMBERS.get(n);
      records.add(state(n + 1, member));
      for (int step = 0; step <= STEPS; step++) {
        records.add(reading(n + 1, begin, (double) step * STEP.toSeconds()));
      }
    }
    history(records, fleet, begin);
    records.add(alert(now().minus(Duration.ofMinutes(11))));
    return records.toArray(SpecificRecord[]::new);
  }

  private static List<HostStatus> heartbeats() {
    return IntStream.rangeClosed(1, 3)
        .mapToObj(host ->
            Samples.hostStatus()
                .setHostId("host-" + host)
                .setHostName("quay-" + host)
                .setCpus(8)
                .setMemoryBytes(32L << 30)
                .setIntervalMillis(STEP.toMillis())
                .setAsOf(now())
                .build())
        .toList();
  }

  /** What happened last night and in the last hour. */
  private static void history(List<SpecificRecord> records, DashboardHarness fleet, Instant begin) {
    Instant night = ZonedDateTime.now(READER).minusDays(1).with(LocalTime.of(22, 40)).toInstant();
    for (int n = 0; n < 4; n++) {
      dies(records, fleet, 6, night.plus(Duration.ofMinutes(17L * n)), 137, true);
    }
    dies(records, fleet, 7, night.plus(Duration.ofMinutes(31)), 1, false);
    dies(records, fleet, 6, begin.plus(Duration.ofMinutes(12)), 137, true);
    dies(records, fleet, 6, begin.plus(Duration.ofMinutes(41)), 137, true);
    dies(records, fleet, 7, begin.plus(Duration.ofMinutes(50)), 1, false);
    Instant sick = begin.plus(Duration.ofMinutes(53));
    records.add(of(fleet, 5, Action.HEALTH_STATUS, sick).setHealth("unhealthy").build());
    records.add(
        of(fleet, 5, Action.HEALTH_STATUS, sick.plusSeconds(95)).setHealth("healthy").build());
  }

  private static void dies(
      List<SpecificRecord> records,
      DashboardHarness fleet,
      int n,
      Instant time,
      int exitCode,
      boolean oom) {
    if (oom) {
      records.add(of(fleet, n, Action.OOM, time.minusMillis(20)).build());
    }
    records.add(of(fleet, n, Action.DIE, time).setExitCode(exitCode).setOomKilled(oom).build());
    records.add(of(fleet, n, Action.START, time.plusMillis(900)).build());
  }

  private static ContainerEvent.Builder of(
      DashboardHarness fleet, int n, Action action, Instant time) {
    Member member = MEMBERS.get(n - 1);
    return fleet
        .event(n, member.name(), action, time)
        .setHostId("host-" + member.host())
        .setHostName("quay-" + member.host())
        .setProject(member.project())
        .setImage(member.image())
        .setHealth(null)
        .setOomKilled(null);
  }

  private static ContainerState state(int n, Member member) {
    return DashboardHarness.state(n, member.name(), "running")
        .setHostId("host-" + member.host())
        .setHostName("quay-" + member.host())
        .setProject(member.project())
        .setImage(member.image())
        .setHealth(null)
        .setCpuLimit(null)
        .setMemoryLimitBytes(member.limitMib() == 0 ? null : member.limitMib() << 20)
        .setStartedAt(now().minus(Duration.ofMinutes(47L * n * n)))
        .build();
  }

  /** A reading of the {@code n}-th container so many seconds after the begin. */
  private static ContainerStats reading(int n, Instant begin, double seconds) {
    Member member = MEMBERS.get(n - 1);
    double percent = swing(member.cpu(), n, seconds);
    double rx = 1000 * member.cpu() * (seconds + 40 * Math.sin(seconds / 60));
    return DashboardHarness.reading(
            n, member.name(), begin.plusMillis((long) (1000 * seconds)), percent)
        .setHostId("host-" + member.host())
        .setHostName("quay-" + member.host())
        .setProject(member.project())
        .setService(null)
        .setImage(member.image())
        .setIntervalMillis(STEP.toMillis())
        .setCpu(
            Samples.cpu()
                .setUsageNanos((long) (1e7 * member.cpu() * seconds))
                .setPercent(percent)
                .build())
        .setMemory(
            Samples.memory()
                .setUsedBytes(
                    (long) (member.mib() * (1 << 20) * (1 + 0.1 * Math.sin(seconds / 300 + n))))
                .setWorkingSetBytes((long) (1.15 * member.mib() * (1 << 20)))
                .build())
        .setNetworks(
            List.of(
                Samples.network("eth0")
                    .setRxBytes((long) rx)
                    .setTxBytes((long) (2 * rx + 300_000 * Math.cos(seconds / 90)))
                    .build()))
        .setBlockIo(
            List.of(
                Samples.blockIo()
                    .setReadBytes((long) (9_000 * seconds + 600_000 * Math.sin(seconds / 100)))
                    .setWriteBytes((long) (31_000 * seconds + 900_000 * Math.cos(seconds / 120)))
                    .build()))
        .setPressure(
            Pressure.newBuilder()
                .setCpuSomeMicros((long) (400 * member.cpu() * seconds))
                .setMemorySomeMicros((long) (300 * seconds))
                .setIoSomeMicros((long) (5_000 * seconds + 400_000 * Math.sin(seconds / 110)))
                .build())
        .build();
  }

  private static double swing(double mean, int n, double seconds) {
    return mean
        * (1 + 0.3 * Math.sin(seconds / 165 + n) + 0.12 * Math.sin(seconds / 34 + 3 * n))
        * (1 + 0.05 * Math.sin(seconds / 3 + n));
  }

  private static ContainerAlert alert(Instant since) {
    return ContainerAlert.newBuilder(Samples.alert().build())
        .setAlertId("alert-of-the-picture")
        .setHostId("host-1")
        .setHostName("quay-1")
        .setContainerId(Samples.containerId(6))
        .setContainerName("media-transcoder-1")
        .setResource(Resource.CPU)
        .setPhase(AlertPhase.RAISED)
        .setThresholdPercent(150)
        .setObservedPercent(162)
        .setSince(since)
        .build();
  }
}
