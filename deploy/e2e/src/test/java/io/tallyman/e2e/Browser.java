package io.tallyman.e2e;

import com.microsoft.playwright.BrowserType.LaunchOptions;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.Playwright.CreateOptions;
import com.microsoft.playwright.options.ColorScheme;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A headless Chromium of this machine; fails when there is none.
 *
 * <p>Keeps what pages complain of: errors of scripts and violations of the content security policy
 * both come as messages on the console.
 */
final class Browser implements AutoCloseable {

  /** For whatever a page is waited for; a limit costs nothing while all is well. */
  static final double PATIENCE_MILLIS = 60_000;

  private final Playwright playwright;
  private final com.microsoft.playwright.Browser chromium;
  private final List<String> complaints = new ArrayList<>();

  private Browser(Playwright playwright, com.microsoft.playwright.Browser chromium) {
    this.playwright = playwright;
    this.chromium = chromium;
  }

  static Browser start() {
    var playwright =
        Playwright.create(
            new CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    var options =
        new LaunchOptions()
            .setExecutablePath(executable())
            .setTimeout(2 * PATIENCE_MILLIS)
            .setArgs(
                List.of(
                    "--no-sandbox",
                    "--disable-gpu",
                    "--disable-quic",
                    "--no-first-run",
                    "--disable-background-networking",
                    "--disable-component-update",
                    "--disable-sync"));
    return new Browser(playwright, playwright.chromium().launch(options));
  }

  private static Path executable() {
    String named = System.getenv("TALLYMAN_TEST_CHROMIUM");
    Stream<Path> candidates =
        named == null
            ? Stream.of(System.getenv("PATH").split(":"))
                .flatMap(directory ->
                    Stream.of("chromium", "chromium-browser", "google-chrome")
                        .map(name -> Path.of(directory, name)))
            : Stream.of(Path.of(named));
    return candidates
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow(
            () -> new AssertionError("no Chromium: install one or set TALLYMAN_TEST_CHROMIUM"));
  }

  Page open(int width, int height, ColorScheme scheme, ZoneId zone) {
    Page page =
        chromium.newPage(
            new com.microsoft.playwright.Browser.NewPageOptions()
                .setViewportSize(width, height)
                .setColorScheme(scheme)
                .setTimezoneId(zone.getId())
                .setLocale("en-GB"));
    page.setDefaultTimeout(PATIENCE_MILLIS);
    page.onConsoleMessage(message -> {
      if (message.type().equals("error")
          && !isServiceAway(message.text())
          && !isUnknownContainer(message.text(), message.location())) {
        complaints.add(message.text());
      }
    });
    page.onPageError(complaints::add);
    page.onRequest(request -> {
      if (!request.url().startsWith("http://127.0.0.1:")) {
        complaints.add("asked another site: " + request.url());
      }
    });
    return page;
  }

  /**
   * Chromium itself reports a service that is away or still starts; no page can keep it from that.
   */
  private static boolean isServiceAway(String text) {
    return text.startsWith("Failed to load resource: net::ERR_")
        || text.startsWith("Failed to load resource: the server responded with a status of 503");
  }

  /** What the stream tells of a container can be ahead of the table, by a moment. */
  private static boolean isUnknownContainer(String text, String location) {
    return text.startsWith("Failed to load resource: the server responded with a status of 404")
        && location.contains("/api/v1/containers/");
  }

  /** What pages complained of so far. */
  List<String> complaints() {
    return List.copyOf(complaints);
  }

  @Override
  public void close() {
    chromium.close();
    playwright.close();
  }
}
