package io.tallyman.query.http;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.SerializedString;
import io.tallyman.query.history.Rates;
import io.tallyman.query.topology.HostConflicts.Agent;
import io.tallyman.query.topology.HostConflicts.Conflict;
import io.tallyman.query.view.ContainerView;
import io.tallyman.query.view.GapView;
import io.tallyman.query.view.HostView;
import io.tallyman.query.view.Observed;
import io.tallyman.schemas.RecordJson;
import io.tallyman.v1.AlertPhase;
import io.tallyman.v1.ContainerAlert;
import io.tallyman.v1.ContainerEvent;
import io.tallyman.v1.ContainerState;
import io.tallyman.v1.ContainerStats;
import io.tallyman.v1.HostStatus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;

/** The JSON of each thing that is answered, under the records' field names. */
final class Views {

  private Views() {}

  static void container(ContainerView view, JsonGenerator json) throws IOException {
    json.writeRawValue(view.text(Views::text));
  }

  private static SerializableString text(ContainerView view) {
    byte[] bytes = Json.bytes(json -> write(view, json));
    return new SerializedString(new String(bytes, StandardCharsets.UTF_8));
  }

  private static void write(ContainerView view, JsonGenerator json) throws IOException {
    ContainerState state = view.state().value();
    json.writeStartObject();
    // The record's own asOf gives its name to the answer's, which moves with the samples too.
    RecordJson.writeFields(ContainerState.newBuilder(state).setAsOf(view.asOf()).build(), json);
    Json.time(json, "stateAsOf", state.getAsOf());
    json.writeBooleanField("stale", view.stale());
    Rates rates = view.sampled() == null ? Rates.UNKNOWN : view.sampled().rates();
    json.writeObjectFieldStart("rates");
    Json.number(json, "rxBytesPerSecond", rates.rx(), false);
    Json.number(json, "txBytesPerSecond", rates.tx(), false);
    Json.number(json, "readBytesPerSecond", rates.read(), false);
    Json.number(json, "writeBytesPerSecond", rates.write(), false);
    json.writeEndObject();
    json.writeFieldName("stats");
    Observed<ContainerStats> sample = view.sample();
    if (sample == null) {
      json.writeNull();
    } else {
      RecordJson.write(sample.value(), json);
    }
    json.writeEndObject();
  }

  static void host(HostView view, JsonGenerator json) throws IOException {
    json.writeStartObject();
    RecordJson.writeFields(
        HostStatus.newBuilder(view.status().value()).setAsOf(view.status().time()).build(), json);
    json.writeBooleanField("stale", view.stale());
    json.writeFieldName("conflict");
    Conflict conflict = view.conflict();
    if (conflict == null) {
      json.writeNull();
    } else {
      conflict(conflict, json);
    }
    json.writeEndObject();
  }

  private static void conflict(Conflict conflict, JsonGenerator json) throws IOException {
    json.writeStartObject();
    Json.time(json, "since", conflict.since());
    json.writeArrayFieldStart("agents");
    for (Agent agent : conflict.agents()) {
      json.writeStartObject();
      json.writeStringField("agentId", agent.agentId());
      json.writeStringField("hostName", agent.hostName());
      json.writeNumberField("incarnation", agent.incarnation());
      Json.time(json, "asOf", agent.asOf());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  static void event(Observed<ContainerEvent> event, JsonGenerator json) throws IOException {
    RecordJson.write(event.value(), json);
  }

  static void gap(GapView view, JsonGenerator json) throws IOException {
    json.writeStartObject();
    RecordJson.writeFields(view.gap().value(), json);
    json.writeStringField("hostName", view.hostName());
    json.writeEndObject();
  }

  static void alert(Observed<ContainerAlert> observed, JsonGenerator json) throws IOException {
    ContainerAlert alert = observed.value();
    boolean active = alert.getPhase() != AlertPhase.CLEARED;
    json.writeStartObject();
    RecordJson.writeFields(alert, json);
    json.writeBooleanField("active", active);
    Json.time(json, "raisedAt", alert.getSince());
    Json.time(json, "clearedAt", active ? null : clearedAt(observed));
    json.writeEndObject();
  }

  /** A reading between ticks has none: then the record's append tells. */
  private static Instant clearedAt(Observed<ContainerAlert> observed) {
    Instant tick = observed.value().getTick();
    return tick == null ? observed.time() : tick;
  }

  /** One element of Statspout's array. */
  static void statspout(ContainerView view, JsonGenerator json) throws IOException {
    ContainerStats stats = Objects.requireNonNull(view.sample()).value();
    EngineStats figures = EngineStats.of(stats);
    json.writeStartObject();
    Json.time(json, "@timestamp", stats.getSampledAt());
    json.writeStringField("name", view.state().value().getContainerName());
    json.writeNumberField("cpu_percent", figures.cpuPercent());
    json.writeNumberField("mem_usage", figures.memoryUsage());
    json.writeNumberField("mem_percent", figures.memoryPercent());
    json.writeNumberField("tx_bytes", figures.txBytes());
    json.writeNumberField("rx_bytes", figures.rxBytes());
    json.writeObjectFieldStart("Labels");
    for (Map.Entry<String, String> label : stats.getLabels().entrySet()) {
      json.writeStringField(label.getKey(), label.getValue());
    }
    json.writeEndObject();
    json.writeEndObject();
  }
}
