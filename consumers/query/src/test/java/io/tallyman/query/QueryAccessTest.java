package io.tallyman.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.tallyman.query.http.HttpPeers;
import io.tallyman.query.state.NotReadyException;
import io.tallyman.query.topology.Retention;
import io.tallyman.schemas.TopicSettings;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;
import javax.net.ssl.SSLHandshakeException;
import org.apache.kafka.streams.state.HostInfo;
import org.assertj.core.api.AbstractThrowableAssert;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may read; needs no Kafka. */
class QueryAccessTest {

  private static final String TOKEN = "0123456789abcdef";
  private static final String OTHER = "another-token-of-a-team";

  @TempDir Path directory;

  @Test
  void dataIsForThoseWhoShowAToken() {
    try (RunningQuery query = start("127.0.0.1", access(null, TOKEN, OTHER));
        HttpClientOf http = new HttpClientOf(query.url())) {
      for (String path :
          List.of(
              "/api/v1/service", "/api/v1/stream", "/stats", "/metrics", "/subjects", "/nothing")) {
        HttpResponse<String> refused = http.get(path);
        assertThat(refused.statusCode()).as(path).isEqualTo(401);
        assertThat(refused.headers().firstValue("www-authenticate").orElse(""))
            .startsWith("Bearer");
        assertThat(refused.headers().firstValue("content-type"))
            .hasValue("application/problem+json");
        assertThat(refused.headers().firstValue("content-security-policy")).isPresent();
      }
      for (String token : List.of(TOKEN, OTHER)) {
        assertThat(status(http, "Bearer " + token)).isEqualTo(200);
      }
      for (String header :
          List.of("Bearer", "Bearer ", "Bearer 0123456789abcdeX", "Basic " + TOKEN, TOKEN)) {
        assertThat(status(http, header)).as(header).isEqualTo(401);
      }
    }
  }

  @Test
  void thePageAndHealthAreForEveryoneAndOpenNoOtherPath() {
    try (RunningQuery query = start("127.0.0.1", access(null, TOKEN));
        HttpClientOf http = new HttpClientOf(query.url())) {
      for (String path : List.of("/", "/icon.svg", "/js/app.js", "/health/liveness")) {
        assertThat(http.get(path).statusCode()).as(path).isEqualTo(200);
      }
      for (String path :
          List.of("/js/../api/v1/service", "/js/%2e%2e/api/v1/service", "//api/v1/service")) {
        assertThat(http.get(path).statusCode()).as(path).isIn(400, 401, 404);
      }
    }
  }

  @Test
  void anAddressThatOthersReachNeedsAToken() {
    assertThatThrownBy(() -> start("0.0.0.0", QueryAccess.open()))
        .isInstanceOf(QueryStartException.class)
        .hasMessageContainingAll("0.0.0.0", "tallyman.query.tokens", "127.0.0.1");
    try (RunningQuery query = start("0.0.0.0", access(null, TOKEN));
        HttpClientOf http = new HttpClientOf(query.url())) {
      assertThat(status(http, "Bearer " + TOKEN)).isEqualTo(200);
      assertThat(http.get("/api/v1/service").statusCode()).isEqualTo(401);
    }
  }

  @Test
  void whatCannotWorkFailsTheStart() {
    assertThatThrownBy(() -> start("127.0.0.1", access(null, "short")))
        .isInstanceOf(QueryStartException.class)
        .hasMessageContaining("16 characters")
        .hasMessageNotContaining("short");
    Path missing = directory.resolve("none.pem");
    QueryAccess.Tls tls = new QueryAccess.Tls(missing, missing);
    assertThatThrownBy(() -> start("127.0.0.1", access(tls)))
        .isInstanceOf(QueryStartException.class)
        .hasMessageContainingAll("tallyman.query.tls.cert", "none.pem");
    assertThat(access(tls, TOKEN).toString()).doesNotContain(TOKEN);
  }

