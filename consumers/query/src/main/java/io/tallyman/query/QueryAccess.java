package io.tallyman.query;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who may read from one instance, and how.
 *
 * @param tokens one of which every request for data shows; none: everyone may read, which is
 *     allowed on a loopback address alone
 * @param tls null for plain HTTP
 */
public record QueryAccess(List<String> tokens, @Nullable Tls tls) {

  /** Shorter ones can be guessed. */
  public static final int MIN_TOKEN_LENGTH = 16;

  private static final Set<String> LOOPBACK_ADDRESSES =
      Set.of("localhost", "127.0.0.1", "::1", "[::1]");

  /**
   * What the port is served with; files that change are read again.
   *
   * @param certificate the chain, PEM
   * @param key its key, PEM
   */
  public record Tls(Path certificate, Path key) {}

  /** Copies the list. */
  public QueryAccess {
    tokens = List.copyOf(tokens);
  }

  /** Everyone who reaches the port. */
  public static QueryAccess open() {
    return new QueryAccess(List.of(), null);
  }

  /** Whether an address is this machine's own. */
  public static boolean isLoopback(String httpHost) {
    String host = httpHost.toLowerCase(Locale.ROOT);
    return LOOPBACK_ADDRESSES.contains(host) || host.startsWith("127.");
  }

  /**
   * Looks whether this is enough for an address, and can work.
   *
   * @throws QueryStartException when not; the message says what to do
   */
  public void check(String httpHost) {
    if (tokens.isEmpty() && !isLoopback(httpHost)) {
      throw new QueryStartException(
          "Others can reach %s, so requests need a token there: set tallyman.query.tokens (or TALLYMAN_QUERY_TOKENS_FILE), or bind 127.0.0.1"
              .formatted(httpHost));
    }
    if (tokens.stream().anyMatch(token -> token.length() < MIN_TOKEN_LENGTH)) {
      throw new QueryStartException(
          "A token of tallyman.query.tokens has fewer than %d characters and could be guessed; make one with: openssl rand -hex 16"
              .formatted(MIN_TOKEN_LENGTH));
    }
    if (tls != null) {
      readable(tls.certificate(), "tallyman.query.tls.cert");
      readable(tls.key(), "tallyman.query.tls.key");
    }
  }

  private static void readable(Path file, String key) {
    if (!Files.isReadable(file)) {
      throw new QueryStartException("%s names %s, which cannot be read".formatted(key, file));
    }
  }

  /** Without the tokens. */
  @Override
  public String toString() {
    return "QueryAccess[tokens=%d, tls=%s]".formatted(tokens.size(), tls);
  }
}
