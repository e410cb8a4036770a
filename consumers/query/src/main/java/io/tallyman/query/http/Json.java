package io.tallyman.query.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.tallyman.query.view.Page;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Writes answers straight to bytes, in the shapes of API.md. */
final class Json {

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

  static HttpResponse<byte[]> ok(Document document) {
    return HttpResponse.ok(bytes(document)).contentType(MediaType.APPLICATION_JSON_TYPE);
  }

  static <T> HttpResponse<byte[]> page(Page<T> page, Writer<T> item) {
    return ok(json -> {
      json.writeStartObject();
      time(json, "asOf", page.asOf());
      json.writeArrayFieldStart("items");
      for (T next : page.items()) {
        item.write(next, json);
      }
      json.writeEndArray();
      json.writeStringField("nextCursor", page.nextCursor());
      json.writeEndObject();
    });
  }

  static void time(JsonGenerator json, String field, @Nullable Instant time) throws IOException {
    json.writeStringField(field, time == null ? null : time.toString());
  }
}
