package io.tallyman.query.http;

import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.tallyman.query.view.AmbiguousException.Candidate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An error as {@code application/problem+json} (RFC 9457).
 *
 * @param parameter the parameter that is wrong; null if none is
 * @param candidates what an ambiguous name may have meant
 */
record Problem(
    HttpStatus status, String detail, @Nullable String parameter, List<Candidate> candidates) {

  private static final MediaType TYPE = MediaType.of("application/problem+json");

  static Problem of(HttpStatus status, String detail) {
    return new Problem(status, detail, null, List.of());
  }

  MutableHttpResponse<byte[]> response() {
    return HttpResponse.<byte[]>status(status).body(body()).contentType(TYPE);
  }

  private byte[] body() {
    return Json.bytes(json -> {
      json.writeStartObject();
      json.writeStringField("type", "about:blank");
      json.writeStringField("title", status.getReason());
      json.writeNumberField("status", status.getCode());
      json.writeStringField("detail", detail);
      if (parameter != null) {
        json.writeStringField("parameter", parameter);
      }
      if (!candidates.isEmpty()) {
        json.writeArrayFieldStart("candidates");
        for (Candidate candidate : candidates) {
          json.writeStartObject();
          json.writeStringField("containerId", candidate.containerId());
          json.writeStringField("containerName", candidate.containerName());
          json.writeStringField("hostId", candidate.hostId());
          json.writeStringField("hostName", candidate.hostName());
          json.writeEndObject();
        }
        json.writeEndArray();
      }
      json.writeEndObject();
    });
  }
}
