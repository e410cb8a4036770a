package io.tallyman.e2e;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static io.tallyman.e2e.DashboardHarness.now;
import static io.tallyman.e2e.DashboardHarness.reading;
import static io.tallyman.e2e.DashboardHarness.row;
import static io.tallyman.e2e.DashboardHarness.state;
import static io.tallyman.e2e.DashboardHarness.whereItIsNoon;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route.FulfillOptions;
import com.microsoft.playwright.options.ColorScheme;
import io.tallyman.testkit.Samples;
import io.tallyman.v1.Action;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.function.IntUnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page of the fleet in a real browser, fed through a real broker and the query service. */
@Tag("browser")
@Tag("kafka")
class DashboardTest {

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
  void showsContainersTheirUseAndWhatHappensToThem() {
    fleet.runs(1, "web");
    fleet.runs(2, "database");
    Page page = fleet.open(1366, 768, ColorScheme.LIGHT, "");

    assertThat(row(page, "web")).isVisible();
    assertThat(row(page, "database")).isVisible();
    assertThat(page.locator("#simulated")).isVisible();
    assertThat(page.locator("#freshness")).containsText("live");
    assertThat(page.locator("#total-containers")).hasText("2");

    fleet.send(reading(1, "web", now(), 12.34).build());
    assertThat(row(page, "web")).containsText("12.3 %");
    assertThat(row(page, "web")).containsText("MiB");

    fleet.runs(3, "latecomer");
    fleet.happens(3, "latecomer", Action.START, null);
    assertThat(row(page, "latecomer")).isVisible();

    fleet.send(state(3, "latecomer", "exited").build());
    fleet.happens(3, "latecomer", Action.DIE, 137);
    assertThat(row(page, "latecomer")).hasCount(0);
    assertThat(page.locator("#events li").first()).containsText("exit code 137");

    fleet.send(state(2, "renamed", "running").build());
    fleet.happens(2, "renamed", Action.RENAME, null);
    assertThat(row(page, "renamed")).isVisible();
    assertThat(row(page, "database")).hasCount(0);
    assertThat(fleet.complaints()).isEmpty();
  }

  @Test
  void sortsFiltersAndGroups() {
    fleet.send(
        state(1, "alpha", "running").setProject("shop").build(),
        state(2, "beta", "running").setProject("mail").build(),
        state(3, "gamma", "exited").setProject("shop").build(),
        reading(1, "alpha", now(), 3).build(),
        reading(2, "beta", now(), 55).build());
    Page page = fleet.open(1366, 768, ColorScheme.LIGHT, "");
    assertThat(page.locator("tr.container .name")).hasText(new String[] {"alpha", "beta"});

    page.locator("th.c-cpu button").click();
    assertThat(page.locator("tr.container .name")).hasText(new String[] {"beta", "alpha"});
    assertThat(page.locator("th.c-cpu")).hasAttribute("aria-sort", "descending");

    page.getByLabel("State").selectOption("all");
    assertThat(row(page, "gamma")).containsText("exited");

    page.getByLabel("Group").selectOption("project");
    assertThat(page.locator("tr.group .name")).hasText(new String[] {"mail", "shop"});
    page.locator("tr.group").last().click();
    assertThat(page.locator("tr.container .name")).hasText("beta");
    page.locator("tr.group").last().click();

    page.locator("#filter").fill("project:shop alp");
    assertThat(page.locator("tr.container .name")).hasText("alpha");
    assertThat(page).hasURL(Pattern.compile(".*filter=project"));
    page.keyboard().press("Escape");
    assertThat(page.locator("tr.container")).hasCount(3);
    assertThat(fleet.complaints()).isEmpty();
  }

  @Test
  void answersWhoUsedTheMostCpuTodayAndWhatRestartedLastNight() {
    ZoneId reader = whereItIsNoon();
    Instant night = ZonedDateTime.now(reader).minusDays(1).with(LocalTime.of(23, 0)).toInstant();
    for (int n = 0; n < 2; n++) {
      Instant time = night.plusSeconds(60L * n);
      fleet.send(
          fleet.event(1, "crawler", Action.DIE, time).setExitCode(137).setOomKilled(true).build(),
          fleet.event(1, "crawler", Action.START, time.plusSeconds(1)).build());
    }
    fleet.send(
        fleet.event(2, "new", Action.CREATE, night).build(),
        fleet.event(2, "new", Action.START, night.plusSeconds(1)).build());
    used(5, "shop-job", "shop", night, 20_000_000_000L);
    used(3, "shop-web", "shop", now().minusSeconds(150), 4_000_000_000L);
    used(4, "mail-web", "mail", now().minusSeconds(150), 9_000_000_000L);
    Page page = fleet.open(1366, 768, ColorScheme.LIGHT, "", reader);

    assertThat(page.locator("#restarts li")).hasCount(1);
    assertThat(page.locator("#restarts li")).containsText("crawler");
    assertThat(page.locator("#restarts li")).containsText("× 2");
    assertThat(page.locator("#restarts li")).containsText("exit code 137, out of memory");
    page.locator("#restarts-all").click();
    assertThat(page.locator("#events-list li")).hasCount(5);
    page.goBack();

    assertThat(page.locator("#usage-controls select").nth(1)).hasValue("today");
    assertThat(page.locator("#usage li .name")).hasText(new String[] {"mail", "shop"});
    assertThat(page.locator("#usage li").first()).containsText("9.0 s");
    assertThat(page.locator("#usage li").nth(1)).containsText("4.0 s");
    page.locator("#usage-controls select").nth(1).selectOption("24h");
    assertThat(page.locator("#usage li .name")).hasText(new String[] {"shop", "mail"});
    assertThat(page.locator("#usage li").first()).containsText("24 s");
    assertThat(fleet.complaints()).isEmpty();
  }

