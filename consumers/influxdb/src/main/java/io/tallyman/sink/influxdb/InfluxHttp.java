package io.tallyman.sink.influxdb;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tallyman.sink.SinkException;
import io.tallyman.sink.influxdb.InfluxOptions.Version;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Speaks to the store over HTTP, one request at a time. Bodies are gzipped, times are nanoseconds,
 * and redirects are not followed, because they could carry the credentials elsewhere.
 */
final class InfluxHttp implements LineStore, AutoCloseable {

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

  /** A store that takes longer for a request is away. */
  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(20);

  /** Of an answer; the rest is not read. A store may quote every line that it refused. */
  private static final int MAX_ANSWER_BYTES = 1 << 20;

  private static final int MAX_SHOWN_CHARS = 500;

  private static final Pattern TOO_OLD =
      Pattern.compile(
          "points beyond retention policy dropped=(\\d+)|dropped (\\d+) points outside retention");

  private static final Pattern FIRST_VERSION = Pattern.compile("v?[01]\\..*");

  private final InfluxOptions options;
  private final HttpClient client;
  private final InstantSource clock;
  private final Duration requestTimeout;
  private @Nullable URI writeUrl;

  InfluxHttp(InfluxOptions options) {
    this(options, Clock.systemUTC(), REQUEST_TIMEOUT);
  }

