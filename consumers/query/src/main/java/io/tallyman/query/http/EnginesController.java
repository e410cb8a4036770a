package io.tallyman.query.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.tallyman.query.view.ContainerView;
import io.tallyman.query.view.Containers;
import io.tallyman.query.view.NotFoundException;
import java.io.IOException;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The paths and keys of the orchestrator's statistics, from state: no engine is called. */
@Controller("/engines")
@ExecuteOn(TaskExecutors.BLOCKING)
final class EnginesController {

  private final Containers containers;

  EnginesController(Containers containers) {
    this.containers = containers;
  }

  @Get("/stats/all")
  HttpResponse<byte[]> all() {
    List<ContainerView> sampled = containers.sampled();
    return answer(
        sampled,
        json -> {
          json.writeStartObject();
          for (ContainerView view : sampled) {
            json.writeFieldName(view.state().value().getContainerId());
            write(view, json);
          }
          json.writeEndObject();
        });
  }

  @Get("/stats/total")
  HttpResponse<byte[]> total() {
    List<ContainerView> sampled = containers.sampled();
    List<EngineStats> each = sampled.stream().map(EnginesController::stats).toList();
    return answer(
        sampled,
        json -> {
          json.writeStartObject();
          Json.hundredths(
              json, "total_cpu_percent", each.stream().mapToDouble(EngineStats::cpuPercent).sum());
          json.writeNumberField(
              "total_memory_usage", EngineStats.sum(each, EngineStats::memoryUsage));
          json.writeNumberField(
              "total_network_rx_bytes", EngineStats.sum(each, EngineStats::rxBytes));
          json.writeNumberField(
              "total_network_tx_bytes", EngineStats.sum(each, EngineStats::txBytes));
          json.writeNumberField(
              "total_block_read_bytes", EngineStats.sum(each, EngineStats::readBytes));
          json.writeNumberField(
              "total_block_write_bytes", EngineStats.sum(each, EngineStats::writeBytes));
          json.writeNumberField("container_count", each.size());
          json.writeEndObject();
        });
  }

  @Get("/{id}/stats")
  HttpResponse<byte[]> one(HttpRequest<?> request, String id) {
    Parameters.of(request);
    ContainerView found = find(id);
    if (found == null || found.sample() == null) {
      byte[] body =
          Json.bytes(json -> {
            json.writeStartObject();
            json.writeStringField("detail", "Container not found or stats unavailable");
            json.writeEndObject();
          });
      return HttpResponse.notFound(body).contentType(MediaType.APPLICATION_JSON_TYPE);
    }
    return answer(List.of(found), json -> write(found, json));
  }

  private @Nullable ContainerView find(String id) {
    try {
      return containers.find(id, null);
    } catch (NotFoundException e) {
      return null;
    }
  }

  private static EngineStats stats(ContainerView view) {
    return EngineStats.of(Objects.requireNonNull(view.sample()).value());
  }

  private static void write(ContainerView view, JsonGenerator json) throws IOException {
    EngineStats stats = stats(view);
    json.writeStartObject();
    json.writeStringField("container_id", view.state().value().getContainerId());
    Json.hundredths(json, "cpu_percent", stats.cpuPercent());
    json.writeNumberField("memory_usage", stats.memoryUsage());
    json.writeNumberField("memory_limit", stats.memoryLimit());
    Json.hundredths(json, "memory_percent", stats.memoryPercent());
    json.writeNumberField("network_rx_bytes", stats.rxBytes());
    json.writeNumberField("network_tx_bytes", stats.txBytes());
    json.writeNumberField("block_read_bytes", stats.readBytes());
    json.writeNumberField("block_write_bytes", stats.writeBytes());
    json.writeEndObject();
  }

  /** Those clients know no field for the age, so a header tells it. */
  private static HttpResponse<byte[]> answer(List<ContainerView> shown, Json.Document document) {
    MutableHttpResponse<byte[]> answer = Json.ok(document);
    shown.stream()
        .map(ContainerView::asOf)
        .max(Comparator.naturalOrder())
        .map(Instant::toString)
        .ifPresent(asOf -> answer.header(Json.AS_OF_HEADER, asOf));
    return answer;
  }
}
