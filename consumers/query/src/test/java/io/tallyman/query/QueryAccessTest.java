package io.tallyman.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tallyman.query.topology.Retention;
import io.tallyman.schemas.TopicSettings;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may read; needs no Kafka. */
class QueryAccessTest {

  private static final String TOKEN = "0123456789abcdef";
  private static final String OTHER = "another-token-of-a-team";
  private static final String PASSWORD = "changeit";

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
    KeyStore store = selfSigned();
    Path certificate = directory.resolve("cert.pem");
    Path key = directory.resolve("key.pem");
    pem(certificate, "CERTIFICATE", store.getCertificate("query").getEncoded());
    pem(key, "PRIVATE KEY", store.getKey("query", PASSWORD.toCharArray()).getEncoded());
    QueryAccess access = access(new QueryAccess.Tls(certificate, key));
    try (RunningQuery query = start("127.0.0.1", access);
        HttpClientOf http = new HttpClientOf(query.url(), trusting(store))) {
      assertThat(query.url()).hasScheme("https");
      assertThat(http.json("/api/v1/service").at("/name").asText()).isEqualTo("test");
    }
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

  private static void pem(Path file, String type, byte[] bytes) throws IOException {
    String body = Base64.getMimeEncoder().encodeToString(bytes);
    Files.writeString(
        file, "-----BEGIN %s-----%n%s%n-----END %s-----%n".formatted(type, body, type));
  }

  private KeyStore selfSigned() throws GeneralSecurityException, IOException, InterruptedException {
    Path file = directory.resolve("store.p12");
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
            "-genkeypair",
            "-alias",
            "query",
            "-keyalg",
            "EC",
            "-dname",
            "CN=127.0.0.1",
            "-ext",
            "san=ip:127.0.0.1",
            "-storetype",
            "PKCS12",
            "-keystore",
            file.toString(),
            "-storepass",
            PASSWORD);
    assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, PASSWORD.toCharArray());
    }
    return store;
  }

  private static HttpClient trusting(KeyStore store) throws GeneralSecurityException, IOException {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("query", store.getCertificate("query"));
    TrustManagerFactory managers =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    managers.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, managers.getTrustManagers(), null);
    return HttpClient.newBuilder().sslContext(context).build();
  }
}
