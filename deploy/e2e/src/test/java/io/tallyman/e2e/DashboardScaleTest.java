package io.tallyman.e2e;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static io.tallyman.e2e.DashboardHarness.now;
import static io.tallyman.e2e.DashboardHarness.reading;
import static io.tallyman.e2e.DashboardHarness.row;
import static io.tallyman.e2e.DashboardHarness.state;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page with a thousand containers. */
@Tag("browser")
@Tag("kafka")
class DashboardScaleTest {

  private static final int CONTAINERS = 1000;

  /**
   * Scrolls on with each frame; gives in how many the view had no row, and the most rows there
   * were.
   */
  private static final String FRAMES =
      """
      () => new Promise((resolve) => {
        const table = document.getElementById('containers');
        const seen = { empty: 0, mostRows: 0 };
        let left = 60;
        const frame = () => {
          const { left: x, top, width, height } = table.getBoundingClientRect();
          const row = document.elementFromPoint(x + width / 2, top + height / 2)?.closest('tr[data-id]');
          if (!row) seen.empty++;
          seen.mostRows = Math.max(seen.mostRows, document.querySelectorAll('tr[data-id]').length);
          table.scrollTop += 641;
          if (--left) requestAnimationFrame(frame);
          else resolve(seen);
        };
        table.scrollIntoView();
        requestAnimationFrame(frame);
      })
      """;

  @TempDir Path directory;

  @Test
  void aThousandContainersScrollWhileReadingsCome() {
    try (DashboardHarness fleet = DashboardHarness.start(directory)) {
      fleet.send(
          IntStream.range(0, CONTAINERS)
              .mapToObj(n -> (SpecificRecord) state(n, name(n), "running").build())
              .toArray(SpecificRecord[]::new));
      readingsOfAll(fleet);
      Page page = fleet.open(1366, 900, ColorScheme.LIGHT, "");
      assertThat(page.locator("#total-containers")).hasText(String.valueOf(CONTAINERS));
      assertThat(row(page, name(0))).isVisible();
      readingsOfAll(fleet);
      Map<?, ?> seen = (Map<?, ?>) page.evaluate(FRAMES);
      assertThat(seen.get("empty")).as("frames without a row in view").isEqualTo(0);
      assertThat((Integer) seen.get("mostRows")).as("rows in the document").isLessThan(60);
      page.locator("#filter").fill(name(CONTAINERS - 1));
      assertThat(row(page, name(CONTAINERS - 1))).containsText("2.00 %");
      assertThat(fleet.complaints()).isEmpty();
    }
  }

  private static void readingsOfAll(DashboardHarness fleet) {
    fleet.send(
        IntStream.range(0, CONTAINERS)
            .mapToObj(n -> (SpecificRecord) reading(n, name(n), now(), 2).build())
            .toArray(SpecificRecord[]::new));
  }

  private static String name(int n) {
    return "service-%04d".formatted(n);
  }
}