  @Test
  void tlsIsServedWithTheCertificateThatIsNamed() throws Exception {
    Certificates authority = new Certificates();
    QueryAccess access = access(authority.issue(directory, "server"));
    try (RunningQuery query = start("127.0.0.1", access);
        HttpClientOf http = new HttpClientOf(query.url(), authority.client())) {
      assertThat(query.url()).hasScheme("https");
      assertThat(http.json("/api/v1/service").at("/name").asText()).isEqualTo("test");
    }
  }

  @Test
  void instancesTrustThoseOfTheirOwnIssuerAlone() throws Exception {
    Certificates authority = new Certificates();
    QueryAccess.Tls other = authority.issue(directory, "other");
    QueryAccess.Tls foreign = new Certificates().issue(directory, "foreign");
    QueryAccess access = access(authority.issue(directory, "server"), TOKEN);
    try (RunningQuery query = start("127.0.0.1", access);
        HttpPeers friend = new HttpPeers(access(other, TOKEN));
        HttpPeers tokenless = new HttpPeers(access(other, OTHER));
        HttpPeers stranger = new HttpPeers(access(foreign, TOKEN));
        HttpPeers plain = new HttpPeers(access(null, TOKEN))) {
      // It was asked, and has nothing without Kafka.
      awaitRefusal(friend, query, refused -> refused.hasMessageContaining("answered 503"));
      awaitRefusal(tokenless, query, refused -> refused.hasMessageContaining("answered 401"));
      awaitRefusal(
          stranger, query, refused -> refused.hasCauseInstanceOf(SSLHandshakeException.class));
      assertThat(refusal(plain, query)).isInstanceOf(NotReadyException.class);
    }
  }

  @Test
  void aCertificateThatIsRenewedIsShownAndTrustedWithoutARestart() throws Exception {
    QueryAccess.Tls tls = new Certificates().issue(directory, "server");
    Certificates next = new Certificates();
    try (RunningQuery query = start("127.0.0.1", access(tls, TOKEN));
        HttpPeers peers = new HttpPeers(access(tls, TOKEN))) {
      awaitRefusal(peers, query, refused -> refused.hasMessageContaining("answered 503"));
      next.issue(directory, "server");
      await()
          .atMost(Duration.ofSeconds(60))
          .ignoreExceptionsInstanceOf(UncheckedIOException.class)
          .until(() -> {
            try (HttpClientOf http = new HttpClientOf(query.url(), next.client())) {
              return status(http, "Bearer " + TOKEN) == 200;
            }
          });
      awaitRefusal(peers, query, refused -> refused.hasMessageContaining("answered 503"));
    }
  }

  /** On a slow machine the first handshakes may take longer than instances wait for each other. */
  private static void awaitRefusal(
      HttpPeers peers, RunningQuery query, Consumer<AbstractThrowableAssert<?, ?>> expectation) {
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> expectation.accept(assertThat(refusal(peers, query))));
  }

  private static Throwable refusal(HttpPeers peers, RunningQuery query) {
    HostInfo instance = new HostInfo(query.url().getHost(), query.url().getPort());
    return catchThrowable(() -> peers.shard(instance, "latest", Set.of(0), false).latest());
  }

  private static int status(HttpClientOf http, String authorization) {
    return http.get("/api/v1/service", "Authorization", authorization).statusCode();
  }

  private static QueryAccess access(QueryAccess.@Nullable Tls tls, String... tokens) {
    return new QueryAccess(List.of(tokens), tls);
  }

  private RunningQuery start(String httpHost, QueryAccess access) {
    return QueryApplication.start(
        new QueryConfig(
            "127.0.0.1:1",
            Map.of(),
            new TopicSettings("", 1, OptionalInt.of(1)),
            "test",
            httpHost,
            0,
            directory.resolve("state"),
            Retention.DEFAULT,
            false),
        access);
  }
}