  @Test
  void neverSaysNoneOfWhatItCouldNotRead() {
    fleet.runs(1, "web");
    for (int n = 0; n < 250; n++) {
      String name = n == 0 ? "ancient" : "web";
      fleet.send(fleet.event(1, name, Action.PAUSE, now().minusSeconds(600 - n)).build());
    }
    Page page = fleet.open(1366, 768, ColorScheme.LIGHT, "");
    assertThat(row(page, "web")).isVisible();
    page.locator("nav").getByText("Hosts").click();
    assertThat(page.locator("#no-gaps")).isVisible();

    page.route("**/api/v1/gaps?*", route -> route.fulfill(new FulfillOptions().setStatus(503)));
    assertThat(page.locator("#gaps-lack")).containsText("cannot be read");
    assertThat(page.locator("#no-gaps")).isHidden();
    page.locator("nav").getByText("Fleet").click();
    assertThat(page.locator("#notices")).containsText("Not all can be read (gaps)");
    page.unroute("**/api/v1/gaps?*");
    assertThat(page.locator("#notices")).isHidden();

    page.locator("nav").getByText("Events").click();
    assertThat(page.locator("#events-list li")).hasCount(200);
    page.locator("#events-words").fill("ancient");
    assertThat(page.locator("#events-list li")).hasCount(1);
    page.locator("#events-words").fill("nobody");
    assertThat(page.locator("#events-none")).containsText("No event matches these words");
    assertThat(fleet.complaints()).isEmpty();
  }

  @Test
  void focusAndClicksSurviveNewReadings() {
    int count = 100;
    cpu(count, n -> n);
    Page page = fleet.open(1366, 768, ColorScheme.LIGHT, "");
    page.locator("th.c-cpu button").click();
    assertThat(page.locator("tr.container .name").first()).hasText(name(count));
    Locator held = row(page, name(count - 1));
    held.focus();

    cpu(count, n -> count - n);
    assertThat(page.locator("tr.container .name").nth(0)).hasText(name(1));
    assertThat(held).hasAttribute("aria-rowindex", String.valueOf(count));
    assertThat(held).isFocused();
    page.keyboard().press("ArrowUp");
    assertThat(row(page, name(count - 2))).isFocused();

    Locator link = page.locator("#busiest a").getByText(name(6));
    link.focus();
    cpu(count, n -> n == 6 ? 500 : count - n);
    assertThat(page.locator("#busiest li").first()).containsText("500 %");
    assertThat(link).isFocused();
    link.hover();
    page.mouse().down();
    cpu(count, n -> n == 6 ? 400 : n);
    assertThat(page.locator("#busiest li").first()).containsText("400 %");
    page.mouse().up();
    assertThat(page.locator("#container-name")).hasText(name(6));
    assertThat(fleet.complaints()).isEmpty();
  }

  private void cpu(int count, IntUnaryOperator percent) {
    fleet.send(
        IntStream.rangeClosed(1, count)
            .boxed()
            .flatMap(n ->
                Stream.<SpecificRecord>of(
                    state(n, name(n), "running").build(),
                    reading(n, name(n), now(), percent.applyAsInt(n)).build()))
            .toArray(SpecificRecord[]::new));
  }

  private static String name(int n) {
    return "service-%03d".formatted(n);
  }

