package io.tallyman.query.http;

import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.tallyman.query.state.TimelineScan.Filter;
import io.tallyman.query.view.BadParameterException;
import io.tallyman.query.view.FleetReader;
import io.tallyman.query.view.Histories;
import io.tallyman.query.view.Series;
import io.tallyman.query.view.SeriesQuery;
import io.tallyman.query.view.TimelineQuery;
import io.tallyman.query.view.Timelines;
import io.tallyman.v1.Action;
import io.tallyman.v1.GapReason;
import io.tallyman.v1.Resource;
import io.tallyman.v1.Stream;
import java.time.Instant;
import java.util.Set;

/** What was: see API.md. */
@Controller("/api/v1")
@ExecuteOn(TaskExecutors.BLOCKING)
final class HistoryController {

  private final Histories histories;
  private final Timelines timelines;
  private final FleetReader fleet;

  HistoryController(Histories histories, Timelines timelines, FleetReader fleet) {
    this.histories = histories;
    this.timelines = timelines;
    this.fleet = fleet;
  }

  @Get("/containers/{id}/stats")
  HttpResponse<byte[]> stats(HttpRequest<?> request, String id) {
    Parameters given = Parameters.of(request, "from", "to", "step", "host");
    Instant now = fleet.now();
    Series series =
        histories.series(
            new SeriesQuery(
                id,
                given.text("host"),
                given.time("from", now),
                given.time("to", now),
                given.step("step")));
    return Json.ok(json -> SeriesJson.write(series, json));
  }

  @Get("/containers/{id}/events")
  HttpResponse<byte[]> eventsOf(HttpRequest<?> request, String id) {
    Parameters given = Parameters.of(request, "from", "to", "action", "host", "limit", "cursor");
    Filter filter = new Filter(null, null, given.names("action", Action.class), Set.of(), null);
    return Json.page(
        timelines.eventsOf(id, given.text("host"), query(given, filter)), Views::event);
  }

  @Get("/events")
  HttpResponse<byte[]> events(HttpRequest<?> request) {
    Parameters given =
        Parameters.of(request, "from", "to", "action", "host", "container", "limit", "cursor");
    Filter filter =
        new Filter(
            given.text("host"),
            given.text("container"),
            given.names("action", Action.class),
            Set.of(),
            null);
    return Json.page(timelines.events(query(given, filter)), Views::event);
  }

  @Get("/gaps")
  HttpResponse<byte[]> gaps(HttpRequest<?> request) {
    Parameters given =
        Parameters.of(request, "from", "to", "host", "stream", "reason", "limit", "cursor");
    Filter filter =
        new Filter(
            given.text("host"),
            null,
            given.names("reason", GapReason.class),
            given.names("stream", Stream.class),
            null);
    return Json.page(timelines.gaps(query(given, filter)), Views::gap);
  }

  @Get("/alerts")
  HttpResponse<byte[]> alerts(HttpRequest<?> request) {
    Parameters given =
        Parameters.of(
            request, "from", "to", "host", "container", "resource", "active", "limit", "cursor");
    Filter filter =
        new Filter(
            given.text("host"),
            given.text("container"),
            given.names("resource", Resource.class),
            Set.of(),
            given.truth("active"));
    return Json.page(timelines.alerts(query(given, filter)), Views::alert);
  }

  private TimelineQuery query(Parameters given, Filter filter) {
    Instant now = fleet.now();
    Instant from = given.time("from", now);
    Instant to = given.time("to", now);
    if (from != null && to != null && from.isAfter(to)) {
      throw new BadParameterException("from", "is after to");
    }
    return new TimelineQuery(from, to, filter, given.limit(), given.cursor());
  }
}
