package io.tallyman.query.http;

import io.micronaut.http.context.ServerRequestContext;
import io.tallyman.query.QueryAccess;
import io.tallyman.query.state.Peers;
import io.tallyman.query.state.Shard;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.streams.state.HostInfo;
import org.jspecify.annotations.Nullable;

/**
 * Asks other instances over HTTP, with what the request being served shows to this one, or with a
 * token of its own where it asks by itself.
 */
public final class HttpPeers implements Peers, AutoCloseable {

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(1);

  private final QueryAccess access;
  private final HttpClient client;

  /** {@code access} is that of this instance, and of all others. */
  public HttpPeers(QueryAccess access) {
    this.access = access;
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_TIMEOUT)
            .followRedirects(HttpClient.Redirect.NEVER);
    if (access.tls() != null) {
      builder.sslContext(PeerTrust.of(access.tls().certificate()));
    }
    this.client = builder.build();
  }

  @Override
  public Shard shard(HostInfo instance, String store, Set<Integer> partitions, boolean standby) {
    String host = instance.host().contains(":") ? "[" + instance.host() + "]" : instance.host();
    String address =
        "%s://%s:%d%s"
            .formatted(
                access.tls() == null ? "http" : "https",
                host,
                instance.port(),
                PeerController.PATH);
    String query =
        "?standby=%s&partitions=%s"
            .formatted(
                standby, partitions.stream().map(String::valueOf).collect(Collectors.joining(",")));
    return new PeerShard(client, address, query, authorization());
  }

  private @Nullable String authorization() {
    String own = access.tokens().isEmpty() ? null : "Bearer " + access.tokens().getFirst();
    return ServerRequestContext.currentRequest()
        .map(request -> request.getHeaders().get("Authorization"))
        .orElse(own);
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
