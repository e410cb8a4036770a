package io.tallyman.query.live;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.tallyman.schemas.RecordJson;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collection;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/** Writes frames of server-sent events: each has one line of JSON. */
final class Frames {

  private static final JsonFactory JSON = new JsonFactory();

  private Frames() {}

  static byte[] stats(
      @Nullable String id,
      boolean snapshot,
      @Nullable Instant asOf,
      Collection<? extends SpecificRecord> items) {
    return frame(id, LiveKind.STATS, snapshot, asOf, items);
  }

  /** Events, gaps or alerts. */
  static byte[] records(
      @Nullable String id,
      LiveKind kind,
      Instant asOf,
      Collection<? extends SpecificRecord> items) {
    return frame(id, kind, null, asOf, items);
  }

  /** Tells a client that what it missed is no longer known here. */
  static byte[] reset(String id) {
    return utf8("id: " + id + "\nevent: reset\ndata: {\"reason\":\"The position is too old\"}\n\n");
  }

  /**
   * A frame that only moves the client's last id, keeps the connection open and shows a dead one.
   */
  static byte[] alive(String id) {
    return utf8(": alive\nid: " + id + "\n\n");
  }

  private static byte[] frame(
      @Nullable String id,
      LiveKind kind,
      @Nullable Boolean snapshot,
      @Nullable Instant asOf,
      Collection<? extends SpecificRecord> items) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(
        utf8((id == null ? "" : "id: " + id + "\n") + "event: " + kind.frameName() + "\ndata: "));
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.writeStartObject();
      json.writeStringField("asOf", asOf == null ? null : asOf.toString());
      if (snapshot != null) {
        json.writeBooleanField("snapshot", snapshot);
      }
      json.writeArrayFieldStart("items");
      for (SpecificRecord item : items) {
        RecordJson.write(item, json);
      }
      json.writeEndArray();
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    out.writeBytes(utf8("\n\n"));
    return out.toByteArray();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
