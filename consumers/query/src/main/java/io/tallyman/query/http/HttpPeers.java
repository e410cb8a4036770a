package io.tallyman.query.http;

import io.micronaut.http.context.ServerRequestContext;
import io.tallyman.query.QueryAccess;
import io.tallyman.query.state.Peers;
import io.tallyman.query.state.Shard;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.streams.state.HostInfo;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks other instances over HTTP, with what the request being served shows to this one, or with a
 * token of its own where it asks by itself.
 */
public final class HttpPeers implements Peers, AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(HttpPeers.class);
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(1);

  private final QueryAccess access;
  private HttpClient client;
  private @Nullable FileTime trusted;

  /** {@code access} is that of this instance, and of all others. */
  public HttpPeers(QueryAccess access) {
    this.access = access;
    this.trusted = renewed();
    this.client = make();
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
    return new PeerShard(client(), address, query, authorization());
  }

  /** One that trusts what others show now: certificates are renewed while instances run. */
  private synchronized HttpClient client() {
    FileTime now = renewed();
    if (!Objects.equals(now, trusted)) {
      try {
        HttpClient fresh = make();
        client.shutdown();
        client = fresh;
        trusted = now;
      } catch (IllegalArgumentException e) {
        // It may be half written.
        log.warn("{}", e.getMessage());
      }
    }
    return client;
  }

  private HttpClient make() {
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_TIMEOUT)
            .followRedirects(HttpClient.Redirect.NEVER);
    if (access.tls() != null) {
      builder.sslContext(PeerTrust.of(access.tls().certificate()));
    }
    return builder.build();
  }

  /** When the certificate's file changed last; null without one. */
  private @Nullable FileTime renewed() {
    QueryAccess.Tls tls = access.tls();
    try {
      return tls == null ? null : Files.getLastModifiedTime(tls.certificate());
    } catch (IOException e) {
      return trusted;
    }
  }

  private @Nullable String authorization() {
    String own = access.tokens().isEmpty() ? null : "Bearer " + access.tokens().getFirst();
    return ServerRequestContext.currentRequest()
        .map(request -> request.getHeaders().get("Authorization"))
        .orElse(own);
  }

  @Override
  public synchronized void close() {
    client.shutdownNow();
  }
}
