package io.tallyman.e2e;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static io.tallyman.e2e.DashboardHarness.now;
import static io.tallyman.e2e.DashboardHarness.reading;
import static io.tallyman.e2e.DashboardHarness.row;
import static io.tallyman.e2e.DashboardHarness.state;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route.FulfillOptions;
import com.microsoft.playwright.options.ColorScheme;
import io.tallyman.testkit.Samples;
import io.tallyman.v1.Action;
import io.tallyman.v1.AlertPhase;
import io.tallyman.v1.ContainerAlert;
import io.tallyman.v1.GapReason;
import io.tallyman.v1.Resource;
import io.tallyman.v1.Stream;
import io.tallyman.v1.StreamGap;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page of one container, and what needs a look, in a real browser. */
@Tag("browser")
@Tag("kafka")
class ContainerPageTest {

  private static final String ROUTE = "#/container/" + Samples.containerId(1);

  /** A reading with it stays current for as long as the test may take on a slow machine. */
  private static final int LONG_MILLIS = 60_000;

  @TempDir Path directory;

  private DashboardHarness fleet;

  @BeforeEach
  void start() {
    fleet = DashboardHarness.start(directory);
  }

  @AfterEach
  void stop() {
    fleet.close();
  }

  @Test
  void chartsWhatWasAndMarksWhatHappened() {
    Instant begin = now().minusSeconds(120);
    fleet.send(state(1, "web", "running").build());
    for (int second = 0; second < 120; second += 5) {
      fleet.send(reading(1, "web", begin.plusSeconds(second), second).build());
    }
    fleet.send(
        fleet.event(1, "web", Action.DIE, begin.plusSeconds(40)).setExitCode(3).build(),
        fleet.event(1, "web", Action.START, begin.plusSeconds(80)).build());
    Page page = fleet.open(1366, 900, ColorScheme.LIGHT, ROUTE + "?range=15m");

    assertThat(page.locator("#container-name")).hasText("web");
    assertThat(page.locator(".chart", hasTitle(page, "CPU")).locator("canvas")).isVisible();
    assertThat(page.locator(".chart", hasTitle(page, "Memory")).locator("canvas")).isVisible();
    assertThat(page.locator(".chart", hasTitle(page, "CPU")).locator(".mark.bad")).hasCount(1);
    assertThat(page.locator(".chart", hasTitle(page, "CPU")).locator(".mark.good")).hasCount(1);
    assertThat(page.locator(".mark.bad").first())
        .hasAttribute("title", Pattern.compile("die, exit code 3"));
    assertThat(page.locator("#container-events li")).hasCount(2);
    assertThat(page.locator(".chart", hasTitle(page, "CPU"))).containsText("115 %");

    fleet.send(reading(1, "web", now(), 77).build());
    assertThat(page.locator(".chart", hasTitle(page, "CPU"))).containsText("77.0 %");
    fleet.happens(1, "web", Action.OOM, null);
    assertThat(page.locator("#container-events li")).hasCount(3);

    page.locator("#container-ranges").getByText("24 h").click();
    assertThat(page).hasURL(Pattern.compile(".*range=24h"));
    page.reload();
    assertThat(page.locator("#container-ranges button[aria-pressed=true]")).hasText("24 h");
    assertThat(page.locator(".chart", hasTitle(page, "CPU")).locator("canvas")).isVisible();
    assertThat(fleet.complaints()).isEmpty();
  }

  @Test
  void alertsAndGapsAreShownWhereTheyBelong() {
    Instant begin = now().minusSeconds(60);
    fleet.send(
        state(1, "web", "running").build(),
        reading(1, "web", begin, 95).setIntervalMillis(LONG_MILLIS).build(),
        reading(1, "web", now(), 95).setIntervalMillis(LONG_MILLIS).build(),
        alert(Resource.CPU, begin, AlertPhase.RAISED),
        alert(Resource.MEMORY, begin.minus(Duration.ofHours(3)), AlertPhase.RAISED),
        StreamGap.newBuilder()
            .setGapId("gap-1")
            .setHostId(DashboardHarness.HOST_ID)
            .setStream(Stream.STATS)
            .setFrom(begin)
            .setTo(begin.plusSeconds(20))
            .setReason(GapReason.TICK_MISSED)
            .build());
    Page page = fleet.open(1366, 900, ColorScheme.DARK, "");
    assertThat(page.locator("#notices")).containsText("web: CPU at 95.0 %");
    assertThat(page.locator("#notices")).containsText("readings were skipped");
    assertThat(page.locator("#notices")).containsText("web: memory at 95.0 %");
    assertThat(row(page, "web").locator(".badge.bad")).containsText("CPU 95.0 %");
    assertThat(row(page, "web").locator(".badge.bad")).containsText("MEMORY 95.0 %");

    page.locator("#notices a").first().click();
    assertThat(page.locator("#container-name")).hasText("web");
    assertThat(page.locator(".chart", hasTitle(page, "CPU")).locator(".band.alert")).hasCount(1);
    assertThat(page.locator(".chart", hasTitle(page, "CPU")).locator(".band.gap")).hasCount(1);
    assertThat(page.locator(".chart", hasTitle(page, "Memory")).locator(".band.alert")).hasCount(1);
    assertThat(page.locator("#container-notices")).containsText("Memory alert");
    assertThat(page.locator("#container-no-events")).containsText("Nothing happened to it");
    page.route("**/events?*", route -> route.fulfill(new FulfillOptions().setStatus(503)));
    page.locator("#container-ranges").getByText("15 min").click();
    assertThat(page.locator("#container-no-events")).containsText("cannot be read");
    assertThat(page.locator("#container-note")).containsText("What happened cannot be read");
    page.unroute("**/events?*");

    page.locator("nav").getByText("Hosts").click();
    assertThat(page.locator("#gaps li")).containsText("readings were skipped");
    assertThat(page.locator("#hosts-rows tr")).hasCount(1);

    fleet.send(
        alert(Resource.CPU, begin, AlertPhase.CLEARED),
        alert(Resource.MEMORY, begin.minus(Duration.ofHours(3)), AlertPhase.CLEARED));
    page.locator("nav").getByText("Fleet").click();
    assertThat(row(page, "web").locator(".badge")).isHidden();
    assertThat(fleet.complaints()).isEmpty();
  }

  private static Page.LocatorOptions hasTitle(Page page, String title) {
    return new Page.LocatorOptions().setHas(page.locator("h3").getByText(title));
  }

  private static ContainerAlert alert(Resource resource, Instant since, AlertPhase phase) {
    return ContainerAlert.newBuilder(Samples.alert().build())
        .setAlertId("alert-" + resource)
        .setHostId(DashboardHarness.HOST_ID)
        .setContainerId(Samples.containerId(1))
        .setContainerName("web")
        .setResource(resource)
        .setPhase(phase)
        .setThresholdPercent(80)
        .setObservedPercent(95)
        .setSince(since)
        .build();
  }
}
