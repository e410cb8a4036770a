package io.tallyman.query.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.tallyman.query.view.Page;
import io.tallyman.v1.ContainerStats;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Writes answers straight to bytes, in the shapes of API.md. */
final class Json {

  /** Tells the age of an answer whose shape is not ours. */
  static final String AS_OF_HEADER = "Tallyman-As-Of";

  private static final JsonFactory FACTORY = new JsonFactory();

  private Json() {}

  /** Writes one value. */
  @FunctionalInterface
  interface Writer<T> {
    void write(T value, JsonGenerator json) throws IOException;
  }

  /** Writes a whole document. */
  @FunctionalInterface
  interface Document {
    void write(JsonGenerator json) throws IOException;
  }

  static byte[] bytes(Document document) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator json = FACTORY.createGenerator(out)) {
      document.write(json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  static MutableHttpResponse<byte[]> ok(Document document) {
    return HttpResponse.ok(bytes(document)).contentType(MediaType.APPLICATION_JSON_TYPE);
  }

  static <T> HttpResponse<byte[]> page(Page<T> page, Writer<T> item) {
    return page(page, item, json -> {});
  }

  /** {@code also} writes fields that stand before the items. */
  static <T> HttpResponse<byte[]> page(Page<T> page, Writer<T> item, Document also) {
    return ok(json -> {
      json.writeStartObject();
      time(json, "asOf", page.asOf());
      json.writeBooleanField("stale", page.stale());
      also.write(json);
      json.writeArrayFieldStart("items");
      for (T next : page.items()) {
        item.write(next, json);
      }
      json.writeEndArray();
      json.writeStringField("nextCursor", page.nextCursor());
      json.writeEndObject();
    });
  }

  /** Whose figures they are. */
  static void identity(ContainerStats who, JsonGenerator json) throws IOException {
    json.writeStringField("hostId", who.getHostId());
    json.writeStringField("hostName", who.getHostName());
    json.writeStringField("containerId", who.getContainerId());
    json.writeStringField("containerName", who.getContainerName());
    json.writeStringField("image", who.getImage());
    json.writeStringField("project", who.getProject());
    json.writeStringField("service", who.getService());
  }

  static void time(JsonGenerator json, String field, @Nullable Instant time) throws IOException {
    json.writeStringField(field, time == null ? null : time.toString());
  }

  /** Null where it is not known, which is {@code NaN}. */
  static void number(JsonGenerator json, String field, double value, boolean whole)
      throws IOException {
    if (!Double.isFinite(value)) {
      json.writeNullField(field);
    } else if (whole) {
      json.writeNumberField(field, Math.round(value));
    } else {
      json.writeNumberField(field, value);
    }
  }

  /** Rounded to two decimals. */
  static void hundredths(JsonGenerator json, String field, double value) throws IOException {
    json.writeNumberField(field, Math.round(value * 100) / 100.0);
  }
}
