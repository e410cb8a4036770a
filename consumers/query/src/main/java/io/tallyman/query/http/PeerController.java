package io.tallyman.query.http;

import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.tallyman.query.state.FleetStreams;
import io.tallyman.query.state.Shard;
import io.tallyman.query.state.TimelineScan;
import io.tallyman.query.state.TimelineScan.Filter;
import io.tallyman.query.state.Wire;
import io.tallyman.query.topology.Timeline;
import io.tallyman.query.view.BadParameterException;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What other instances of the same release ask this one for: partitions that are here and nothing
 * else, so that no question travels on. Not for clients: paths and shapes change with releases.
 */
@Controller(PeerController.PATH)
@ExecuteOn(TaskExecutors.BLOCKING)
final class PeerController {

  static final String PATH = "/internal/v1";

  private static final int MAX_PARTITIONS = 10_000;
  private static final int MAX_LENGTH = 60_000;

  private final FleetStreams streams;

  PeerController(FleetStreams streams) {
    this.streams = streams;
  }

  @Get("/latest")
  HttpResponse<byte[]> latest(HttpRequest<?> request) {
    return answer(Wire.latest(here(request).latest()));
  }

  @Get("/history")
  HttpResponse<byte[]> history(HttpRequest<?> request) {
    return answer(
        Wire.history(
            here(request)
                .history(
                    given(request, "container"), number(request, "from"), number(request, "to"))));
  }

  @Get("/usage")
  HttpResponse<byte[]> usage(HttpRequest<?> request) {
    return answer(Wire.usage(here(request).usage(number(request, "from"), number(request, "to"))));
  }

  @Get("/timeline")
  HttpResponse<byte[]> timeline(HttpRequest<?> request) {
    String store = given(request, "store");
    if (Timeline.ALL.stream().noneMatch(timeline -> timeline.store().equals(store))) {
      throw new BadParameterException("store", "is none of a timeline");
    }
    String active = text(request, "active");
    Filter filter =
        new Filter(
            text(request, "host"),
            text(request, "container"),
            names(request, "kinds"),
            names(request, "streams"),
            active == null ? null : Boolean.valueOf(active));
    TimelineScan scan =
        new TimelineScan(
            store,
            given(request, "from"),
            given(request, "before"),
            filter,
            Math.clamp(number(request, "limit"), 1, Parameters.MAX_LIMIT));
    return answer(Wire.slice(here(request).timeline(scan)));
  }

  private Shard here(HttpRequest<?> request) {
    Set<Integer> partitions =
        names(request, "partitions").stream()
            .limit(MAX_PARTITIONS)
            .map(PeerController::partition)
            .collect(Collectors.toSet());
    return streams.here(partitions, Boolean.parseBoolean(text(request, "standby")));
  }

  private static Integer partition(String text) {
    try {
      return Integer.valueOf(text);
    } catch (NumberFormatException e) {
      throw new BadParameterException("partitions", "is some numbers");
    }
  }

  private static HttpResponse<byte[]> answer(byte[] body) {
    return HttpResponse.ok(body).contentType(MediaType.APPLICATION_OCTET_STREAM_TYPE);
  }

  private static @Nullable String text(HttpRequest<?> request, String name) {
    String value = request.getParameters().get(name);
    if (value != null && value.length() > MAX_LENGTH) {
      throw new BadParameterException(name, "is too long");
    }
    return value;
  }

  private static String given(HttpRequest<?> request, String name) {
    String value = text(request, name);
    if (value == null) {
      throw new BadParameterException(name, "is missing");
    }
    return value;
  }

  private static long number(HttpRequest<?> request, String name) {
    try {
      return Long.parseLong(given(request, name));
    } catch (NumberFormatException e) {
      throw new BadParameterException(name, "is no number");
    }
  }

  private static Set<String> names(HttpRequest<?> request, String name) {
    String value = text(request, name);
    return value == null || value.isEmpty() ? Set.of() : Set.of(value.split(",", -1));
  }
}
