package io.tallyman.query;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What every answer says to browsers, and under which names it is given. */
@Tag("kafka")
class QueryGuardTest {

  @RegisterExtension static final SharedQuery QUERY = new SharedQuery();

  private final HttpClientOf http = QUERY.http();

  @Test
  void thePageIsServedUnderAStrictPolicy() {
    HttpResponse<String> page = http.get("/");
    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.headers().firstValue("content-type").orElse("")).startsWith("text/html");
    assertThat(page.headers().firstValue("content-security-policy").orElse(""))
        .startsWith("default-src 'none'; script-src 'self'");
    assertThat(page.headers().firstValue("x-content-type-options")).hasValue("nosniff");
    HttpResponse<String> none = http.get("/api/v1/none");
    assertThat(none.statusCode()).isEqualTo(404);
    assertThat(none.headers().firstValue("content-type")).hasValue("application/problem+json");
    assertThat(none.headers().firstValue("content-security-policy")).isPresent();
  }

  @Test
  void foreignNamesAreRefusedAndLoopbackNamesAreNot() throws IOException {
    assertThat(raw("/api/v1/service", "evil.example")).startsWith("HTTP/1.1 403");
    assertThat(raw("/", "evil.example:8080")).startsWith("HTTP/1.1 403");
    assertThat(raw("/api/v1/service", "localhost.evil.example")).startsWith("HTTP/1.1 403");
    assertThat(raw("/api/v1/service", "localhost:8080")).startsWith("HTTP/1.1 200");
    assertThat(raw("/api/v1/service", "127.0.0.1")).startsWith("HTTP/1.1 200");
    assertThat(raw("/api/v1/service", "[::1]:1")).startsWith("HTTP/1.1 200");
  }

  @Test
  void pagesFromElsewhereAreRefusedAndNoneIsToldThatItMayRead() {
    for (String origin : List.of("http://evil.example", "https://127.0.0.1.evil.example", "null")) {
      HttpResponse<String> refused = http.get("/api/v1/service", "Origin", origin);
      assertThat(refused.statusCode()).as(origin).isEqualTo(403);
      assertThat(refused.headers().firstValue("content-type")).hasValue("application/problem+json");
    }
    HttpResponse<String> own = http.get("/api/v1/service", "Origin", "http://localhost:1234");
    assertThat(own.statusCode()).isEqualTo(200);
    assertThat(own.headers().map().keySet()).noneMatch(name -> name.startsWith("access-control-"));
  }

  @Test
  void aPathThatCannotBeReadIsABadRequest() throws IOException {
    assertThat(raw("/api/v1/%zz", "localhost"))
        .startsWith("HTTP/1.1 400")
        .containsIgnoringCase("content-type: application/problem+json");
  }

  private static String raw(String path, String host) throws IOException {
    return RawSocket.head(QUERY.service().url(), path, host);
  }
}
