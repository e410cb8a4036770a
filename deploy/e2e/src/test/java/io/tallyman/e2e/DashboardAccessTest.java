package io.tallyman.e2e;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static io.tallyman.e2e.DashboardHarness.row;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import io.tallyman.query.QueryAccess;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page where the service wants a token. */
@Tag("browser")
@Tag("kafka")
class DashboardAccessTest {

  private static final String TOKEN = "a-token-for-the-page";

  @TempDir Path directory;

  @Test
  void asksForATokenAndKeepsItForTheTab() {
    QueryAccess access = new QueryAccess(List.of(TOKEN), null);
    try (DashboardHarness fleet = DashboardHarness.start(directory, access)) {
      fleet.runs(1, "web");
      Page page = fleet.open(1024, 768, ColorScheme.LIGHT, "");
      assertThat(page.locator("#access")).isVisible();
      page.locator("#access-token").fill("a-token-that-is-wrong");
      page.keyboard().press("Enter");
      assertThat(page.locator("#access-note")).containsText("not accepted");
      page.locator("#access-token").fill(TOKEN);
      page.keyboard().press("Enter");
      assertThat(row(page, "web")).isVisible();
      assertThat(page.locator("#access")).isHidden();
      assertThat(page.locator("#freshness")).containsText("live");

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