  InfluxHttp(InfluxOptions options, InstantSource clock, Duration requestTimeout) {
    this.options = options;
    this.clock = clock;
    this.requestTimeout = requestTimeout;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_TIMEOUT)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
  }

  /**
   * Finds out which endpoint to use, and that what is to be written to is there, by a write of
   * nothing.
   *
   * @throws IllegalArgumentException when the database or bucket does not exist
   */
  void open() throws SinkException {
    var version = options.version() == Version.AUTO ? ask() : options.version();
    var url = version == Version.V1 ? firstUrl() : secondUrl();
    var answer = send(request(url).POST(BodyPublishers.noBody()).build());
    checkForAll(answer);
    var target =
        version == Version.V1
            ? "database '" + options.database() + "'"
            : "bucket '%s' of organisation '%s'"
                .formatted(options.bucket(), options.org().orElse(""));
    switch (answer.status()) {
      case 404 ->
          throw new IllegalArgumentException(
              "InfluxDB at %s has no %s, or is no InfluxDB of version %s; create it, or set version (%s)"
                  .formatted(options.url(), target, version.name().substring(1), answer.text()));
      case 400 -> {
        // Some take nothing for an error. What they say of the organisation is one.
        if (answer.text().contains("org")) {
          throw new IllegalArgumentException(
              "InfluxDB at %s cannot write to %s: %s"
                  .formatted(options.url(), target, answer.text()));
        }
      }
      default -> {
        if (!answer.isGood()) {
          throw new IllegalArgumentException(
              "what answers at %s is no InfluxDB: %s".formatted(options.url(), answer));
        }
      }
    }
    writeUrl = url;
  }

  /**
   * InfluxDB tells its version; what does not is no InfluxDB 1 and may know the second endpoint.
   */
  private Version ask() throws SinkException {
    if (options.bucketGiven()) {
      return Version.V2;
    }
    var answer = send(request(URI.create(options.url() + "/ping")).GET().build());
    checkForAll(answer);
    return FIRST_VERSION.matcher(answer.version()).matches() ? Version.V1 : Version.V2;
  }

  private URI firstUrl() {
    return URI.create(options.url() + "/write?precision=ns&db=" + encoded(options.database()));
  }

  private URI secondUrl() {
    return URI.create(
        options.url()
            + "/api/v2/write?precision=ns&bucket="
            + encoded(options.bucket())
            + options.org().map(org -> "&org=" + encoded(org)).orElse(""));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, UTF_8);
  }

  @Override
  public Request prepare(List<Line> lines) {
    if (writeUrl == null) {
      throw new IllegalStateException("not open");
    }
    var request =
        request(writeUrl)
            .header("Content-Type", "text/plain; charset=utf-8")
            .header("Content-Encoding", "gzip")
            .POST(BodyPublishers.ofByteArray(gzipped(lines)))
            .build();
    return () -> {
      var response = client.sendAsync(request, _ -> new BodyStart(MAX_ANSWER_BYTES));
      return () -> read(await(response));
    };
  }

  private Answer read(Reply answer) throws SinkException {
    checkForAll(answer);
    return switch (answer.status()) {
      case 400, 422 -> refusal(answer.text());
      case 413 -> new Answer.TooLarge();
      case 404 ->
          throw new SinkException.Unavailable(
              "what was written to is gone: " + answer.text(), null);
      default -> {
        if (!answer.isGood()) {
          throw new IllegalStateException("InfluxDB gave an answer that it should not: " + answer);
        }
        yield new Answer.Stored();
      }
    };
  }

  private static Answer refusal(String text) {
    var old = TOO_OLD.matcher(text);
    // A line that cannot be parsed is quoted, and could quote anything.
    if (!text.contains("unable to parse") && old.find()) {
      var points = old.group(1) == null ? old.group(2) : old.group(1);
      return new Answer.TooOld(Integer.parseInt(points));
    }
    return new Answer.Refused(text);
  }

  /** What means the same for every request. */
  private void checkForAll(Reply answer) throws SinkException {
    int status = answer.status();
    if (status == 401 || status == 403) {
      throw new SinkException.CredentialsRefused(
          "InfluxDB at %s refuses the credentials: %s".formatted(options.url(), answer.text()),
          null);
    }
    if (status == 408 || status == 429 || status >= 500) {
      throw new SinkException.Unavailable(
          "InfluxDB at %s is not ready: %s".formatted(options.url(), answer),
          null,
          retryAfter(answer.retryAfter()));
    }
  }

  /** Seconds, or a date. */
  private @Nullable Duration retryAfter(String text) {
    if (text.isEmpty()) {
      return null;
    }
    try {
      return text.chars().allMatch(Character::isDigit)
          ? Duration.ofSeconds(Long.parseLong(text))
          : Duration.between(
              clock.instant(), Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(text)));
    } catch (DateTimeException | NumberFormatException e) {
      return null;
    }
  }

  private HttpRequest.Builder request(URI url) {
    var request = HttpRequest.newBuilder(url).timeout(requestTimeout);
    options
        .username()
        .ifPresent(user ->
            request.header(
                "Authorization",
                "Basic "
                    + Base64.getEncoder()
                        .encodeToString((user + ":" + options.password()).getBytes(UTF_8))));
    if (options.username().isEmpty()) {
      options.token().ifPresent(token -> request.header("Authorization", "Token " + token));
    }
    return request;
  }

  /**
   * An answer as far as it matters.
   *
   * @param version empty when it did not say
   * @param retryAfter empty when it did not say
   */
  private record Reply(int status, String text, String version, String retryAfter) {

    boolean isGood() {
      return status >= 200 && status < 300;
    }

    @Override
    public String toString() {
      return text.isEmpty() ? "status " + status : "status " + status + ", " + text;
    }
  }

  private Reply send(HttpRequest request) throws SinkException.Unavailable {
    return await(client.sendAsync(request, _ -> new BodyStart(MAX_ANSWER_BYTES)));
  }

  /** The client's own time-out ends with the headers; the body has as long again. */
  private Reply await(Future<HttpResponse<byte[]>> sending) throws SinkException.Unavailable {
    try {
      var response = sending.get(2 * requestTimeout.toMillis(), TimeUnit.MILLISECONDS);
      return new Reply(
          response.statusCode(),
          shortened(response),
          header(response, "X-Influxdb-Version"),
          header(response, "Retry-After"));
    } catch (ExecutionException e) {
      throw noAnswer(e.getCause() == null ? e : e.getCause());
    } catch (TimeoutException e) {
      sending.cancel(true);
      throw noAnswer(e);
    } catch (InterruptedException e) {
      sending.cancel(true);
      Thread.currentThread().interrupt();
      throw new SinkException.Unavailable("interrupted while InfluxDB was asked", e);
    }
  }

  private SinkException.Unavailable noAnswer(Throwable cause) {
    return new SinkException.Unavailable(
        "InfluxDB at %s does not answer: %s".formatted(options.url(), cause), cause);
  }

  private static String header(HttpResponse<?> response, String name) {
    return response.headers().firstValue(name).orElse("").strip();
  }

  private static String shortened(HttpResponse<byte[]> response) {
    var text = new String(response.body(), UTF_8).strip();
    return text.length() <= MAX_SHOWN_CHARS
        ? text
        : text.substring(0, MAX_SHOWN_CHARS / 2)
            + " … "
            + text.substring(text.length() - MAX_SHOWN_CHARS / 2);
  }

  private static byte[] gzipped(List<Line> lines) {
    var bytes = new ByteArrayOutputStream(1 << 16);
    try (var gzip = new FastGzip(bytes)) {
      for (var line : lines) {
        gzip.write(line.text().getBytes(UTF_8));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** The first level saves most of the bytes for a third of the time. */
  private static final class FastGzip extends GZIPOutputStream {
    FastGzip(OutputStream out) throws IOException {
      super(out, 1 << 13);
      def.setLevel(Deflater.BEST_SPEED);
    }
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
