package io.tallyman.query.http;

import io.micronaut.core.propagation.PropagatedContext;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.scheduling.TaskExecutors;
import io.tallyman.query.QueryState;
import io.tallyman.query.live.LiveFeed;
import io.tallyman.query.live.LiveFilter;
import io.tallyman.query.live.LiveKind;
import io.tallyman.query.state.FleetStreams;
import io.tallyman.query.state.NotReadyException;
import io.tallyman.query.view.BadParameterException;
import io.tallyman.query.view.Containers;
import io.tallyman.query.view.Hosts;
import io.tallyman.query.view.NotFoundException;
import jakarta.inject.Named;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;

/** Server-sent events: see API.md. */
@Controller("/api/v1/stream")
final class StreamController {

  private static final String LAST_EVENT_ID = "Last-Event-ID";

  private final LiveFeed feed;
  private final FleetStreams streams;
  private final Hosts hosts;
  private final Containers containers;
  private final Executor blocking;

  StreamController(
      LiveFeed feed,
      FleetStreams streams,
      Hosts hosts,
      Containers containers,
      @Named(TaskExecutors.BLOCKING) Executor blocking) {
    this.feed = feed;
    this.streams = streams;
    this.hosts = hosts;
    this.containers = containers;
    this.blocking = blocking;
  }

  // Not @ExecuteOn, which also puts a queue of 256 frames between the feed and the connection: a
  // client that does not read would be noticed that much later, and hold as many.
  @Get(produces = MediaType.TEXT_EVENT_STREAM)
  CompletionStage<HttpResponse<Publisher<byte[]>>> stream(HttpRequest<?> request) {
    return CompletableFuture.supplyAsync(
        PropagatedContext.wrapCurrent(
            (Supplier<HttpResponse<Publisher<byte[]>>>) () -> begin(request)),
        blocking);
  }

  private HttpResponse<Publisher<byte[]>> begin(HttpRequest<?> request) {
    Parameters given = Parameters.of(request, "types", "host", "container");
    Set<LiveKind> kinds = kinds(given.listed("types"));
    if (streams.state() != QueryState.RUNNING) {
      throw new NotReadyException("State is being restored", null);
    }
    LiveFilter filter = new LiveFilter(kinds, hostId(given.text("host")), given.text("container"));
    if (kinds.contains(LiveKind.STATS)) {
      // What cannot be had now is a 503 here; and other instances are not asked on the feed's
      // thread.
      containers.sampled();
    }
    return HttpResponse.ok(feed.listen(filter, request.getHeaders().get(LAST_EVENT_ID)))
        .header("X-Accel-Buffering", "no");
  }

  private static Set<LiveKind> kinds(List<String> types) {
    Set<LiveKind> kinds = EnumSet.noneOf(LiveKind.class);
    for (String type : types) {
      kinds.add(
          LiveKind.named(type)
              .orElseThrow(() ->
                  new BadParameterException(
                      "types",
                      "is some of "
                          + Arrays.stream(LiveKind.values())
                              .map(LiveKind::frameName)
                              .collect(Collectors.joining(", ")))));
    }
    return kinds.isEmpty() ? EnumSet.allOf(LiveKind.class) : kinds;
  }

  /** The id, which is all that a gap tells of its host; a host may also come later. */
  private @Nullable String hostId(@Nullable String host) {
    try {
      return host == null ? null : hosts.find(host).status().value().getHostId();
    } catch (NotFoundException e) {
      return host;
    }
  }
}
