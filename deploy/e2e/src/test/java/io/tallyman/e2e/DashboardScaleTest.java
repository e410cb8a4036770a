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
import java.util.List;
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

  /** Far above what a person's machine needs: two cores share a broker, a browser and a service. */
  private static final double MAX_P95_MILLIS = 250;

  /** Scrolls for so many frames and gives their lengths in milliseconds, shortest first. */
  private static final String FRAMES =
      """
      () => new Promise((resolve) => {
        const table = document.getElementById('containers');
        const lengths = [];
        let last = performance.now();
        const frame = (time) => {
          lengths.push(time - last);
          last = time;
          table.scrollTop += 41;
          if (lengths.length < 120) requestAnimationFrame(frame);
          else resolve(lengths.sort((a, b) => a - b));
        };
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
      List<?> lengths = (List<?>) page.evaluate(FRAMES);
      double p95 = ((Number) lengths.get(lengths.size() * 95 / 100)).doubleValue();
      System.out.printf(
          "%d containers: frames p50 %.0f ms, p95 %.0f ms%n",
          CONTAINERS, ((Number) lengths.get(lengths.size() / 2)).doubleValue(), p95);
      assertThat(p95).as("length of a frame, ms").isLessThan(MAX_P95_MILLIS);
      assertThat(page.locator("tr[data-id]").count()).as("rows in the document").isLessThan(60);
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
