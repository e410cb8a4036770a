package io.tallyman.query.http;

import io.tallyman.query.state.LatestEntry;
import io.tallyman.query.state.NotReadyException;
import io.tallyman.query.state.Shard;
import io.tallyman.query.state.Slice;
import io.tallyman.query.state.StoreEntry;
import io.tallyman.query.state.TimelineScan;
import io.tallyman.query.state.TimelineScan.Filter;
import io.tallyman.query.state.Usage;
import io.tallyman.query.state.Wire;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Partitions that another instance has. */
final class PeerShard implements Shard {

  private static final Duration TIMEOUT = Duration.ofSeconds(4);
  private static final int OK = 200;

  private final HttpClient client;
  private final String address;
  private final String query;
  private final @Nullable String authorization;

  /** {@code query} says which partitions; {@code authorization} is the header's value. */
  PeerShard(HttpClient client, String address, String query, @Nullable String authorization) {
    this.client = client;
    this.address = address;
    this.query = query;
    this.authorization = authorization;
  }

  @Override
  public List<LatestEntry> latest() {
    return ask("/latest", Wire::latest);
  }

  @Override
  public List<StoreEntry> history(String containerKey, long fromMinute, long toMinute) {
    return ask(
        "/history",
        Wire::history,
        "container",
        containerKey,
        "from",
        Long.toString(fromMinute),
        "to",
        Long.toString(toMinute));
  }

  @Override
  public List<Usage> usage(long fromMinute, long toMinute) {
    return ask(
        "/usage", Wire::usage, "from", Long.toString(fromMinute), "to", Long.toString(toMinute));
  }

  @Override
  public Slice timeline(TimelineScan scan) {
    Filter filter = scan.filter();
    return ask(
        "/timeline",
        Wire::slice,
        "store",
        scan.store(),
        "from",
        scan.from(),
        "before",
        scan.before(),
        "limit",
        Integer.toString(scan.limit()),
        "host",
        filter.host(),
        "container",
        filter.container(),
        "kinds",
        String.join(",", filter.kinds()),
        "streams",
        String.join(",", filter.streams()),
        "active",
        filter.active() == null ? null : filter.active().toString());
  }

  private <T> T ask(
      String operation, Function<byte[], T> decoder, @Nullable String... namesAndValues) {
    StringBuilder uri = new StringBuilder(address).append(operation).append(query);
    for (int i = 0; i < namesAndValues.length; i += 2) {
      String value = namesAndValues[i + 1];
      if (value != null && !value.isEmpty()) {
        uri.append('&')
            .append(namesAndValues[i])
            .append('=')
            .append(URLEncoder.encode(value, StandardCharsets.UTF_8));
      }
    }
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(uri.toString())).timeout(TIMEOUT);
    if (authorization != null) {
      request.header("Authorization", authorization);
    }
    return decode(request.build(), decoder);
  }

  private <T> T decode(HttpRequest request, Function<byte[], T> decoder) {
    try {
      HttpResponse<byte[]> answer = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
      if (answer.statusCode() != OK) {
        throw new NotReadyException(
            "Instance %s answered %d".formatted(address, answer.statusCode()), null);
      }
      return decoder.apply(answer.body());
    } catch (IOException | UncheckedIOException e) {
      throw new NotReadyException("Instance %s does not answer".formatted(address), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new NotReadyException("Interrupted", e);
    }
  }
}
