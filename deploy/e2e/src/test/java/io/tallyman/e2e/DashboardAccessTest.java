package io.tallyman.e2e;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static io.tallyman.e2e.DashboardHarness.row;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.Response;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.Route.FulfillOptions;
import com.microsoft.playwright.options.ColorScheme;
import io.tallyman.query.QueryAccess;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page where the service wants a token. */
@Tag("browser")
@Tag("kafka")
class DashboardAccessTest {

  private static final String TOKEN = "a-token-for-the-page";
  private static final String WRONG = "a-token-that-is-wrong";

  @TempDir Path directory;

  @Test
  void asksForATokenAndKeepsItForTheTab() {
    QueryAccess access = new QueryAccess(List.of(TOKEN), null);
    try (DashboardHarness fleet = DashboardHarness.start(directory, access)) {
      fleet.runs(1, "web");
      Page page = fleet.open(1024, 768, ColorScheme.LIGHT, "");
      assertThat(page.locator("#access")).isVisible();
      List<Route> late = new ArrayList<>();
      page.route(
          "**/api/v1/gaps?*",
          route -> {
            if (("Bearer " + WRONG).equals(route.request().headers().get("authorization"))) {
              late.add(route);
            } else {
              route.resume();
            }
          });
      page.locator("#access-token").fill(WRONG);
      page.keyboard().press("Enter");
      assertThat(page.locator("#access-note")).containsText("not accepted");
      page.locator("#access-token").fill(" ");
      page.keyboard().press("Enter");
      page.locator("#access-token").fill(TOKEN);
      page.keyboard().press("Enter");
      assertThat(row(page, "web")).isVisible();
      assertThat(page.locator("#access")).isHidden();
      assertThat(page.locator("#freshness")).containsText("live");

      // A refusal of the wrong one that comes only now must not cost the right one.
      page.waitForCondition(() -> !late.isEmpty());
      Response again =
          page.waitForResponse(
              response -> response.url().contains("/api/v1/gaps") && response.ok(),
              () -> late.getFirst().fulfill(new FulfillOptions().setStatus(401)));
      assertThat(again.request().headers()).containsEntry("authorization", "Bearer " + TOKEN);
      assertThat(page.locator("#access")).isHidden();

      page.reload();
      assertThat(row(page, "web")).isVisible();
      page.locator("#forget-token").click();
      assertThat(page.locator("#access")).isVisible();
      assertThat(fleet.complaints())
          .as("nothing but the refusals")
          .allMatch(text -> text.contains("401"));
    }
  }
}
