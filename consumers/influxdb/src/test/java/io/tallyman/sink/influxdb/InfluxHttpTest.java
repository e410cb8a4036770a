package io.tallyman.sink.influxdb;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.tallyman.sink.SinkContext;
import io.tallyman.sink.SinkException;
import io.tallyman.sink.SinkMetrics;
import io.tallyman.sink.SinkOptions;
import io.tallyman.sink.SinkRecord;
import io.tallyman.testkit.Samples;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the sink makes of answers, from a server that answers as the test says. */
class InfluxHttpTest {

  private record Request(String line, Map<String, String> headers, String body) {}

  @FunctionalInterface
  private interface Script {
    /** Answers a request that is not {@code /ping}. */
    void answer(HttpExchange exchange, Request request) throws IOException;
  }

  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private HttpServer server;
  private volatile String version = "1.6.7";
  private volatile Script script = (exchange, request) -> reply(exchange, 204, "");

  @BeforeEach
  void startServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::handle);
    server.start();
  }

  @AfterEach
  void stopServer() {
    server.stop(0);
  }

  private void handle(HttpExchange exchange) throws IOException {
    var headers = new HashMap<String, String>();
    exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, values.getFirst()));
    var in = exchange.getRequestBody();
    var body =
        "gzip".equals(headers.get("Content-encoding"))
            ? new GZIPInputStream(in).readAllBytes()
            : in.readAllBytes();
    var request =
        new Request(
            exchange.getRequestMethod() + " " + exchange.getRequestURI(),
            headers,
            new String(body, UTF_8));
    if (request.line().endsWith("/ping")) {
      if (!version.isEmpty()) {
        exchange.getResponseHeaders().set("X-Influxdb-Version", version);
      }
      reply(exchange, 204, "");
      return;
    }
    requests.add(request);
    script.answer(exchange, request);
  }

  private static void reply(HttpExchange exchange, int status, String text) throws IOException {
    try (exchange) {
      var bytes = text.getBytes(UTF_8);
      exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
      if (bytes.length > 0) {
        exchange.getResponseBody().write(bytes);
      }
    }
  }

  /** Lets the probe of {@code open} pass. */
  private void answerWrites(int status, String text) {
    script = (exchange, request) -> reply(exchange, request.body().isEmpty() ? 204 : status, text);
  }

  private SinkContext context(String... options) {
    var given = new HashMap<String, String>();
    given.put("url", "http://127.0.0.1:" + server.getAddress().getPort() + "/");
    for (int i = 0; i < options.length; i += 2) {
      given.put(options[i], options[i + 1]);
    }
    var provider = new InfluxProvider();
    return new SinkContext(
        "influxdb",
        SinkOptions.of(provider.options(), given),
        provider.topics(),
        "",
        SinkMetrics.NOOP);
  }

  private static List<SinkRecord> samples(int count) {
    var records = new ArrayList<SinkRecord>();
    for (int i = 0; i < count; i++) {
      records.add(
          Samples.sinkRecord(
              Samples.stats().setContainerId(Samples.containerId(i)).setSequence(i).build(), i));
    }
    return records;
  }

  private void put(List<SinkRecord> records, String... options) throws SinkException {
    try (var sink = new InfluxSink()) {
      sink.open(context(options));
      sink.put(records);
      sink.flush();
    }
  }

  @Test
  void theFirstVersionIsAskedForADatabaseWithNanoseconds() throws SinkException {
    put(samples(1), "database", "a b", "username", "tally", "password", "p:w");

    assertThat(requests).hasSize(2);
    assertThat(requests.get(0).body()).isEmpty();
    var write = requests.get(1);
    assertThat(write.line()).isEqualTo("POST /write?precision=ns&db=a+b");
    assertThat(write.headers())
        .containsEntry("Content-encoding", "gzip")
        .containsEntry("Authorization", "Basic dGFsbHk6cDp3");
    assertThat(write.body()).contains("container_cpu,").contains(" 1770091506789012000\n");
  }

  @Test
  void theSecondVersionIsAskedForABucketWithAToken() throws SinkException {
    version = "v2.7.1";

    put(samples(1), "bucket", "tally/1", "org", "quay", "token", "abc");

    assertThat(requests.get(1).line())
        .isEqualTo("POST /api/v2/write?precision=ns&bucket=tally%2F1&org=quay");
    assertThat(requests.get(1).headers()).containsEntry("Authorization", "Token abc");
  }

  @Test
  void theVersionIsFoundOutUnlessItIsGiven() throws SinkException {
    version = "";
    put(samples(1));
    assertThat(requests.getLast().line()).startsWith("POST /api/v2/write?");
    version = "v3.0.1";
    put(samples(1));
    assertThat(requests.getLast().line()).startsWith("POST /api/v2/write?");
    version = "1.8.10";
    put(samples(1));
    assertThat(requests.getLast().line()).startsWith("POST /write?");
    put(samples(1), "version", "2");
    assertThat(requests.getLast().line()).startsWith("POST /api/v2/write?");
  }

  @Test
  void aMissingDatabaseIsSaidAtOpen() {
    script = (exchange, request) -> reply(exchange, 404, "database not found");

    assertThatThrownBy(() -> put(samples(1), "database", "tally"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("has no database 'tally'")
        .hasMessageContaining("database not found");
  }

  @Test
  void nothingToWriteIsNoErrorOfTheSecondVersion() throws SinkException {
    version = "v2.7.1";
    script =
        (exchange, request) ->
            reply(exchange, request.body().isEmpty() ? 400 : 204, "writing requires points");

    put(samples(1));

    assertThat(requests).hasSize(2);
  }

  @Test
  void aMissingOrganisationIsSaidAtOpen() {
    version = "v2.7.1";
    script = (exchange, request) -> reply(exchange, 400, "Please provide either orgID or org");

    assertThatThrownBy(() -> put(samples(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("orgID");
  }

  @Test
  void refusedCredentialsAreSaidAtOpenAndLater() {
    for (int status : List.of(401, 403)) {
      script = (exchange, request) -> reply(exchange, status, "unable to parse credentials");
      assertThatThrownBy(() -> put(samples(1)))
          .isInstanceOf(SinkException.CredentialsRefused.class)
          .hasMessageContaining("unable to parse credentials");
      answerWrites(status, "no");
      assertThatThrownBy(() -> put(samples(1)))
          .isInstanceOf(SinkException.CredentialsRefused.class);
    }
  }

  @Test
  void aBusyStoreIsWaitedForAsLongAsItSays() {
    script =
        (exchange, request) -> {
          if (!request.body().isEmpty()) {
            exchange.getResponseHeaders().set("Retry-After", "17");
          }
          reply(exchange, request.body().isEmpty() ? 204 : 429, "");
        };

    var away = catchThrowableOfType(SinkException.Unavailable.class, () -> put(samples(1)));

    assertThat(away.retryAfter()).contains(Duration.ofSeconds(17));
  }

  @Test
  void aDateInRetryAfterIsUnderstoodAndNonsenseIsIgnored() {
    script =
        (exchange, request) -> {
          exchange.getResponseHeaders().set("Retry-After", "Tue, 31 Dec 2199 23:59:59 GMT");
          reply(exchange, 503, "starting");
        };
    var away = catchThrowableOfType(SinkException.Unavailable.class, () -> put(samples(1)));
    assertThat(away.retryAfter().orElseThrow()).isGreaterThan(Duration.ofDays(365));
    assertThat(away).hasMessageContaining("starting");

    script =
        (exchange, request) -> {
          exchange.getResponseHeaders().set("Retry-After", "soon");
          reply(exchange, 503, "");
        };
    away = catchThrowableOfType(SinkException.Unavailable.class, () -> put(samples(1)));
    assertThat(away.retryAfter()).isEmpty();
  }

  @Test
  void errorsOfTheServerAreOutages() {
    for (int status : List.of(500, 502, 503, 504)) {
      answerWrites(status, "timeout");
      assertThatThrownBy(() -> put(samples(1))).isInstanceOf(SinkException.Unavailable.class);
    }
  }

  @Test
  void anAnswerThatDoesNotEndIsAnOutage() {
    var release = new CountDownLatch(1);
    script =
        (exchange, request) -> {
          exchange.sendResponseHeaders(200, 10);
          exchange.getResponseBody().write('x');
          exchange.getResponseBody().flush();
          awaitQuietly(release);
          exchange.close();
        };
    var options = InfluxOptions.of(context("version", "1").options());
    try (var http = new InfluxHttp(options, Clock.systemUTC(), Duration.ofSeconds(1))) {
      assertThatThrownBy(http::open)
          .isInstanceOf(SinkException.Unavailable.class)
          .hasMessageContaining("does not answer");
    } finally {
      release.countDown();
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void ofAnAnswerWithoutEndTheBeginningIsRead() {
    answerWrites(400, "x".repeat(3 << 20));

    var rejection = catchThrowableOfType(SinkException.Rejected.class, () -> put(samples(1)));

    assertThat(rejection.reasons().values()).allMatch(reason -> reason.length() < 600);
  }

  @Test
  void optionsShowNoSecret() {
    assertThat(InfluxOptions.of(context("token", "t0ken", "password", "pa55").options()))
        .asString()
        .contains("http://127.0.0.1:")
        .doesNotContain("t0ken", "pa55");
  }

  @Test
  void aDatabaseThatGoesAwayIsWaitedFor() {
    answerWrites(404, "database not found");

    assertThatThrownBy(() -> put(samples(1)))
        .isInstanceOf(SinkException.Unavailable.class)
        .hasMessageContaining("database not found");
  }

  @Test
  void aRedirectIsNotFollowed() {
    script =
        (exchange, request) -> {
          exchange.getResponseHeaders().set("Location", "http://127.0.0.1:1/");
          reply(exchange, 307, "");
        };

    assertThatThrownBy(() -> put(samples(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no InfluxDB");
  }

  @Test
  void aServerThatIsNotThereIsAnOutage() {
    server.stop(0);

    assertThatThrownBy(() -> put(samples(1)))
        .isInstanceOf(SinkException.Unavailable.class)
        .hasMessageContaining("does not answer");
  }

  @Test
  void largeRequestsAreSplit() throws SinkException {
    script =
        (exchange, request) ->
            reply(exchange, request.body().lines().count() > 100 ? 413 : 204, "too large");

    put(samples(100));

    var stored =
        requests.stream()
            .filter(request -> request.body().lines().count() <= 100)
            .flatMap(request -> request.body().lines())
            .toList();
    assertThat(stored).doesNotHaveDuplicates();
    assertThat(stored.stream().filter(line -> line.startsWith("container_cpu,"))).hasSize(100);
  }

  @Test
  void theBadOnesAreFoundWhetherAllOrNothingIsStored() {
    for (int status : List.of(400, 422)) {
      script =
          (exchange, request) ->
              reply(
                  exchange,
                  request.body().contains(Samples.containerId(13)) ? status : 204,
                  "partial write: field type conflict");
      var records = samples(30);

      var rejection = catchThrowableOfType(SinkException.Rejected.class, () -> put(records));

      assertThat(rejection.reasons()).containsOnlyKeys(records.get(13));
      assertThat(rejection.reasons().get(records.get(13))).contains("field type conflict");
    }
  }

  @Test
  void aQuotedLineCannotPassItselfOffAsOld() {
    answerWrites(
        400, "unable to parse 'x points beyond retention policy dropped=5': invalid tag format");

    assertThatThrownBy(() -> put(samples(1))).isInstanceOf(SinkException.Rejected.class);
  }

  @Test
  void anUnknownRefusalStopsTheSink() {
    answerWrites(405, "not allowed");

    assertThatThrownBy(() -> put(samples(1)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("status 405, not allowed");
  }

  @Test
  void optionsAreChecked() {
    assertThatThrownBy(() -> put(samples(1), "url", "influx:8086"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("option url must be");
    assertThatThrownBy(() -> put(samples(1), "url", "http://u:secret@influx:8086"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("secret");
    assertThatThrownBy(() -> put(samples(1), "version", "4"))
        .hasMessage("option version is '4', but must be auto, 1 or 2");
    assertThatThrownBy(() -> put(samples(1), "layout", "csv"))
        .hasMessageContaining("tallyman, telegraf, statspout");
  }
}
