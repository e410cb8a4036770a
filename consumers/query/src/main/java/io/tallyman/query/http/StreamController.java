package io.tallyman.query.http;

import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.tallyman.query.QueryState;
import io.tallyman.query.live.LiveFeed;
import io.tallyman.query.live.LiveFilter;
import io.tallyman.query.state.FleetStreams;
import io.tallyman.query.state.NotReadyException;
import io.tallyman.query.view.BadParameterException;
import java.util.List;
import java.util.Set;
import org.reactivestreams.Publisher;

/** Server-sent events: see API.md. */
@Controller("/api/v1/stream")
final class StreamController {

  private static final String STATS = "stats";
  private static final String EVENTS = "events";

  private final LiveFeed feed;
  private final FleetStreams streams;

  StreamController(LiveFeed feed, FleetStreams streams) {
    this.feed = feed;
    this.streams = streams;
  }

  @Get(produces = MediaType.TEXT_EVENT_STREAM)
  HttpResponse<Publisher<byte[]>> stream(HttpRequest<?> request) {
    Parameters given = Parameters.of(request, "types", "host", "container");
    List<String> types = given.listed("types");
    if (!Set.of(STATS, EVENTS).containsAll(types)) {
      throw new BadParameterException("types", "is " + STATS + ", " + EVENTS + " or both");
    }
    if (streams.state() != QueryState.RUNNING) {
      throw new NotReadyException("State is being restored", null);
    }
    LiveFilter filter =
        new LiveFilter(
            types.isEmpty() || types.contains(STATS),
            types.isEmpty() || types.contains(EVENTS),
            given.text("host"),
            given.text("container"));
    return HttpResponse.ok(feed.listen(filter)).header("X-Accel-Buffering", "no");
  }
}
