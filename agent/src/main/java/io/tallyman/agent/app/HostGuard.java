package io.tallyman.agent.app;

import io.micronaut.core.annotation.Nullable;
import io.micronaut.core.annotation.Order;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.annotation.RequestFilter;
import io.micronaut.http.annotation.ServerFilter;
import java.util.Locale;
import java.util.Set;

/**
 * Refuses requests under a foreign name while the agent is bound to loopback: a page elsewhere
 * could point its own name here, and a browser on this host would let it read the answers.
 */
@ServerFilter(ServerFilter.MATCH_ALL_PATTERN)
@Order(HostGuard.ORDER)
final class HostGuard {

  /** Before all others. */
  static final int ORDER = 0;

  private static final Set<String> LOOPBACK_NAMES =
      Set.of("localhost", "127.0.0.1", "[::1]", "::1");

  private final boolean loopback;

  HostGuard(AgentConfig.Http http) {
    this.loopback = isLoopback(http.host());
  }

  @RequestFilter
  @Nullable
  HttpResponse<?> check(HttpRequest<?> request) {
    String host = request.getHeaders().get("Host");
    return !loopback || (host != null && isLoopback(withoutPort(host)))
        ? null
        : Problems.of(
            HttpStatus.FORBIDDEN, "only loopback names are answered here, such as localhost");
  }

  private static String withoutPort(String hostHeader) {
    int port = hostHeader.lastIndexOf(':');
    return port > hostHeader.lastIndexOf(']') ? hostHeader.substring(0, port) : hostHeader;
  }

  private static boolean isLoopback(String host) {
    String name = host.toLowerCase(Locale.ROOT);
    return LOOPBACK_NAMES.contains(name) || name.matches("127(\\.\\d{1,3}){3}");
  }
}