  @Test
  void isUsableByKeyboardAndOnASmallScreen() {
    IntStream.rangeClosed(1, 300).forEach(n -> fleet.runs(n, "service-%03d".formatted(n)));
    Page page = fleet.open(360, 800, ColorScheme.DARK, "");
    assertThat(row(page, "service-001")).isVisible();
    assertThat(page.locator("#total-containers")).hasText("300");
    assertThat((Integer) page.evaluate("document.documentElement.scrollWidth"))
        .isLessThanOrEqualTo(360);
    assertThat(page.locator("tr[data-id]").count()).as("rows in the document").isBetween(5, 60);

    page.locator("#skip").focus();
    page.keyboard().press("Enter");
    assertThat(page.locator("#containers")).isFocused();
    row(page, "service-001").focus();
    page.keyboard().press("End");
    assertThat(row(page, "service-300")).isFocused();
    page.keyboard().press("ArrowUp");
    assertThat(row(page, "service-299")).isFocused();
    page.keyboard().press("Enter");
    assertThat(page.locator("#container-name")).hasText("service-299");
    assertThat((Integer) page.evaluate("document.documentElement.scrollWidth"))
        .isLessThanOrEqualTo(360);
    assertThat(idOfTheFocusAfterASlash(page)).isEqualTo("filter");
    assertThat(page.locator("#container-name")).isHidden();
    page.keyboard().press("Escape");

    page.goBack();
    assertThat(page.locator("#container-name")).hasText("service-299");
    page.keyboard().press("Escape");
    assertThat(page.locator("#container-name")).isHidden();

    page.keyboard().press("/");
    page.keyboard().type("service-042");
    assertThat(page.locator("tr[data-id]")).hasCount(1);
    assertThat(row(page, "service-042")).isVisible();
    page.keyboard().press("ArrowDown");
    assertThat(row(page, "service-042")).isFocused();
    assertThat(fleet.complaints()).isEmpty();
  }

  /** In the same turn, so that no key that is pressed next goes elsewhere. */
  private static Object idOfTheFocusAfterASlash(Page page) {
    return page.evaluate(
        """
        () => {
          const slash = new KeyboardEvent('keydown', { key: '/', bubbles: true });
          document.activeElement.dispatchEvent(slash);
          return document.activeElement.id;
        }
        """);
  }

  @Test
  void isLightOrDarkAsTheSystemUnlessToldOtherwise() {
    fleet.runs(1, "web");
    Page page = fleet.open(1024, 768, ColorScheme.DARK, "");
    assertThat(row(page, "web")).isVisible();
    assertThat(brightness(page)).isLessThan(60);
    page.locator("#theme").click();
    assertThat(brightness(page)).isGreaterThan(200);
    page.reload();
    assertThat(row(page, "web")).isVisible();
    assertThat(brightness(page)).as("kept").isGreaterThan(200);
    assertThat(fleet.complaints()).isEmpty();
  }

  @Test
  void saysThatNothingNewComesWhileKafkaIsAway() {
    fleet.runs(1, "web");
    Page page = fleet.open(1024, 768, ColorScheme.DARK, "");
    assertThat(row(page, "web")).isVisible();

    fleet.stopKafka();
    assertThat(page.locator("#stale")).isVisible();
    assertThat(page.locator("#stale")).containsText("Nothing new has come from Kafka since");
    String freshness = page.locator("#freshness").textContent();
    assertThat(freshness).startsWith("as of");
    String asOf = serviceAsOf(page);
    page.waitForResponse(response -> response.url().endsWith("/api/v1/service"), () -> {});
    assertThat(page.locator("#freshness").textContent()).isEqualTo(freshness);
    assertThat(serviceAsOf(page)).isEqualTo(asOf);
    assertThat(row(page, "web")).hasClass(Pattern.compile("\\bstale\\b"));
    assertThat(row(page, "web")).containsText("old");
  }

  @Test
  void showsTheApiUnderTheSamePolicy() {
    Page ready = fleet.open(1366, 768, ColorScheme.LIGHT, "");
    assertThat(ready.locator("#freshness")).containsText("live");
    Page page = fleet.open(1366, 768, ColorScheme.LIGHT, "docs");
    assertThat(page.locator(".opblock")).not().hasCount(0);
    page.locator("#operations-Fleet-hosts .opblock-summary-control").click();
    page.locator("#operations-Fleet-hosts .execute").click();
    assertThat(page.locator("#operations-Fleet-hosts .live-responses-table"))
        .containsText(DashboardHarness.HOST_ID);
    assertThat(fleet.complaints()).isEmpty();
  }

  /** A container that used so much CPU time in a minute that is over: windows are whole minutes. */
  private void used(int n, String name, String project, Instant begin, long nanos) {
    fleet.send(
        state(n, name, "running").setProject(project).build(),
        reading(n, name, begin, 0)
            .setProject(project)
            .setCpu(Samples.cpu().setUsageNanos(1L).build())
            .build(),
        reading(n, name, begin.plusSeconds(9), 0)
            .setProject(project)
            .setCpu(Samples.cpu().setUsageNanos(1 + nanos).build())
            .build());
  }

  private static String serviceAsOf(Page page) {
    return String.valueOf(
        page.evaluate("fetch('api/v1/service').then(r => r.json()).then(s => s.asOf)"));
  }

  /** Of the page's ground, from 0 to 255. */
  private static int brightness(Page page) {
    return (Integer)
        page.evaluate(
            "Math.max(...getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number))");
  }
}
