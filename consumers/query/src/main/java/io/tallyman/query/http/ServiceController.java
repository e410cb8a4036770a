package io.tallyman.query.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.tallyman.query.QueryApplication;
import io.tallyman.query.QueryConfig;
import io.tallyman.query.QueryState;
import io.tallyman.query.state.FleetStreams;
import io.tallyman.query.state.NotReadyException;
import io.tallyman.query.topology.UnreadableRecords;
import io.tallyman.query.view.Freshness;
import io.tallyman.query.view.Hosts;
import java.io.IOException;

/** What the service says about itself. */
@Controller
@ExecuteOn(TaskExecutors.BLOCKING)
final class ServiceController {

  private final QueryConfig config;
  private final FleetStreams streams;
  private final Hosts hosts;
  private final UnreadableRecords unreadable;
  private final PrometheusMeterRegistry metrics;

  ServiceController(
      QueryConfig config,
      FleetStreams streams,
      Hosts hosts,
      UnreadableRecords unreadable,
      PrometheusMeterRegistry metrics) {
    this.config = config;
    this.streams = streams;
    this.hosts = hosts;
    this.unreadable = unreadable;
    this.metrics = metrics;
  }

  @Get("/api/v1/service")
  HttpResponse<byte[]> service(HttpRequest<?> request) {
    Parameters.of(request);
    return Json.ok(json -> {
      json.writeStartObject();
      json.writeStringField("name", config.name());
      json.writeStringField("version", QueryApplication.version());
      json.writeStringField("kafka", config.bootstrapServers());
      json.writeStringField("topicPrefix", config.topics().prefix());
      json.writeBooleanField("simulated", config.simulated());
      json.writeStringField("state", streams.state().name());
      json.writeStringField("problem", streams.problem());
      fleet(json);
      json.writeNumberField("undecodable", unreadable.rejected() + unreadable.waiting());
      json.writeEndObject();
    });
  }

  private void fleet(JsonGenerator json) throws IOException {
    Freshness freshness;
    try {
      freshness = hosts.freshness();
    } catch (NotReadyException e) {
      freshness = new Freshness(null, true, 0);
    }
    Json.time(json, "asOf", freshness.asOf());
    json.writeBooleanField("stale", freshness.stale());
    json.writeNumberField("hosts", freshness.hosts());
  }

  @Get("/health/liveness")
  HttpResponse<byte[]> liveness() {
    return health(streams.state() != QueryState.CLOSED);
  }

  @Get("/health/readiness")
  HttpResponse<byte[]> readiness() {
    return health(streams.state() == QueryState.RUNNING);
  }

  @Get(value = "/metrics", produces = MediaType.TEXT_PLAIN)
  String metrics() {
    return metrics.scrape();
  }

  private HttpResponse<byte[]> health(boolean up) {
    byte[] body =
        Json.bytes(json -> {
          json.writeStartObject();
          json.writeStringField("status", up ? "UP" : "DOWN");
          json.writeStringField("state", streams.state().name());
          json.writeStringField("problem", streams.problem());
          json.writeObjectFieldStart("unreadableRecords");
          json.writeNumberField("rejected", unreadable.rejected());
          json.writeNumberField("waiting", unreadable.waiting());
          json.writeStringField("last", unreadable.last());
          json.writeEndObject();
          json.writeEndObject();
        });
    return HttpResponse.<byte[]>status(up ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE)
        .body(body)
        .contentType(MediaType.APPLICATION_JSON_TYPE);
  }
}
