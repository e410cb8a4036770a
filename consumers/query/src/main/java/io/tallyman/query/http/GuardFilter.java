package io.tallyman.query.http;

import io.micronaut.core.annotation.Order;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.RequestFilter;
import io.micronaut.http.annotation.ResponseFilter;
import io.micronaut.http.annotation.ServerFilter;
import io.tallyman.query.QueryAccess;
import io.tallyman.query.QueryConfig;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Refuses requests under a foreign name while bound to loopback (a page elsewhere could point its
 * own name here and read the answers; where the port is open to others, that page has no token) or
 * from a page elsewhere, and tells browsers what they may do with answers.
 */
@ServerFilter(ServerFilter.MATCH_ALL_PATTERN)
@Order(GuardFilter.ORDER)
final class GuardFilter {

  /** Before all others, so that their refusals leave through this one. */
  static final int ORDER = 0;

  static final String CONTENT_SECURITY_POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
          + " font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none';"
          + " form-action 'none'; frame-ancestors 'none'";

  private static final Pattern SCHEME = Pattern.compile("^https?://");
  private static final Set<String> LOOPBACK_NAMES = Set.of("localhost", "127.0.0.1", "[::1]");

  private final boolean loopback;

  GuardFilter(QueryConfig config) {
    this.loopback = QueryAccess.isLoopback(config.httpHost());
  }

  @RequestFilter
  @Nullable HttpResponse<?> check(HttpRequest<?> request) {
    String host = request.getHeaders().get("Host");
    String origin = request.getHeaders().get("Origin");
    if (loopback && !isUnreadable(request) && (host == null || !isLoopback(host))) {
      return refusal("Only loopback names are answered here, such as localhost");
    }
    if (loopback && origin != null && !isLoopback(SCHEME.matcher(origin).replaceFirst(""))) {
      return refusal("Pages from elsewhere are not answered here");
    }
    return null;
  }

  /** The server puts this in the place of a request whose path it cannot read, and answers 400. */
  private static boolean isUnreadable(HttpRequest<?> request) {
    return request.getHeaders().names().isEmpty() && request.getPath().equals("/");
  }

  private static HttpResponse<?> refusal(String detail) {
    return Problem.of(HttpStatus.FORBIDDEN, detail).response();
  }

  @ResponseFilter
  void secure(HttpRequest<?> request, MutableHttpResponse<?> response) {
    response.header("Content-Security-Policy", CONTENT_SECURITY_POLICY);
    response.header("X-Content-Type-Options", "nosniff");
    response.header("Referrer-Policy", "no-referrer");
    response.header("Cross-Origin-Resource-Policy", "same-origin");
    response.header("Cross-Origin-Opener-Policy", "same-origin");
    String path = request.getPath();
    boolean data =
        path.startsWith("/api/")
            || path.startsWith("/engines/")
            || path.equals("/stats")
            || path.startsWith("/health");
    // Files change with the program alone, but under the same names.
    response.getHeaders().set("Cache-Control", data ? "no-store" : "no-cache");
  }

  private static boolean isLoopback(String hostHeader) {
    String name = hostHeader.toLowerCase(Locale.ROOT);
    int port = name.lastIndexOf(':');
    String host = port > name.lastIndexOf(']') ? name.substring(0, port) : name;
    return LOOPBACK_NAMES.contains(host) || host.matches("127(\\.\\d{1,3}){3}");
  }
}
