package io.tallyman.simulator;

import io.tallyman.simulator.http.HttpExchange;
import io.tallyman.simulator.http.HttpRequest;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** The API's paths that wait or go on: events and stats. */
final class StreamingPaths {

  private static final String FIRST_VERSION_WITHOUT_LEGACY_FIELDS = "1.52";
  private static final Duration LISTEN_SLICE = Duration.ofMillis(100);
  private static final long NANOS_PER_MILLI = 1_000_000L;

  private final Daemon daemon;
  private final Answers answers;
  private final EngineProfile profile;
  private final Duration collectorPeriod;

  StreamingPaths(Daemon daemon, Answers answers) {
    this.daemon = daemon;
    this.answers = answers;
    this.profile = daemon.config().profile();
    this.collectorPeriod = daemon.config().collectorPeriod();
  }

  void events(HttpExchange exchange, Map<String, String> headers, String version)
      throws IOException {
    HttpRequest request = exchange.request();
    Long since = time(request.parameter("since"));
    Long until = time(request.parameter("until"));
    if (since != null && until != null && until < since) {
      throw new DockerError(
          400,
          "`since` time (%s) cannot be after `until` time (%s)"
              .formatted(request.parameter("since"), request.parameter("until")));
    }
    Filters filters = Filters.parse(request.parameter("filters"), profile);
    boolean legacy =
        EngineProfile.compareApiVersions(version, FIRST_VERSION_WITHOUT_LEGACY_FIELDS) < 0;
    HttpExchange.ChunkedBody body = exchange.startChunked(200, headers);
    if (until != null && until < daemon.nowNanos()) {
      for (EngineEvent event : daemon.events().remembered(since, until, filters.forEvents())) {
        body.write(event.toLine(legacy));
      }
      body.end();
      return;
    }
    try (var listener = daemon.events().listen(since, until, filters.forEvents())) {
      forward(exchange, listener, until, body, legacy);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private void forward(
      HttpExchange exchange,
      EventLog.Listener listener,
      @Nullable Long until,
      HttpExchange.ChunkedBody body,
      boolean legacy)
      throws IOException, InterruptedException {
    AtomicBoolean closed = new AtomicBoolean();
    exchange.whenClosed(() -> closed.set(true));
    while (!closed.get()) {
      EngineEvent event = listener.next(slice(until));
      if (event != null) {
        body.write(event.toLine(legacy));
      } else if (until != null && daemon.nowNanos() >= until) {
        body.end();
        return;
      }
    }
  }

  private Duration slice(@Nullable Long until) {
    if (until == null) {
      return LISTEN_SLICE;
    }
    long leftMillis = Math.max(1, (until - daemon.nowNanos()) / NANOS_PER_MILLI + 1);
    return Duration.ofMillis(Math.min(LISTEN_SLICE.toMillis(), leftMillis));
  }

  void stats(HttpExchange exchange, Map<String, String> headers, Call call, String reference)
      throws IOException {
    boolean stream = call == Call.STATS_STREAM;
    if (stream && exchange.request().flag("one-shot")) {
      answers.idOf(reference);
      throw new DockerError(400, "cannot have stream=true and one-shot=true");
    }
    if (stream) {
      streamStats(exchange, headers, reference);
    } else if (call == Call.STATS_ONE_SHOT) {
      oneShot(exchange, headers, reference);
    } else {
      twoReadings(exchange, headers, reference);
    }
  }

  private void oneShot(HttpExchange exchange, Map<String, String> headers, String reference)
      throws IOException {
    boolean slow = profile.oneShotWaits() && answers.isRunning(reference);
    if (slow && exchange.closedWithin(daemon.config().oneShotDelay())) {
      return;
    }
    exchange.respond(200, headers, answers.oneShot(reference));
  }

  private void twoReadings(HttpExchange exchange, Map<String, String> headers, String reference)
      throws IOException {
    Answers.StatsFeed feed = answers.twoReadings(reference);
    if (answers.isRunning(reference)) {
      if (exchange.closedWithin(collectorPeriod)) {
        return;
      }
      feed.next();
      if (exchange.closedWithin(collectorPeriod)) {
        return;
      }
    }
    exchange.respond(200, headers, feed.next());
  }

  private void streamStats(HttpExchange exchange, Map<String, String> headers, String reference)
      throws IOException {
    Answers.StatsFeed feed = answers.stream(reference);
    boolean running = answers.isRunning(reference);
    headers.remove("Content-Type");
    HttpExchange.ChunkedBody body = exchange.startChunked(200, headers);
    if (running && exchange.closedWithin(collectorPeriod)) {
      return;
    }
    do {
      byte[] frame = feed.next();
      if (frame.length == 0) {
        body.end();
        return;
      }
      body.write(frame);
    } while (!exchange.closedWithin(collectorPeriod));
  }

  private static @Nullable Long time(@Nullable String text) {
    if (text == null) {
      return null;
    }
    try {
      return Times.parseSeconds(text);
    } catch (NumberFormatException | ArithmeticException e) {
      throw new DockerError(500, "strconv.ParseInt: parsing \"" + text + "\": invalid syntax");
    }
  }

  private static InterruptedIOException interrupted(InterruptedException cause) {
    Thread.currentThread().interrupt();
    InterruptedIOException e = new InterruptedIOException();
    e.initCause(cause);
    return e;
  }
}
