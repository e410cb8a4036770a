package io.tallyman.query.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.tallyman.query.view.ContainerView;
import io.tallyman.query.view.HostView;
import io.tallyman.query.view.Observed;
import io.tallyman.schemas.RecordJson;
import io.tallyman.v1.ContainerEvent;
import io.tallyman.v1.ContainerState;
import io.tallyman.v1.ContainerStats;
import io.tallyman.v1.HostStatus;
import io.tallyman.v1.Network;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The JSON of each thing that is answered, under the records' field names. */
final class Views {

  private Views() {}

  static void container(ContainerView view, JsonGenerator json) throws IOException {
    ContainerState state = view.state().value();
    json.writeStartObject();
    // The record's own asOf gives its name to the answer's, which moves with the samples too.
    RecordJson.writeFields(ContainerState.newBuilder(state).setAsOf(view.asOf()).build(), json);
    Json.time(json, "stateAsOf", state.getAsOf());
    json.writeBooleanField("stale", view.stale());
    json.writeFieldName("stats");
    if (view.sample() == null) {
      json.writeNull();
    } else {
      RecordJson.write(view.sample().value(), json);
    }
    json.writeEndObject();
  }

  static void host(HostView view, JsonGenerator json) throws IOException {
    json.writeStartObject();
    RecordJson.writeFields(
        HostStatus.newBuilder(view.status().value()).setAsOf(view.status().time()).build(), json);
    json.writeBooleanField("stale", view.stale());
    json.writeEndObject();
  }

  static void event(Observed<ContainerEvent> event, JsonGenerator json) throws IOException {
    RecordJson.write(event.value(), json);
  }

  /** One element of Statspout's array. */
  static void statspout(ContainerView view, JsonGenerator json) throws IOException {
    ContainerStats stats = Objects.requireNonNull(view.sample()).value();
    json.writeStartObject();
    Json.time(json, "@timestamp", stats.getSampledAt());
    json.writeStringField("name", view.state().value().getContainerName());
    number(json, "cpu_percent", stats.getCpu() == null ? null : stats.getCpu().getPercent());
    number(json, "mem_usage", stats.getMemory() == null ? null : stats.getMemory().getUsedBytes());
    number(json, "mem_percent", stats.getMemory() == null ? null : stats.getMemory().getPercent());
    number(json, "tx_bytes", sum(stats.getNetworks(), Network::getTxBytes));
    number(json, "rx_bytes", sum(stats.getNetworks(), Network::getRxBytes));
    json.writeObjectFieldStart("Labels");
    for (Map.Entry<String, String> label : stats.getLabels().entrySet()) {
      json.writeStringField(label.getKey(), label.getValue());
    }
    json.writeEndObject();
    json.writeEndObject();
  }

  /** Statspout knows no null: what is not known is 0, as it is there. */
  private static void number(JsonGenerator json, String field, @Nullable Number value)
      throws IOException {
    if (value instanceof Double fraction && Double.isFinite(fraction)) {
      json.writeNumberField(field, fraction);
    } else {
      json.writeNumberField(field, value instanceof Long whole ? whole : 0);
    }
  }

  private static long sum(List<Network> networks, Function<Network, @Nullable Long> counter) {
    return networks.stream()
        .map(counter)
        .filter(Objects::nonNull)
        .mapToLong(value -> Objects.requireNonNull(value))
        .sum();
  }
}
