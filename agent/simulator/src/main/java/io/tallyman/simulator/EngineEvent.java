package io.tallyman.simulator;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * One event of an engine.
 *
 * @param timeNanos since 1970
 * @param type container, network, volume, image …
 * @param attributes in the order of their names, as the engine sends them
 */
public record EngineEvent(
    long timeNanos, String type, String action, String actorId, Map<String, String> attributes) {

  private static final JsonFactory JSON = new JsonFactory();
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  public EngineEvent {
    attributes = Collections.unmodifiableSortedMap(new TreeMap<>(attributes));
  }

  /**
   * The line on the wire.
   *
   * @param legacyFields true: with status, id and from, as up to API 1.51
   */
  byte[] toLine(boolean legacyFields) {
    ByteArrayOutputStream line = new ByteArrayOutputStream(512);
    try (JsonGenerator json = JSON.createGenerator(line)) {
      json.writeStartObject();
      if (legacyFields && (type.equals("container") || type.equals("image"))) {
        json.writeStringField("status", action);
        json.writeStringField("id", actorId);
        String image = attributes.get("image");
        if (image != null) {
          json.writeStringField("from", image);
        }
      }
      json.writeStringField("Type", type);
      json.writeStringField("Action", action);
      json.writeObjectFieldStart("Actor");
      json.writeStringField("ID", actorId);
      json.writeObjectFieldStart("Attributes");
      for (Map.Entry<String, String> attribute : attributes.entrySet()) {
        json.writeStringField(attribute.getKey(), attribute.getValue());
      }
      json.writeEndObject();
      json.writeEndObject();
      json.writeStringField("scope", "local");
      json.writeNumberField("time", timeNanos / NANOS_PER_SECOND);
      json.writeNumberField("timeNano", timeNanos);
      json.writeEndObject();
      json.writeRaw('\n');
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return line.toByteArray();
  }
}
