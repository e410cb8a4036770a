package io.tallyman.query.http;

import io.micronaut.core.annotation.Order;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.annotation.RequestFilter;
import io.micronaut.http.annotation.ServerFilter;
import io.tallyman.query.QueryAccess;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Lets those read who show one of the tokens, when there are any. The page, its files, the
 * description of the API and health hold no data, and are for everyone.
 */
@ServerFilter(ServerFilter.MATCH_ALL_PATTERN)
@Order(TokenFilter.ORDER)
final class TokenFilter {

  /** After the check of the Host header. */
  static final int ORDER = 100;

  private static final String SCHEME = "Bearer ";
  private static final Set<String> OPEN_FILES =
      Set.of("/", "/index.html", "/icon.svg", "/openapi.yml", "/docs");
  private static final List<String> OPEN_DIRECTORIES =
      List.of("/js/", "/css/", "/vendor/", "/docs/", "/health/");

  private final List<byte[]> digests;

  TokenFilter(QueryAccess access) {
    this.digests = access.tokens().stream().map(TokenFilter::digest).toList();
  }

  @RequestFilter
  @Nullable HttpResponse<?> check(HttpRequest<?> request) {
    if (digests.isEmpty() || isOpen(request.getPath()) || isKnown(request)) {
      return null;
    }
    return Problem.of(
            HttpStatus.UNAUTHORIZED, "Show a token of this service: Authorization: Bearer TOKEN")
        .response()
        .header("WWW-Authenticate", "Bearer realm=\"tallyman\"");
  }

  private static boolean isOpen(String path) {
    return OPEN_FILES.contains(path)
        || (!path.contains("..")
            && !path.contains("%")
            && OPEN_DIRECTORIES.stream().anyMatch(path::startsWith));
  }

  /** Takes the same time for every wrong token, whatever of it is right. */
  private boolean isKnown(HttpRequest<?> request) {
    String header = request.getHeaders().get("Authorization");
    if (header == null || !header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return false;
    }
    byte[] given = digest(header.substring(SCHEME.length()).strip());
    boolean known = false;
    for (byte[] digest : digests) {
      known |= MessageDigest.isEqual(digest, given);
    }
    return known;
  }

  private static byte[] digest(String token) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }
}
